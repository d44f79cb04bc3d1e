#!/usr/bin/env python3
"""Counts the instructions that the server spends on a request, with valgrind. The count varies by less than a percent from
run to run, whatever else the machine does. So it shows which of two builds is cheaper where the times of `make bench`
are too noisy. It does not count the work of the operating system or the cost of a cold cache.

    bench/count.py [BINARY ...]        thousands of instructions a request; the default is target/release/gatepost

Needs valgrind, and about a minute for each binary."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile

import gatepost
import seed

SIZE = (20, 100)  # workspaces, campaigns of each
WARM, COUNTED = 20, 100  # requests

# Name, method, path, and the body for a campaign's id.
CASES = [
    ("health", "GET", "/health", None),
    ("get one", "GET", "/api/v2/campaigns/{id}", None),
    ("list 100", "GET", "/api/v2/campaigns?limit=100", None),
    ("explain", "POST", "/api/v2/access/explain", lambda id: {"permission": "campaigns:launch", "record": id}),
    ("audit log", "GET", "/api/v2/audit-logs?limit=100", None),
    # This case is last, because it changes what the others read.
    ("create", "POST", "/api/v2/campaigns", lambda _: gatepost.campaign("Counted")),
]


class Counted:
    """A server under valgrind, which writes its count and resets it on request."""

    def __init__(self, server, out, callers):
        self.server, self.out, self.callers, self.dumps = server, out, callers, 0
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, case, times):
        _, method, path, body = case
        for n in range(times):
            caller = self.callers[n % len(self.callers)]
            id = caller["campaigns"][n * 37 % len(caller["campaigns"])]
            answer = gatepost.ask(self.connection, method, path.format(id=id), caller["admin"], body and body(id))
            if answer[0] != 200:
                raise RuntimeError(f"{case[0]}: {answer}")

    def dump(self):
        """The instructions since the last call."""
        command = ["callgrind_control", "--dump", str(self.server.process.pid)]
        subprocess.run(command, check=True, capture_output=True)
        self.dumps += 1
        with open(f"{self.out}.{self.dumps}", errors="replace") as file:
            return int(re.search(r"^(?:totals|summary): (\d+)", file.read(), re.MULTILINE)[1])

    def count(self, case):
        self.ask(case, WARM)
        self.dump()
        self.ask(case, COUNTED)
        return self.dump() / COUNTED / 1000


def counted(binary):
    gatepost.BINARY = binary
    with tempfile.TemporaryDirectory(prefix="gatepost-count-") as folder:
        data, out = os.path.join(folder, "data"), os.path.join(folder, "count")
        callers = seed.sqlite(data, *SIZE)
        wrap = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        with gatepost.Server(("--data", data), wrap=wrap, wait=False) as server:
            server.until_it_answers(120)
            run = Counted(server, out, callers)
            return [run.count(case) for case in CASES]


def main():
    binaries = sys.argv[1:] or [gatepost.BINARY]
    if not shutil.which("valgrind"):
        raise SystemExit("count: needs valgrind; install it")
    for binary in binaries:
        if not os.path.exists(binary):
            raise SystemExit(f"count: {binary} is not there; build it with `cargo build --release`")
    columns = [counted(binary) for binary in binaries]
    print(f"{'thousands of instructions':28}" + "".join(f"{n + 1:>12}" for n in range(len(binaries))))
    for case, *row in zip(CASES, *columns):
        print(f"{case[0]:28}" + "".join(f"{figure:12.1f}" for figure in row))


if __name__ == "__main__":
    main()
