"""Webhooks: `kill -9` while events are written and delivered, and many events beside a receiver that is slow."""

import http.client
import os
import random
import statistics
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cluster
import gatepost

KILLS, WRITERS = 50, 4
DRAINED = 180  # seconds that the last deliveries may take; an interrupted one waits for a minute
CALM = 60  # events a second between the kills
RATE = 10_000 / 60  # events a second beside the slow receiver
ROUNDS, ROUND = 10, 3  # pairs of measurements, and seconds of each
SLOW = 2  # seconds that the slow receiver takes
LABELS = (1, 2, 3, 4)  # numbers of the standard labels; a change from one to the next is an event
HERE = ("--webhook-networks", "127.0.0.0/8")


class Receiver(ThreadingHTTPServer):
    """Keeps the ids of the events that it took."""

    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.taken = answer, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/in"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        event = str(uuid.UUID(self.headers["webhook-id"].removeprefix("msg_")))
        status = self.server.answer(event)
        if status == 200:
            self.server.taken.append(event)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def fails_sometimes():
    """Answers 500 to the first attempt at one event in twenty."""
    failed = set()

    def answer(event):
        if event in failed or random.random() > 0.05:
            return 200
        failed.add(event)
        return 500
    return answer


def is_slow(_event):
    time.sleep(SLOW)
    return 200


def prepared(place, receiver=None):
    """The key of a new database with leads, the leads' ids, and the id of a campaign."""
    key = gatepost.init(*place)["api_key"]
    with gatepost.Server(place, *HERE) as server:
        campaign = server.call("POST", "/api/v2/campaigns", key, gatepost.campaign("c"))[1]["id"]
        leads = []
        for n in range(100):
            body = {"campaign": campaign, "email": f"lead{n}@lead.example"}
            leads.append(server.call("POST", "/api/v2/leads", key, body)[1]["id"])
        if receiver:
            hook = {"target_hook_url": receiver.address, "event_type": "all_events"}
            status, made = server.call("POST", "/api/v2/webhooks", key, hook)
            assert status == 200, made
        server.stop()
    return key, leads, campaign


class Writer(threading.Thread):
    """Changes the labels of its own leads until it is told to stop, or until the server is gone."""

    def __init__(self, server, key, leads, rate, first):
        super().__init__(daemon=True)
        self.server, self.key, self.leads, self.rate, self.first = server, key, leads, rate, first
        self.made, self.others, self.done = 0, [], False

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        began = time.monotonic()
        try:
            while not self.done:
                n = self.first + self.made
                lead, label = self.leads[n % len(self.leads)], LABELS[n // len(self.leads) % len(LABELS)]
                status, answer = gatepost.ask(connection, "PATCH", f"/api/v2/leads/{lead}", self.key, {"lt_interest_status": label})
                if status != 200:
                    self.others.append((status, answer))
                self.made += 1
                time.sleep(max(0, began + self.made / self.rate - time.monotonic()))
        except (OSError, http.client.HTTPException):
            pass  # the server is gone
        finally:
            connection.close()


def writers(server, key, leads, rate, before=()):
    """Starts the writers. Each goes on behind its last change, which may be stored or not, so that each change is a real one."""
    share = len(leads) // WRITERS
    first = [writer.first + writer.made + 1 for writer in before] or [0] * WRITERS
    started = [
        Writer(server, key, leads[n * share:(n + 1) * share], rate / WRITERS, first[n]) for n in range(WRITERS)
    ]
    for writer in started:
        writer.start()
    return started


def stored(tools, place):
    """The ids of all events, the number of deliveries that wait, and the number of changed labels in the audit log."""
    ask = lambda text: cluster.query(tools, place, text)
    as_text = lambda id: str(uuid.UUID(bytes=id) if isinstance(id, bytes) else uuid.UUID(id))
    changed = "select count(*) from audit_log where action = 'leads:update' and metadata like '%lt_interest_status%'"
    if place[0] != "--data":
        changed = changed.replace("metadata like", "metadata::text like")
    events = {as_text(id) for (id,) in ask("select id from events")}
    return events, int(ask("select count(*) from webhook_deliveries")[0][0]), int(ask(changed)[0][0])


def deaths(tools, folder):
    for engine, place in cluster.both(tools, folder):
        yield from ((f"{engine}: {what}", seen, ok) for what, seen, ok in killed(tools, place))


def killed(tools, place):
    receiver = Receiver(fails_sometimes())
    key, leads, _ = prepared(place, receiver)
    made, others, busy = 0, [], ()
    for _ in range(KILLS):
        with gatepost.Server(place, *HERE) as server:
            busy = writers(server, key, leads, CALM, busy)
            time.sleep(random.uniform(0.3, 1.5))
            server.kill()
            for writer in busy:
                writer.join()
            made += sum(writer.made for writer in busy)
            others += [other for writer in busy for other in writer.others]
    with gatepost.Server(place, *HERE) as server:
        end = time.monotonic() + DRAINED
        while stored(tools, place)[1] and time.monotonic() < end:
            time.sleep(1)
        server.stop()
    events, waiting, changed = stored(tools, place)
    taken = set(receiver.taken)
    yield f"{KILLS} x kill -9 during {WRITERS} writers and deliveries: events of {len(events):,} that never arrived", len(events - taken), events <= taken and len(events) > 1000
    yield "arrived without being stored", len(taken - events), taken <= events
    yield f"events without their change or changes without their event, of {changed:,}", abs(len(events) - changed), len(events) == changed
    yield f"acknowledged changes, at most the {changed:,} that are stored", f"{made:,}", made <= changed <= made + KILLS * WRITERS
    yield "deliveries that still wait", waiting, waiting == 0
    yield "arrived more than once (allowed)", len(receiver.taken) - len(taken), True
    yield "answers other than 200 before the end", len(others), not others


def load(tools, folder):
    receiver = Receiver(is_slow)
    places = {name: ("--data", os.path.join(folder, name)) for name in ("calm", "busy")}
    sites = {name: prepared(place, receiver if name == "busy" else None) for name, place in places.items()}
    servers = {name: gatepost.Server(place, *HERE) for name, place in places.items()}
    answered, written, busy = {name: [] for name in sites}, {name: 0 for name in sites}, {name: () for name in sites}
    try:
        for n in range(ROUNDS * 2):
            name = ("calm", "busy")[(n + n // 2) % 2]  # each is first in every second round
            key, leads, campaign = sites[name]
            busy[name] = writers(servers[name], key, leads, RATE, busy[name])
            answered[name].append(reads(servers[name], key, campaign))
            for writer in busy[name]:
                writer.done = True
            for writer in busy[name]:
                writer.join()
                written[name] += writer.made
    finally:
        for server in servers.values():
            server.stop()
    waiting = stored(tools, places["busy"])[1]
    rate = written["busy"] / (ROUNDS * ROUND) * 60
    yield "events a minute, at least 9,500, while the receiver takes 2 s for each", f"{rate:,.0f}", rate >= 9_500
    yield "deliveries that wait at the end", f"{waiting:,}", waiting > 0
    slower = statistics.median(answered["calm"]) / statistics.median(answered["busy"]) - 1
    yield "a caller is slower than beside the same changes without a webhook, by at most 5 %", f"{slower:+.1%}", slower <= 0.05


def reads(server, key, campaign):
    """How many times one caller got a campaign during a round."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    end, done = time.monotonic() + ROUND, 0
    while time.monotonic() < end:
        status, _ = gatepost.ask(connection, "GET", f"/api/v2/campaigns/{campaign}", key)
        assert status == 200
        done += 1
    connection.close()
    return done
