"""What leads cost: an import against `leads/add`, and lists, searches and counts among many leads.

    bench/leads.py [--quick]        only these rows, without the rest of `make bench`
"""

import http.client
import json
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid

import gatepost

QUICK = "--quick" in sys.argv
ROWS = 5_000 if QUICK else 100_000  # of an import
FEW, MANY = (10_000, 50_000) if QUICK else (10_000, 1_000_000)  # leads of a workspace
ROUNDS, SECONDS = (2, 0.3) if QUICK else (5, 1.0)
PLACES = 100  # campaigns, each with the same part of the leads
BEGAN = 1_700_000_000_000  # milliseconds since 1970

TIMES = 3  # the most CPU that an import may cost, in times `leads/add` of the same rows
MORE = 50  # MiB above idle that an import may need
GROWTH = 2  # the most that a request may cost among many leads, in times its cost among few
LONGEST = 5.5  # seconds until the server has stopped a read

CITIES = ["Oslo", "Bergen", "Lima", "Pune", "Graz"]


def row(n):
    """The cells of one lead of an import."""
    return [f"p{n}@lead{n % 997}.example", f"First{n}", f"Last{n % 5000}", f"Company {n % 2000}", f"+47 {n:08}", CITIES[n % 5]]


def csv():
    lines = ["Email,First Name,Last Name,Company,Phone,City", *(",".join(row(n)) for n in range(ROWS))]
    return "\n".join(lines) + "\n"


def lead(n):
    """The same lead as a part of a body."""
    email, first, last, company, phone, city = row(n)
    return {
        "email": email, "first_name": first, "last_name": last, "company_name": company, "phone": phone,
        "custom_variables": {"City": city},
    }


def ok(answer, *expected):
    if answer[0] not in (expected or (200,)):
        raise RuntimeError(f"{answer}")
    return answer[1]


def new_list(server, key):
    return ok(server.call("POST", "/api/v2/lead-lists", key, {"name": "bench"}))["id"]


def imported(folder):
    """CPU seconds of an import and of `leads/add` of the same rows, and the memory that the import needs above idle."""
    data = os.path.join(folder, "import")
    key = gatepost.init("--data", data)["api_key"]
    with gatepost.Server(("--data", data)) as server:
        into = new_list(server, key)
        idle = peak = server.memory()[0]
        before = server.cpu()
        body = {"list_id": into, "csv": csv()}
        started = ok(server.call("POST", "/api/v2/lead-imports", key, body))
        while True:
            peak = max(peak, server.memory()[0])
            now = ok(server.call("GET", f"/api/v2/lead-imports/{started['id']}", key))
            if now["status"] in ("success", "failed"):
                break
            time.sleep(0.1)
        if now["added"] != ROWS:
            raise RuntimeError(f"{now}")
        by_import = server.cpu() - before
        into = new_list(server, key)
        before = server.cpu()
        for first in range(0, ROWS, 1000):
            leads = [lead(n) for n in range(first, first + 1000)]
            ok(server.call("POST", "/api/v2/leads/add", key, {"list_id": into, "leads": leads}))
        by_add = server.cpu() - before
    return by_import, by_add, peak - idle


def filled(data, count):
    """A database whose only workspace has this many leads. Returns the key of the owner and the ids of the campaigns."""
    key = gatepost.init("--data", data)["api_key"]
    with gatepost.Server(("--data", data)) as server:
        campaigns = [
            ok(server.call("POST", "/api/v2/campaigns", key, gatepost.campaign(f"c{n}")))["id"] for n in range(PLACES)
        ]
        server.stop()
    conn = sqlite3.connect(os.path.join(data, "gatepost.db"), isolation_level=None)
    workspace = conn.execute("select id from workspaces").fetchone()[0]
    owner = conn.execute("select user_id from members").fetchone()[0]
    conn.execute("pragma synchronous = off")
    conn.execute("begin")
    conn.executemany(
        "insert into leads (workspace_id, id, campaign_id, email, first_name, last_name, company_name, search, status,"
        " lt_interest_status, assigned_to, upload_method, is_website_visitor, custom_variables, timestamp_created,"
        " timestamp_updated) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'api', 0, ?, ?, ?)",
        stored(workspace, owner, campaigns, count),
    )
    conn.execute("commit")
    conn.execute("pragma wal_checkpoint(truncate)")
    conn.close()
    return key, campaigns


def stored(workspace, owner, campaigns, count):
    ids = [uuid.UUID(id).bytes for id in campaigns]
    for n in range(count):
        id = uuid.UUID(int=(BEGAN + n // 100) << 80 | 7 << 76 | 2 << 62 | n).bytes
        # Every hundredth address is that of another lead too.
        email, first, last, company, _, city = row(n - 1 if n % 100 == 1 else n)
        search = f"{first} {last} {email}".lower()
        yield (
            workspace, id, ids[n % PLACES], email, first, last, company, search, 1 if n % 3 else 3, (n % 7) or None,
            owner, json.dumps({"City": city}), BEGAN + n, BEGAN + n,
        )


class Case:
    def __init__(self, name, body, path="/api/v2/leads/list", indexed=True):
        self.name, self.body, self.path, self.indexed = name, body, path, indexed


# `CAMPAIGN` is replaced by the id of one of the campaigns, which has a hundredth of the leads.
CASES = [
    Case("list 100 leads", {"limit": 100}),
    Case("list 100 leads of a campaign", {"campaign": "CAMPAIGN", "limit": 100}),
    Case("list 50 active leads of a campaign", {"campaign": "CAMPAIGN", "filter": "FILTER_VAL_ACTIVE", "limit": 50}),
    Case("find a lead by its address", {"contacts": ["p500@lead500.example"]}),
    Case("search, with a text that many leads have", {"search": "first", "limit": 100}),
    Case("list 100 contacts, each once", {"distinct_contacts": True, "limit": 100}, indexed=False),
    Case("search, with a text that no lead has", {"search": "nobody at all"}, indexed=False),
    Case("list by a filter that no lead passes", {"filter": "FILTER_VAL_UNSUBSCRIBED"}, indexed=False),
    Case("report of duplicates, first page", None, "/api/v2/leads/duplicates?limit=100", indexed=False),
    # It moves nothing: it counts, and then a job finds that there is nothing to do.
    Case(
        "count the leads of a campaign",
        {"campaign": "CAMPAIGN", "to_list_id": "LIST", "filter": "FILTER_VAL_UNSUBSCRIBED"},
        "/api/v2/leads/move", indexed=False,
    ),
]


class Site:
    """A server with this many leads."""

    def __init__(self, folder, count):
        data = os.path.join(folder, str(count))
        self.count = count
        self.key, self.campaigns = filled(data, count)
        self.server = gatepost.Server(("--data", data))
        self.list = new_list(self.server, self.key)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        self.longest = 0.0

    def measure(self, case):
        """CPU milliseconds of a request."""
        text = json.dumps(case.body).replace("CAMPAIGN", self.campaigns[7]).replace("LIST", self.list)
        body, method = json.loads(text), "GET" if case.body is None else "POST"
        began, before, requests = time.perf_counter(), self.server.cpu(), 0
        while time.perf_counter() - began < SECONDS:
            sent = time.perf_counter()
            # A read that takes too long is stopped with 503.
            ok(gatepost.ask(self.connection, method, case.path, self.key, body), 200, 503)
            self.longest = max(self.longest, time.perf_counter() - sent)
            requests += 1
        return (self.server.cpu() - before) / requests * 1000


def grown(folder):
    """The CPU milliseconds of each case among few leads and among many, and the longest answer in seconds."""
    few, many = Site(folder, FEW), Site(folder, MANY)
    try:
        figures = {}
        for case in CASES:
            rounds = [(few.measure(case), many.measure(case)) for _ in range(ROUNDS)]
            figures[case.name] = tuple(statistics.median(side) for side in zip(*rounds))
        return figures, many.longest
    finally:
        few.server.__exit__()
        many.server.__exit__()


def measured(folder):
    """The lines of a table, and the targets: a sentence, the figure, and whether it is reached."""
    by_import, by_add, memory = imported(folder)
    figures, longest = grown(folder)
    lines = [
        "",
        f"Leads, on SQLite. An import of {ROWS:,} rows: {by_import:.1f} s of CPU; the same rows by `leads/add`:"
        f" {by_add:.1f} s. CPU time of a request among {FEW:,} leads of a workspace and among {MANY:,}; no index can serve"
        " the requests in italics, and a read of any size is stopped after 5 s:",
        "",
        f"| | {FEW:,} leads | {MANY:,} leads |",
        "|---|---|---|",
    ]
    for case in CASES:
        name = case.name if case.indexed else f"*{case.name}*"
        few, many = figures[case.name]
        lines.append(f"| {name} | {few:.2f} ms | {many:.2f} ms |")
    goals = [
        (f"import of {ROWS:,} rows: at most {TIMES}x the CPU of `leads/add`", f"{by_import / by_add:.1f}x", by_import <= TIMES * by_add),
        (f"import of {ROWS:,} rows: at most {MORE} MiB above idle", f"{memory:.0f} MiB", memory <= MORE),
        (f"no answer among {MANY:,} leads takes longer than {LONGEST} s", f"{longest:.1f} s", longest <= LONGEST),
    ]
    for case in filter(lambda case: case.indexed, CASES):
        few, many = figures[case.name]
        goals.append((f"{case.name}: at most {GROWTH}x among {MANY:,} leads", f"{many / few:.1f}x", many <= GROWTH * few))
    return lines, goals


def main():
    folder = tempfile.mkdtemp(prefix="gatepost-leads-")
    try:
        lines, goals = measured(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(lines))
    for what, figure, reached in goals:
        print(f"{what}: {figure}{'' if reached else ', missed'}")
    sys.exit(0 if all(reached for _, _, reached in goals) else 1)


if __name__ == "__main__":
    main()
