"""`kill -9` while eight callers write, again and again on the same database."""

import os
import random
import threading

import gatepost
from records import Records

KILLS, WRITERS = 100, 8
RESTART = 0.200  # seconds


class Writer(threading.Thread):
    """Creates campaigns, and creates and revokes keys, until the server is gone. Records the answers."""

    def __init__(self, server, key, number):
        super().__init__()
        self.server, self.key, self.number = server, key, number
        self.created, self.revoked, self.others = set(), [], []

    def run(self):
        connection = gatepost.http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            for n in range(1_000_000):
                self.change(connection, n)
        except (OSError, gatepost.http.client.HTTPException):
            pass  # the server is gone
        finally:
            connection.close()

    def change(self, connection, n):
        if n % 4 != self.number % 4:
            body = gatepost.campaign(f"{self.number} {n}")
            status, made = gatepost.ask(connection, "POST", "/api/v2/campaigns", self.key, body)
            return self.created.add(made["id"]) if status == 200 else self.others.append((status, made))
        body = {"name": f"{self.number} {n}", "scopes": ["campaigns:read"]}
        status, made = gatepost.ask(connection, "POST", "/api/v2/api-keys", self.key, body)
        if status != 200:
            return self.others.append((status, made))
        status, gone = gatepost.ask(connection, "DELETE", f"/api/v2/api-keys/{made['id']}", self.key)
        return self.revoked.append((made["id"], made["key"])) if status == 200 else self.others.append((status, gone))


def run(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    created, revoked, others, alive, starts = set(), [], [], [], []
    disagreements = []
    recent = []
    for n in range(KILLS + 1):
        with gatepost.Server(place) as server:
            starts.append(server.started)
            # A revocation just before the kill is the most likely one to be lost.
            alive += [id for id, secret in recent if server.call("GET", "/api/v2/me", secret)[0] != 401]
            if n == KILLS:
                server.stop()
                break
            writers = [Writer(server, key, number) for number in range(WRITERS)]
            for writer in writers:
                writer.start()
            threading.Event().wait(random.uniform(0.05, 0.4))
            server.kill()
            for writer in writers:
                writer.join()
        recent = [pair for writer in writers for pair in writer.revoked]
        revoked += recent
        created |= {id for writer in writers for id in writer.created}
        others += [other for writer in writers for other in writer.others]
        if n % 10 == 9:
            disagreements += Records(place[1]).disagreements()
    records = Records(place[1])
    disagreements += records.disagreements()
    lost = created - records.campaigns
    back = {id for id, _ in revoked} - records.revoked
    done = len(created) + len(revoked)
    yield f"{KILLS} x kill -9 during {WRITERS} writers: lost of {done:,} acknowledged", len(lost) + len(back), not lost and not back and done > 1000
    yield "changes without their audit row, rows without their change, broken pages", len(disagreements), not disagreements
    yield f"revoked keys that opened anything after the restart, of {len(revoked):,}", len(alive), not alive
    yield "answers other than 200 before the end", len(others), not others
    slowest = sorted(starts)[-len(starts) // 20]
    yield f"restart within {RESTART * 1000:.0f} ms (19 of 20)", f"{slowest * 1000:.0f} ms", slowest <= RESTART
