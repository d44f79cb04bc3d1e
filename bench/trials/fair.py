"""One workspace sends as much load as it can: 320 connections run its heaviest search over 100,000 leads, and then it
deletes them all. A neighbour is still served normally, on either database."""

import asyncio
import http.client
import json
import multiprocessing
import os
import statistics
import threading
import time

import cluster
import gatepost
from trials.flood import answer, head

LEADS, CONNECTIONS = 100_000, 320
QUIET, SECONDS = 500, 20  # the neighbour's requests before, and for how long it asks meanwhile
MEDIAN, WORST = 20, 100  # times the quiet median: the median, and 99 of 100
WAIT = 0.5  # seconds that a change of the neighbour's waits at most
SEARCH = {"search": "zzzz", "distinct_contacts": True, "limit": 100}


def run(tools, folder):
    for engine, place in cluster.both(tools, folder):
        yield from trial(engine, place)


def trial(name, place):
    greedy = gatepost.init(*place)["api_key"]
    other = ["workspace", "create", "--json", "--owner-email", "bob@other.example", *place, "--name", "Neighbour"]
    neighbour = json.loads(gatepost.run(*other))["api_key"]
    # There is no rate limit, so that only the queues separate the two workspaces.
    with gatepost.Server(place) as server:
        leads = filled(server, greedy)
        campaign = server.call("POST", "/api/v2/campaigns", neighbour, gatepost.campaign("one"))[1]["id"]
        asked = Asked(server, neighbour)
        one = lambda: asked.time("GET", f"/api/v2/campaigns/{campaign}")
        quiet = statistics.median(one() for _ in range(QUIET))
        seen = multiprocessing.Manager().dict()
        attack = multiprocessing.Process(target=lambda: asyncio.run(attacked(server.port, greedy, seen)))
        attack.start()
        time.sleep(2)
        end, times = time.monotonic() + SECONDS, []
        while time.monotonic() < end:
            times.append(one())
            time.sleep(0.005)
        attack.join()
        times.sort()
        median, worst = times[len(times) // 2], times[len(times) * 99 // 100]
        show = lambda took: f"{took * 1000:.1f} ms, {took / quiet:.0f}x"
        what = f"{name}: a neighbour of {CONNECTIONS} searches at once gets one, {len(times):,} times"
        yield f"{what}; at most {MEDIAN}x its quiet {quiet * 1000:.2f} ms in the median", show(median), median <= MEDIAN * quiet
        yield f"{what}; at most {WORST}x, 99 of 100", show(worst), worst <= WORST * quiet
        yield f"{name}: the neighbour's answers that are not 200", asked.wrong, asked.wrong == 0
        statuses = dict(seen)
        yield f"{name}: what the searches were answered", json.dumps(statuses), set(statuses) <= {200, 503} and statuses.get(200, 0) > 0
        yield from deleted(name, server, greedy, leads, asked)
        server.stop()


class Asked:
    """A caller that sends one request after the other, on one connection."""

    def __init__(self, server, key):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.key, self.wrong = key, 0

    def time(self, method, path, body=None):
        began = time.perf_counter()
        status, _ = gatepost.ask(self.connection, method, path, self.key, body)
        self.wrong += status != 200
        return time.perf_counter() - began


def filled(server, key):
    """A list with many leads."""
    id = server.call("POST", "/api/v2/lead-lists", key, {"name": "many"})[1]["id"]
    for first in range(0, LEADS, 1000):
        leads = [{"email": f"lead{n}@lead.example", "first_name": "Lead"} for n in range(first, first + 1000)]
        status, answer = server.call("POST", "/api/v2/leads/add", key, {"list_id": id, "leads": leads}, timeout=60)
        if status != 200:
            raise RuntimeError(f"leads/add: {status} {answer}")
    return id


async def attacked(port, key, seen):
    os.nice(5)  # so that the load generator does not slow down the server
    counts, end = {}, time.monotonic() + SECONDS + 4
    await asyncio.gather(*(searching(port, key, end, counts) for _ in range(CONNECTIONS)))
    seen.update(counts)


async def searching(port, key, end, counts):
    body = json.dumps(SEARCH).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < end:
        writer.write(head("POST", "/api/v2/leads/list", key, len(body)) + body)
        status = await answer(reader)
        counts[status] = counts.get(status, 0) + 1
    writer.close()


def deleted(name, server, key, list, asked):
    """A neighbour's changes while another workspace deletes all its leads."""
    answers = []
    delete = lambda: answers.append(server.call("DELETE", "/api/v2/leads", key, {"list_id": list}, timeout=120))
    deleting, times = threading.Thread(target=delete), []
    deleting.start()
    while deleting.is_alive():
        times.append(asked.time("POST", "/api/v2/campaigns", gatepost.campaign("meanwhile")))
        time.sleep(0.005)
    deleting.join()
    count = answers[0][1].get("count") if answers else None
    yield f"{name}: leads that one call then deletes, of {LEADS:,}", f"{count:,}", count == LEADS
    longest = max(times)
    yield f"{name}: a neighbour's {len(times):,} changes meanwhile wait at most {WAIT} s", f"{longest * 1000:.0f} ms", longest <= WAIT
