"""Clients that do not read: connections that ask for the longest pages there are and leave them. The server grows by a
fixed amount, answers its neighbours all the while, and closes what is not read for half a minute."""

import json
import os
import select
import socket
import time

import gatepost

CLIENTS = 12  # as in the review that found it
MORE = 120
ROOM = 96 + 64  # MiB: the room for answers, and what is being made ready for it
CLOSED = 45  # seconds, of which the server's patience is 30
CHANGES = 160


def run(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    other = ["workspace", "create", "--json", "--name", "Calm", "--owner-email", "bob@other.example", *place]
    calm = json.loads(gatepost.run(*other))["api_key"]
    with gatepost.Server(place) as server:
        fill(server, key)
        longest = [server.call("GET", path, key)[1] for path in ("/api/v2/audit-logs?limit=1000", "/api/v2/campaigns?limit=100")]
        sizes = [len(json.dumps(page, separators=(",", ":"))) / 2**20 for page in longest]
        yield "a page of the audit log, and one of campaigns, at most 2 and 16 MiB", f"{sizes[0]:.1f} and {sizes[1]:.1f} MiB", sizes[0] <= 2.1 and 10 < sizes[1] <= 16.1
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
    paths = ("/api/v2/campaigns?limit=100", "/api/v2/audit-logs?limit=1000")
    unread = [ask(server.port, paths[number % 2], key) for number in range(clients)]
    began, peak, calmly = time.monotonic(), before, []
    while any(unread) and time.monotonic() - began < CLOSED:
        calmly.append(timed(server, calm))
        peak = max(peak, server.memory()[0])
        unread = [client for client in unread if not is_closed(client)]
        time.sleep(0.1)
        if clients == MORE and time.monotonic() - began > 4:
            break
    yield f"{clients} clients do not read: resident memory grows by at most {ROOM} MiB", f"{peak - before:.0f} MiB", peak - before <= ROOM
    worst = max(took for _, took in calmly)
    yield "a neighbour's pages meanwhile, all within a second", f"{len(calmly)}, at most {worst * 1000:.0f} ms", worst < 1 and {status for status, _ in calmly} == {200}
    if clients == CLIENTS:
        yield f"all of them closed within {CLOSED} s", f"{CLIENTS - len(unread)} in {time.monotonic() - began:.0f} s", not unread
    for client in unread:
        client.close()


def ask(port, path, key):
    """Sends a request, and leaves the answer where it is; the window of the connection is small."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\r\n".encode())
    return client


def is_closed(client):
    """Reset by the server, or refused: such an answer is short, and the connection stays for the next request."""
    poll = select.poll()
    poll.register(client, select.POLLHUP | select.POLLERR | select.POLLRDHUP)
    if poll.poll(0):
        return True
    try:
        return client.recv(13, socket.MSG_PEEK | socket.MSG_DONTWAIT)[9:12] == b"503"
    except BlockingIOError:
        return False
    except OSError:
        return True


def timed(server, key):
    began = time.perf_counter()
    return server.call("GET", "/api/v2/campaigns", key)[0], time.perf_counter() - began
