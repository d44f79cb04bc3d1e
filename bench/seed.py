"""Loads a database of any size without going through the server. The schema comes from `gatepost init`, and the rows are
as the server would have written them. Ids are UUID v7 in the order of creation."""

import hashlib
import json
import os
import sqlite3
import subprocess
import uuid
from datetime import UTC, datetime

import gatepost

MEMBERS = 10  # of a workspace; each has a personal key and owns a tenth of its campaigns
ROLES = ["owner", "admin", "sdr", "manager", "editor", "member", "view", "view", "view", "client"]
BEGAN = 1_700_000_000_000  # milliseconds since 1970

SCHEDULE = {
    "campaign_schedule": gatepost.campaign("")["campaign_schedule"],
    "daily_limit": 50,
    "open_tracking": True,
    "sequences": [{"steps": [{"type": "email", "delay": 2, "variants": [{"subject": "Hello", "body": "x" * 300}]}]}],
}

COLUMNS = {
    "users": "id email email_verified first_name last_name timestamp_created",
    "workspaces": "id name default_campaign_visibility default_member_role strict_scopes denied timestamp_created"
    " timestamp_updated",
    "members": "workspace_id id user_id email role tag_limit accepted search timestamp_created",
    "api_keys": "workspace_id id name redacted scopes personal member_id tag_limit ceiling timestamp_created"
    " timestamp_updated",
    "credentials": "hash workspace_id kind id",
    "custom_tags": "workspace_id id label search timestamp_created timestamp_updated",
    "custom_tag_mappings": "workspace_id id tag_id resource_type resource_id timestamp_created",
    "campaigns": "workspace_id id name search status visibility owned_by settings timestamp_created"
    " timestamp_updated",
    "audit_log": "workspace_id id at activity_type action resource actor user_id member_id api_key_id ip_address"
    " request_id campaign_id metadata search",
}
LINKS = "id workspace_id sub_workspace_id status delegation accepted_at timestamp_created timestamp_updated"
TIMES = {"timestamp_created", "timestamp_updated", "at"}


class Ids:
    """UUID v7 in increasing order."""

    def __init__(self):
        self.count = 0

    def new(self):
        self.count += 1
        moment = BEGAN + self.count // 100
        return uuid.UUID(int=moment << 80 | 7 << 76 | 2 << 62 | self.count)


class Workspace:
    """The rows of one workspace, and the ids that a caller needs."""

    def __init__(self, ids, number, campaigns):
        self.rows = {table: [] for table in COLUMNS}
        self.id, self.number, self.ids = ids.new(), number, ids
        self.keys, self.campaigns = {}, []
        self.add("workspaces", self.id, f"Workspace {number}", "team", "view", False, "[]", BEGAN, BEGAN)
        self.tag = ids.new()
        self.add("custom_tags", self.id, self.tag, "half", "half", BEGAN, BEGAN)
        users = [self.member(n, role) for n, role in enumerate(ROLES)]
        self.limited = self.key("limited", self.member_ids[1], [str(self.tag)])
        for n in range(campaigns):
            self.campaign(n, users[n % MEMBERS])

    def add(self, table, *row):
        self.rows[table].append(row)

    def member(self, n, role):
        user, member = self.ids.new(), self.ids.new()
        self.member_ids = getattr(self, "member_ids", []) + [member]
        email = f"{role}{n}.{self.number}@bench.example"
        limit = [str(self.tag)] if role == "client" else None
        self.add("users", user, email, True, role, "Bench", BEGAN)
        self.add("members", self.id, member, user, email, role, limit and json.dumps(limit), True, email, BEGAN)
        self.keys.setdefault(role, self.key(role, member, None))
        return user

    def key(self, name, member, limit):
        key = f"gpk_p_{hashlib.sha256(f'{self.number} {name} {member}'.encode()).hexdigest()[:36]}"
        ceiling = json.dumps({"narrowed": [], "limits": [], "origins": []})
        id = self.ids.new()
        limit = limit and json.dumps(limit)
        self.add("api_keys", self.id, id, name, "gpk_p_...", '["all:all"]', True, member, limit, ceiling, BEGAN, BEGAN)
        self.add("credentials", hashlib.sha256(key.encode()).hexdigest(), self.id, "key", id)
        return key

    def campaign(self, n, owner):
        id = self.ids.new()
        name = f"Campaign {n} of workspace {self.number}"
        self.campaigns.append(str(id))
        settings = json.dumps(SCHEDULE)
        # Some are private, so that a caller with a smaller reach does not see all.
        visibility = "private"
        self.add(
            "campaigns", self.id, id, name, name.lower(), 1, visibility, owner, settings, BEGAN + n, BEGAN + n
        )
        if n % 2 == 0:
            self.add("custom_tag_mappings", self.id, self.ids.new(), self.tag, 2, id, BEGAN)
        row = self.ids.new()
        changes = json.dumps({"changes": {"name": [None, name]}, "role": "admin"})
        self.add(
            "audit_log", self.id, row, BEGAN + n, 1014, "campaigns:create", f"campaign/{id}", "bench@bench.example",
            owner, None, None, "127.0.0.1", str(row), id, changes, f"campaigns:create campaign/{id}",
        )


def workspaces(many, campaigns):
    ids = Ids()
    return (Workspace(ids, number, campaigns) for number in range(many))


def sqlite(folder, many, campaigns, group=False):
    """Loads a SQLite database. Returns the callers. As a group, the first workspace is the admin workspace of all others."""
    gatepost.init("--data", folder)
    conn = sqlite3.connect(os.path.join(folder, "gatepost.db"), isolation_level=None)
    sqlite3.register_adapter(uuid.UUID, lambda id: id.bytes)
    conn.execute("pragma synchronous = off")
    conn.execute("begin")
    callers, admin = [], None
    for workspace in workspaces(many, campaigns):
        if group and admin:
            link = (workspace.ids.new(), admin, workspace.id, "accepted", "{}", BEGAN, BEGAN, BEGAN)
            conn.execute(f"insert into group_links ({LINKS.replace(' ', ', ')}) values (?, ?, ?, ?, ?, ?, ?, ?)", link)
        admin = admin or workspace.id
        for table, rows in workspace.rows.items():
            names = COLUMNS[table].split()
            marks = ", ".join("?" * len(names))
            conn.executemany(f"insert into {table} ({', '.join(names)}) values ({marks})", rows)
        callers.append(caller(workspace))
    conn.execute("commit")
    conn.execute("pragma wal_checkpoint(truncate)")
    conn.close()
    return callers


def postgres(url, psql, many, campaigns):
    """The same for PostgreSQL, by COPY."""
    gatepost.init("--database", url, "--secret-key", gatepost.SECRET)
    texts, callers = {table: [] for table in COLUMNS}, []
    for workspace in workspaces(many, campaigns):
        for table, rows in workspace.rows.items():
            names = COLUMNS[table].split()
            texts[table] += ["\t".join(copied(name, cell) for name, cell in zip(names, row)) for row in rows]
        callers.append(caller(workspace))
    script = ["set session_replication_role = replica;"]
    for table, lines in texts.items():
        script += [f"copy {table} ({', '.join(COLUMNS[table].split())}) from stdin;", *lines, "\\."]
    script.append("analyze;")
    subprocess.run(
        [psql, url, "-v", "ON_ERROR_STOP=1", "-q"], input="\n".join(script), text=True, check=True,
        stdout=subprocess.DEVNULL,
    )
    return callers


def copied(name, cell):
    if cell is None:
        return "\\N"
    if name in TIMES:
        return datetime.fromtimestamp(cell / 1000, UTC).isoformat()
    return str(cell).replace("\\", "\\\\")


def caller(workspace):
    return {
        "admin": workspace.keys["admin"],
        "own": workspace.keys["sdr"],
        "limited": workspace.limited,
        "campaigns": workspace.campaigns,
    }
