"""`kill -9` while an access file is applied: all of its changes are there afterwards, or none."""

import http.client
import json
import os
import random
import statistics
import threading
import time

import cluster
import gatepost

KILLS = 50
ROLES = ACCOUNTS = 40
FILES = ("campaigns:read", "campaigns:launch")


def file(permission):
    """An access file as JSON, which is YAML too. Applying it after the other one changes every role and account."""
    tag = permission.replace(":", " ")
    return json.dumps({
        "version": 1,
        "because": "trial",
        "tags": [permission.replace(":", " ") for permission in FILES],
        "roles": {f"role-{n}": {"based_on": "sdr", "can": {"campaigns:read": "own", permission: "own"}} for n in range(ROLES)},
        "sending_accounts": {f"a{n}@outreach.example": {"tags": [tag]} for n in range(ACCOUNTS)},
    })


def account(n):
    server = {"host": "mail.outreach.example", "username": "u", "password": "p"}
    flat = {f"{kind}_{name}": value for kind in ("imap", "smtp") for name, value in server.items()}
    more = {"email": f"a{n}@outreach.example", "first_name": "A", "last_name": "B", "provider_code": 1}
    return {**flat, **more, "imap_port": 993, "smtp_port": 465}


def apply(server, key, text):
    """Plans and applies a file with whatever the plan asks to allow. Returns the answer of the last call."""
    status, planned = send(server, key, "/api/v2/access/plan", text)
    assert status == 200, planned
    allow = ",".join(f"{kind}={count}" for kind, count in planned["allow"].items())
    return send(server, key, f"/api/v2/access/apply?allow={allow}", text)


def send(server, key, path, text):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("POST", path, text, {"Authorization": f"Bearer {key}", "Content-Type": "application/yaml"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def rows(server, key):
    """The numbers of rows in the audit log and in the list of applied files."""
    return [counted(server, key, path) for path in ("/api/v2/audit-logs", "/api/v2/access/applications")]


def counted(server, key, path):
    number, cursor = 0, ""
    while cursor is not None:
        status, page = server.call("GET", f"{path}?limit=100&starting_after={cursor}", key)
        assert status == 200, page
        number, cursor = number + len(page["items"]), page.get("next_starting_after")
    return number


def attempt(server, key, text, answers):
    try:
        answers.append(apply(server, key, text)[0])
    except (OSError, http.client.HTTPException):
        pass  # the server is gone


def run(tools, folder):
    for engine, place in cluster.both(tools, folder):
        yield from ((f"{engine}: {what}", seen, ok) for what, seen, ok in trial(place))


def trial(place):
    key = gatepost.init(*place)["api_key"]
    states, took, grown = [], [], []
    with gatepost.Server(place) as server:
        for n in range(ACCOUNTS):
            status, made = server.call("POST", "/api/v2/accounts", key, account(n))
            assert status == 200, made
        for permission in (*FILES, *FILES):
            before, began = rows(server, key), time.monotonic()
            status, applied = apply(server, key, file(permission))
            assert status == 200, applied
            took.append(time.monotonic() - began)
            grown.append([after - had for had, after in zip(before, rows(server, key))])
            states.append(server.call("GET", "/api/v2/access/file", key)[1])
        before = rows(server, key)
        server.stop()
    assert states[0] == states[2] != states[1] == states[3] and grown[2] == grown[3], grown
    each, partly, whole, none, lost, stands = grown[3], [], 0, 0, 0, 1
    for _ in range(KILLS):
        answers, wanted = [], 1 - stands
        with gatepost.Server(place) as server:
            caller = threading.Thread(target=attempt, args=(server, key, file(FILES[wanted]), answers))
            caller.start()
            time.sleep(random.uniform(0, statistics.median(took) * 2))
            server.kill()
            caller.join()
        with gatepost.Server(place) as server:
            state, now = server.call("GET", "/api/v2/access/file", key)[1], rows(server, key)
            server.stop()
        added, before = [after - had for had, after in zip(before, now)], now
        if (state, added) == (states[wanted], each):
            whole, stands = whole + 1, wanted
        elif (state, added) == (states[stands], [0, 0]):
            none, lost = none + 1, lost + len(answers)
        else:
            partly.append(added)
    yield f"{KILLS} x kill -9 during a file of {each[0]} changes: applied in part", len(partly), not partly
    yield "applied whole, and not at all", f"{whole} and {none}", whole > 0 and none > 0
    yield "acknowledged and lost", lost, lost == 0
