"""A demo for scripts/clients.py: records that the clients' calls can name, and values for their parameters."""

import json
import os
import subprocess
import urllib.request

MISSING = "00000000-0000-7000-8000-000000000000"


class Demo:
    """A server of its own for each client, with records that its calls can name."""

    def __init__(self, binary):
        command = [binary, "demo", "--json", "--listen", "127.0.0.1:0", "--rate-limit", "off"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEPOST_")}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        cast = json.loads(self.process.stdout.readline())
        self.base, self.key = cast["base_url"], cast["people"][0]["api_key"]
        self.workspace, self.other = cast["workspace_id"], cast["stranger"]["workspace_id"]
        self.names = 0
        self.fill()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def call(self, line, body=None):
        method, path = line.split()
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        body = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/api/v2{path}", body, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def fill(self):
        make = lambda path, **body: self.call(f"POST {path}", body)["id"]
        self.account = "spare@outreach.acme.example"
        hours = {"from": "09:00", "to": "17:00"}
        window = {"name": "Day", "timing": hours, "days": {"1": True}, "timezone": "America/New_York"}
        self.schedule = {"schedules": [window]}
        steps = [{"type": "email", "delay": 1, "variants": [{"subject": "Hello", "body": "A word"}]}]
        plan = {"campaign_schedule": self.schedule, "email_list": [self.account], "sequences": [{"steps": steps}]}
        self.campaign, self.spare_campaign = (make("/campaigns", name=name, **plan) for name in ("Clients", "Spare"))
        self.call(f"POST /campaigns/{self.campaign}/share")
        self.list, self.spare_list = (make("/lead-lists", name=name) for name in ("Clients", "Spare"))
        addresses = ("lead@x.example", "spare@x.example")
        self.lead, self.spare_lead = (make("/leads", campaign=self.campaign, email=email) for email in addresses)
        self.tag, self.spare_tag = (make("/custom-tags", label=label) for label in ("Clients", "Spare"))
        self.member = make("/workspace-members", email="invited@x.example", role="view")
        self.spare_key = make("/api-keys", name="Spare", scopes=["campaigns:read"])
        self.job = make("/accounts/warmup/enable", emails=[self.account])
        server = {"host": "mail.x.example", "port": 993, "username": "u", "password": "p"}
        servers = {f"{kind}_{name}": value for kind in ("imap", "smtp") for name, value in server.items()}
        self.spare_account = "delete@x.example"
        make("/accounts", email=self.spare_account, first_name="A", last_name="B", provider_code=1, **servers)

    def fresh(self, what):
        self.names += 1
        return f"{what}{self.names}@x.example" if what == "mail" else f"{what} {self.names}"

    def record(self, call):
        """The id or address for a call. If the call deletes it, the record is one that no other call needs."""
        spare = any(word in call for word in ("delete", "cancel", "remove")) and "bulk" not in call
        records = {
            "account_campaign": (self.account, self.account),
            "campaign": (self.campaign, self.spare_campaign),
            "lead_list": (self.list, self.spare_list),
            "lead_label": (MISSING, MISSING),
            "lead": (self.lead, self.spare_lead),
            "custom_tag": (self.tag, self.spare_tag),
            "account": (self.account, self.spare_account),
            "background_job": (self.job, self.job),
            "workspace_member": (self.member, self.member),
            "api_key": (self.spare_key, self.spare_key),
        }
        found = (record for word, record in records.items() if call.startswith(word) or word in call.split("_", 1)[-1])
        return next(found, (MISSING, MISSING))[spare]

    def values(self, call):
        """Values by the names of parameters."""
        return {
            "id": self.record(call),
            "campaign_id": self.record(call) if call.startswith("campaigns") else self.campaign,
            "lead_id": self.spare_lead if "delete" in call else self.lead,
            **dict.fromkeys(("campaign", "parent_campaign"), self.campaign),
            **dict.fromkeys(("list_id", "to_list_id"), self.list),
            **dict.fromkeys(("emails", "email_list", "account_ids", "accounts"), [self.account]),
            **dict.fromkeys(("ids", "resource_ids"), [self.campaign]),
            **dict.fromkeys(("search", "lead_email"), "lead@x.example"),
            **dict.fromkeys(("destination_workspace_id", "sub_workspace_id"), self.other),
            **dict.fromkeys(("custom_fields", "custom_variables"), {"note": "x"}),
            **dict.fromkeys(("confirm", "confirm_creation", "assign", "warmup_enabled"), True),
            "source_workspace_id": self.workspace, "lead_ids": [self.lead], "tag_ids": [self.tag],
            "name": self.fresh("Name"), "label": self.fresh("Label"), "first_name": "A", "last_name": "B",
            "company": "X", "description": "x", "subject": "Hello", "body": "A word", "role": "view",
            "scopes": ["campaigns:read"], "campaign_schedule": self.schedule, "timezone": "America/New_York",
            "leads": [{"email": self.fresh("mail"), "first_name": "A"}], "resource_type": 2, "provider_code": 1,
            "imap_port": 993, "smtp_port": 465, "daily_limit": 30, "limit": 10, "status": "paused",
            "interest_status": "interested", "data_fields": "success_count", "host": "x.example",
            "domain": "mail.x.example", "sec": "no password", "start_date": "2026-01-01", "end_date": "2026-01-31",
            "variables": ["note"], "search_filters": {},
            "fields": {"update_campaign": {"name": self.fresh("Name")}, "update_account": {"daily_limit": 20}}.get(
                call, {"first_name": "B"}
            ),
        }

    def email(self, call):
        """An account's address for a call about accounts, a lead's for a search, and a new address otherwise."""
        if "account" in call and "create" not in call:
            return self.record(call)
        return "lead@x.example" if "search" in call else self.fresh("mail")

    def value(self, call, name, kind):
        if name == "email":
            return self.email(call)
        values = self.values(call)
        if name not in values:
            return {"number": 1, "integer": 1, "boolean": True, "object": {}, "array": ["x"]}.get(kind, "x")
        value = values[name]
        if isinstance(value, list) and kind == "string":
            return ",".join(map(str, value))
        return [value] if kind == "array" and not isinstance(value, list) else value


# Optional parameters for which people use a call.
WANTED = {
    "campaign_id", "company", "confirm", "confirm_creation", "custom_fields", "daily_limit", "body", "description",
    "email_list", "first_name", "label", "last_name", "leads", "limit", "name", "role", "status", "subject", "tag_ids",
    "warmup_enabled",
}
# The library leaves almost everything optional.
LIBRARY = {
    "create": ("campaign", "email"), "bulk_add": ("campaign_id",), "bulk_delete": ("campaign_id",),
    "update": ("name", "label", "first_name", "daily_limit", "role"), "enable_warmup": ("emails",),
    "disable_warmup": ("emails",), "test_vitals": ("accounts",), "toggle_resource": ("resource_ids",),
}
# Filters by a state, whose values differ from list to list.
NEVER = {
    (call, "status") for call in (
        "accounts_list", "background_jobs_list", "campaigns_list", "inbox_placement_list", "leads_bulk_delete",
        "list_campaigns", "list_leads",
    )
} | {("campaigns_update", "email_list")}
