"""The system's clock is set forward and back while a server runs, and between two runs. Nothing that has expired becomes
valid again. `libfaketime` changes the clock."""

import datetime
import glob
import os
import time

import gatepost

HOUR, DAY = 3600, 24 * 3600
BOB = "bob@other.example"


class Clock:
    def __init__(self, folder):
        self.file = os.path.join(folder, "offset")
        self.set(0)

    def set(self, seconds):
        with open(self.file + ".new", "w") as file:
            file.write(f"{seconds:+d}s\n")
        os.rename(self.file + ".new", self.file)
        time.sleep(0.2)

    def wrap(self):
        library = sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
        if not library:
            raise RuntimeError("libfaketime is not installed")
        set = {
            "LD_PRELOAD": library[0], "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        return ["env", *(f"{name}={value}" for name, value in set.items())]


def run(_tools, folder):
    place, clock = ("--data", os.path.join(folder, "data")), Clock(folder)
    key = gatepost.init(*place)["api_key"]
    gatepost.run("workspace", "create", "--name", "Other", "--owner-email", BOB, *place)
    dead = {}
    start = lambda: gatepost.Server(place, wrap=clock.wrap())
    revived = lambda server: [what for what, ask in dead.items() if ask(server) < 400]
    with start() as server:
        dead |= expiring(server, key)
        alive = sum(ask(server) < 400 for ask in dead.values())
        yield "what is to expire works before it does", f"{alive} of {len(dead)}", alive == len(dead)
        clock.set(8 * DAY)
        yield "works after it has expired", len(revived(server)), not revived(server)
        clock.set(8 * DAY - HOUR)
        yield "works again once the clock jumps back an hour", len(revived(server)), not revived(server)
        clock.set(0)
        yield "works again once the clock jumps back eight days", len(revived(server)), not revived(server)
        before = server.call("POST", "/api/v2/campaigns", key, gatepost.campaign("late"))[1]["timestamp_created"]
        server.stop()
    with start() as server:
        yield "works again after a restart with that clock", len(revived(server)), not revived(server)
        after = server.call("POST", "/api/v2/campaigns", key, gatepost.campaign("later"))[1]["timestamp_created"]
        yield "time goes on from there, in what is written", f"{before} < {after}", before < after
        clock.set(DAY)
        time.sleep(0.5)
        server.kill()
    clock.set(0)
    with start() as server:
        yield "works again after kill -9 and a start", len(revived(server)), not revived(server)
        server.stop()


def expiring(server, key):
    """Something to ask for each thing that expires: a key in a minute, an invitation in seven days."""
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=1)
    body = {"name": "short", "scopes": ["all:all"], "expires_at": at.isoformat(timespec="seconds").replace("+00:00", "Z")}
    short = server.call("POST", "/api/v2/api-keys", key, body)[1]["key"]
    # A user who is known enters their password: the answer to a wrong one tells whether the link still works.
    invited = server.call("POST", "/api/v2/workspace-members", key, {"email": BOB})[1]
    token = invited["invitation_url"].split("#")[1]
    accept = {"token": token, "first_name": "Bob", "last_name": "B", "password": "certainly not"}

    def invitation(server):
        status, answer = server.call("POST", "/api/v2/invitations/accept", None, accept)
        return 200 if "body/password" in str(answer) else status

    return {"a key": lambda server: server.call("GET", "/api/v2/me", short)[0], "an invitation": invitation}
