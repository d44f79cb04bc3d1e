"""Clients that do not read: connections that ask for the longest pages there are and leave them. The server grows by a
fixed amount, still answers its neighbours, and closes connections that are not read for half a minute."""

import json
import os
import socket
import time

import gatepost

CLIENTS = 12  # as in the review that found it
MORE = 60
ROOM = 96 + 64  # MiB: the room for answers, and what is being made ready for it
AGAIN = 40  # seconds, of which the server's patience is 30
CHANGES = 220
PAGE = "/api/v2/campaigns?limit=100"
LOG = "/api/v2/audit-logs?limit=1000"


def run(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    other = ["workspace", "create", "--json", "--name", "Calm", "--owner-email", "bob@other.example", *place]
    calm = json.loads(gatepost.run(*other))["api_key"]
    with gatepost.Server(place) as server:
        fill(server, key)
        longest = [server.call("GET", path, key)[1] for path in (LOG, PAGE)]
        sizes = [len(json.dumps(page, separators=(",", ":"), ensure_ascii=False).encode()) / 2**20 for page in longest]
        yield "a page of the audit log, and one of campaigns, at most 2 and 16 MiB", f"{sizes[0]:.1f} and {sizes[1]:.1f} MiB", 1.9 < sizes[0] <= 2.1 and 10 < sizes[1] <= 16.1
        for clients in (CLIENTS, MORE):
            yield from ignoring(server, key, calm, clients)
        server.stop()


def fill(server, key):
    """A log and campaigns that are longer than a page."""
    lead_list = server.call("POST", "/api/v2/lead-lists", key, {"name": "List"})[1]["id"]
    lead = server.call("POST", "/api/v2/leads", key, {"list_id": lead_list, "email": "a@lead.example"})[1]["id"]
    fields = ("personalization", "website", "last_name", "first_name", "company_name", "job_title", "phone")
    for change in range(CHANGES):
        server.call("PATCH", f"/api/v2/leads/{lead}", key, {field: "èé"[change % 2] * 4000 for field in fields})
    long = {**gatepost.campaign("long"), "sequences": [{"steps": [step()] * 10}]}
    campaign = server.call("POST", "/api/v2/campaigns", key, long)[1]["id"]
    for _ in range(35):
        server.call("POST", f"/api/v2/campaigns/{campaign}/duplicate", key, {})


def step():
    return {"type": "email", "delay": 1, "variants": [{"subject": "s", "body": "b" * 48_000}]}


def ignoring(server, key, calm, clients):
    before = server.memory()[0]
    unread = [ask(server.port, (PAGE, LOG)[number % 2], key) for number in range(clients)]
    began, peak, calmly, own = time.monotonic(), before, [], []
    # Until the room of the workspace is full, and then until it is free again.
    while time.monotonic() - began < AGAIN and own[-1:] != [200]:
        calmly.append(timed(server, calm))
        peak = max(peak, server.memory()[0])
        waited = time.monotonic() - began
        if waited > 3 and clients == MORE:
            break
        if waited > 3 and len(calmly) % 8 == 0:
            own.append(server.call("GET", PAGE, key)[0])
        time.sleep(0.1)
    for client in unread:
        client.close()
    yield f"{clients} clients do not read: resident memory grows by at most {ROOM} MiB", f"{peak - before:.0f} MiB", peak - before <= ROOM
    worst = max(took for _, took in calmly)
    limit = clients / CLIENTS  # seconds: they all ask at once
    yield f"a neighbour's pages meanwhile, all within {limit:.0f} s", f"{len(calmly)}, at most {worst * 1000:.0f} ms", worst < limit and {status for status, _ in calmly} == {200}
    if clients == CLIENTS:
        yield f"their workspace is refused such a page, and gets it again within {AGAIN} s", f"{own.count(503)} times 503, then {own[-1]} after {waited:.0f} s", own.count(503) > 0 and own[-1] == 200


def ask(port, path, key):
    """Sends a request and does not read the answer. The window of the connection is small."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\r\n".encode())
    return client


def timed(server, key):
    began = time.perf_counter()
    return server.call("GET", "/api/v2/campaigns", key)[0], time.perf_counter() - began
