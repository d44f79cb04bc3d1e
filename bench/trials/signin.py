"""A flood of sign-ins: 200 callers try passwords without a pause, for a known and for an unknown address. A caller with a
key keeps at least half of its requests a second, and the memory does not grow."""

import http.client
import json
import multiprocessing
import os
import statistics
import threading
import time

import gatepost

ATTEMPTS, ROUNDS, SECONDS = 200, 5, 3.0
MEMORY = 120  # MiB
PASSWORD = "four words, of no one"


def run(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    # One core for the server, and one for the callers.
    os.sched_setaffinity(0, {os.cpu_count() - 1})
    with gatepost.Server(place, cpu=0) as server:
        invited = server.call("POST", "/api/v2/workspace-members", key, {"email": "amy@acme.example", "role": "sdr"})[1]
        accept = {"token": invited["invitation_url"].split("#")[1], "first_name": "Amy", "last_name": "", "password": PASSWORD}
        server.call("POST", "/api/v2/invitations/accept", None, accept)
        calm, flooded, peak, statuses = [], [], 0, {}
        for _ in range(ROUNDS):
            calm.append(throughput(server, key)[0])
            with Flood(server) as flood:
                rate, most = throughput(server, key)
            flooded.append(rate)
            peak = max(peak, most)
            for status, count in flood.statuses.items():
                statuses[status] = statuses.get(status, 0) + count
        share = statistics.median(after / before for before, after in zip(calm, flooded))
        yield f"{ATTEMPTS} sign-ins at once: what they are told", json.dumps(statuses), set(statuses) <= {"401", "503"} and statuses.get("401", 0) > 0
        yield f"a caller with a key keeps half of {statistics.median(calm):,.0f} requests/s, median of {ROUNDS}", f"{share:.0%}", share >= 0.5
        yield f"resident at most {MEMORY} MiB", f"{peak:.0f} MiB", peak <= MEMORY
        # On another device the crowd delays the person, and on their own it does not. That delay is too long for this trial.
        status = server.call("GET", "/api/v2/me", key)[0]
        yield "a caller right after it", status, status == 200
        server.stop()


def throughput(server, key):
    """Requests a second on four connections, and the highest memory meanwhile."""
    end, counts = time.monotonic() + SECONDS, [0] * 4

    def ask(n):
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        while time.monotonic() < end:
            status = gatepost.ask(connection, "GET", "/api/v2/me", key)[0]
            assert status == 200, status
            counts[n] += 1

    askers = [threading.Thread(target=ask, args=(n,)) for n in range(len(counts))]
    for asker in askers:
        asker.start()
    peak = 0
    while any(asker.is_alive() for asker in askers):
        peak = max(peak, server.memory()[0])
        time.sleep(0.05)
    return sum(counts) / SECONDS, peak


class Flood:
    """Runs in processes of lower priority than the measured caller."""

    def __init__(self, server):
        self.statuses = multiprocessing.Manager().dict()
        self.process = multiprocessing.Process(target=flood, args=(server.port, self.statuses))

    def __enter__(self):
        self.process.start()
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.join()
        self.statuses = dict(self.statuses)


def flood(port, statuses):
    os.nice(10)
    counts = {}

    def attempt(n):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        email = "amy@acme.example" if n % 2 else "nobody@acme.example"
        while True:
            status = str(gatepost.ask(connection, "POST", "/auth/sign-in", None, {"email": email, "password": f"guess {n}"})[0])
            counts[status] = counts.get(status, 0) + 1
            statuses[status] = counts[status]
            time.sleep(1 if status == "503" else 0)  # as the answer says

    for n in range(ATTEMPTS):
        threading.Thread(target=attempt, args=(n,), daemon=True).start()
    time.sleep(SECONDS * 4)

