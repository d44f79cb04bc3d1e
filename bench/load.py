"""Load by wrk: the requests of each case, and their cost for the server."""

import os
import re
import subprocess
from dataclasses import dataclass

import gatepost

CONNECTIONS = 32

# Each case makes one kind of request. Many callers take turns, so that a large database has cold pages. Each line of the
# file that it reads has a caller: the key and an id.
SCRIPT = """
local callers, n = {{}}, {offset}
for line in io.lines("{callers}") do
  local key, id = line:match("(%S+) (%S+)")
  callers[#callers + 1] = {{ key, id }}
end
function request()
  n = n + 1
  local caller = callers[n * 7919 % #callers + 1]
  local headers = {{ ["Authorization"] = "Bearer " .. caller[1], ["Content-Type"] = "application/json" }}
  local body = {body}
  return wrk.format("{method}", ("{path}"):gsub("ID", caller[2]), headers, body)
end
"""


@dataclass(frozen=True)
class Case:
    name: str
    method: str
    path: str
    who: str = ""
    body: str = "nil"


HEALTH = Case("health", "GET", "/health")
CASES = [
    Case("get one", "GET", "/api/v2/campaigns/ID", "admin"),
    Case("list 100, reach all", "GET", "/api/v2/campaigns?limit=100", "admin"),
    Case("list 100, owning a tenth", "GET", "/api/v2/campaigns?limit=100", "own"),
    Case("list 100, tag limit on half", "GET", "/api/v2/campaigns?limit=100", "limited"),
    Case(
        "create, audited, durable",
        "POST",
        "/api/v2/campaigns",
        "creator",
        """'{"name": "Campaign ' .. n .. '", "campaign_schedule": {"schedules": [{"name": "week", "timing": """
        """{"from": "09:00", "to": "17:00"}, "days": {"1": true}, "timezone": "Etc/GMT+12"}]}}'""",
    ),
    Case(
        "explain", "POST", "/api/v2/access/explain", "admin",
        """'{"permission": "campaigns:launch", "record": "' .. caller[2] .. '"}'""",
    ),
    Case("audit log, first page", "GET", "/api/v2/audit-logs?limit=100", "admin"),
]

GROUP = Case(
    "the group on one page", "GET", "/api/v2/workspace-group-members/overview?limit=1000", "admin"
)


class Load:
    """The scripts of all cases for the callers of one database."""

    def __init__(self, folder, callers):
        self.folder, self.offset = folder, 0
        # Campaigns are created where nobody reads, so that the lists that are read do not grow.
        last = len(callers) * 9 // 10
        some = {"admin": callers[:last], "own": callers[:last], "limited": callers[:last], "creator": callers[last:]}
        for who, their in some.items():
            with open(os.path.join(folder, who), "w") as file:
                for n, caller in enumerate(their[:2000]):
                    ids = caller["campaigns"]
                    file.write(f"{caller[who if who in caller else 'admin']} {ids[n * 37 % len(ids)]}\n")

    def script(self, case):
        # The next run begins with another caller.
        self.offset += 100_003
        who = os.path.join(self.folder, case.who or "admin")
        text = SCRIPT.format(
            callers=who, method=case.method, path=case.path, body=case.body, offset=self.offset
        )
        path = os.path.join(self.folder, f"{case.name.split(',')[0].replace(' ', '-')}.lua")
        with open(path, "w") as file:
            file.write(text)
        return path

    def run(self, servers, case, seconds, cpu):
        """Sends the requests of one case to all servers at once. Returns microseconds of CPU for each, and requests a second."""
        before = sum(server.cpu() for server in servers)
        each = CONNECTIONS // len(servers)
        script = self.script(case)
        runs = [
            subprocess.Popen(
                ["taskset", "-c", str(cpu), "wrk", "-t1", f"-c{each}", f"-d{seconds}s", "-s", script, server.base],
                stdout=subprocess.PIPE, text=True, env=gatepost.environment(),
            )
            for server in servers
        ]
        outputs = [run.communicate()[0] for run in runs]
        spent = sum(server.cpu() for server in servers) - before
        requests = sum(int(re.search(r"(\d+) requests in", text)[1]) for text in outputs)
        rate = sum(float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]) for text in outputs)
        for text in outputs:
            if "Non-2xx" in text or "Socket errors" in text:
                raise RuntimeError(f"{case.name}: {text}")
        return spent / requests * 1e6, rate
