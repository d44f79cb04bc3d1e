"""PostgreSQL is killed, restarted, frozen, slowed down and cut off under load. Callers get a 503 within two seconds, no
invalid key is accepted, and within five seconds of its return all requests succeed."""

import contextlib
import signal
import threading
import time

import gatepost
from cluster import Cluster, Proxy

AWAY, BACK = 2.0, 5.0  # seconds
CALLERS = 12
LEEWAY = 0.25  # for a machine with two cores on which all of this runs


def run(tools, _folder):
    cluster = Cluster(tools["postgres"])
    try:
        return list(trial(cluster, Proxy(cluster.port)))
    finally:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            cluster.signal(signal.SIGCONT)
        cluster.close()


class Caller(threading.Thread):
    """Repeats one request. Records when it began, how long it took, and the answer."""

    def __init__(self, server, what, allowed, ask):
        super().__init__(daemon=True)
        self.server, self.what, self.allowed, self.ask = server, what, allowed, ask
        self.seen, self.stop = [], threading.Event()

    def run(self):
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                status, answer = self.ask(self.server)
            except OSError as error:
                status, answer = 0, repr(error)
            self.seen.append((began, time.monotonic() - began, status, answer))
            time.sleep(0.01)


def trial(cluster, proxy):
    url = f"postgres://gatepost@127.0.0.1:{proxy.port}/postgres?sslmode=disable"
    place = ("--database", url, "--secret-key", gatepost.SECRET)
    key = gatepost.init(*place)["api_key"]
    with gatepost.Server(place) as server:
        make = lambda body: server.call("POST", "/api/v2/api-keys", key, body)[1]
        narrow, revoked = make({"name": "narrow", "scopes": ["campaigns:read"]}), make({"name": "r", "scopes": ["all:all"]})
        server.call("DELETE", f"/api/v2/api-keys/{revoked['id']}", key)
        kinds = [
            ("reads", {200}, lambda server: server.call("GET", "/api/v2/campaigns", key, timeout=20)),
            ("writes", {200}, lambda server: server.call("POST", "/api/v2/campaigns", key, gatepost.campaign("c"), timeout=20)),
            ("a narrow key writes", {403}, lambda server: server.call("POST", "/api/v2/campaigns", narrow["key"], gatepost.campaign("c"), timeout=20)),
            ("a revoked key reads", {401}, lambda server: server.call("GET", "/api/v2/campaigns", revoked["key"], timeout=20)),
        ]
        callers = [Caller(server, *kinds[n % len(kinds)]) for n in range(CALLERS)]
        for caller in callers:
            caller.start()
        for name, harm, repair in troubles(cluster, proxy):
            yield from suffer(name, harm, repair, callers)
        for caller in callers:
            caller.stop.set()
            caller.join()
        made = {answer["id"] for caller in callers for *_, status, answer in caller.seen if caller.what == "writes" and status == 200}
        kept, after = set(), None
        while page := list_of(server, key, after):
            kept |= {item["id"] for item in page["items"]}
            after = page.get("next_starting_after")
            if not after:
                break
        yield f"lost of {len(made):,} acknowledged changes", len(made - kept), not made - kept
        server.stop()


def list_of(server, key, after):
    return server.call("GET", "/api/v2/campaigns?limit=100" + (f"&starting_after={after}" if after else ""), key)[1]


def troubles(cluster, proxy):
    nothing = lambda: None

    def slow(seconds):
        proxy.delay = seconds

    def deaf(is_deaf):
        proxy.deaf = is_deaf

    yield "killed, and started again", cluster.kill, cluster.start
    yield "restarted", cluster.restart, nothing
    yield "frozen", lambda: cluster.signal(signal.SIGSTOP), lambda: cluster.signal(signal.SIGCONT)
    yield "three seconds slow", lambda: slow(3), lambda: slow(0)
    yield "cut off", lambda: deaf(True), lambda: deaf(False)
    yield "disconnected", proxy.cut, nothing


def suffer(name, harm, repair, callers):
    time.sleep(1)
    began = time.monotonic()
    harm()
    time.sleep(4)
    repair()
    repaired = time.monotonic()
    time.sleep(BACK + 1)
    now = time.monotonic()
    seen = [(caller, *one) for caller in callers for one in caller.seen if began <= one[0] < now]
    # Requests that were under way when it began still wait, and count too.
    unexpected = [(caller.what, status, answer) for caller, _, _, status, answer in seen if status not in caller.allowed | {503}]
    slowest = max(took for _, at, took, status, _ in seen)
    late = [at for caller, at, took, status, _ in seen if status not in caller.allowed and at > repaired + BACK]
    refused = sum(status == 503 for *_, status, _ in seen)
    for what in unexpected[:5]:
        print(f"  {name}: {what}")
    yield f"{name}: answers that are neither right nor 503, of {len(seen):,} ({refused:,} x 503)", len(unexpected), not unexpected
    yield f"{name}: the longest anybody waited, at most {AWAY:.0f} s", f"{slowest:.2f} s", slowest <= AWAY + LEEWAY
    yield f"{name}: refused more than {BACK:.0f} s after its return", len(late), not late
