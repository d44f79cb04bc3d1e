#!/usr/bin/env python3
"""make bench: what a request costs, as a ratio to the cost of `GET /health` on the same server just before and after.

It uses ratios because machines are noisy: a slow moment slows both. It measures the CPU time of the server process,
because a small machine runs out of CPU first. It prints one table, writes it to bench/results.md, and fails when a
target is missed.

    bench/bench.py [--quick]        --quick: a small large size and short rounds, to try the benchmark itself
"""

import datetime
import os
import shutil
import statistics
import sys
import tempfile
import time

import gatepost
import leads
import seed
from load import CASES, GROUP, HEALTH, Load

QUICK = "--quick" in sys.argv
ROUNDS, SECONDS = (3, 1) if QUICK else (5, 2)
SMALL, LARGE = (100, 100), (200, 100) if QUICK else (10_000, 100)
SUBS = 100 if QUICK else 1000  # sub-workspaces of a group
SERVER, GENERATOR = 0, 1  # one core each

# The highest ratio to `GET /health` that a case may have, on SQLite at the small size.
MOST = {"get one": 5, "list 100, reach all": 70, "create, audited, durable": 20}
CREATES = 3000  # durable ones a second, where the disk allows it
GROWTH = 1.25  # the most that a case may cost at the large size, in times the small one
START = 0.050  # seconds to the first answer, on an existing database
MEMORY = 60  # MiB resident under load


class Site:
    """Servers on one database, and their measurements."""

    def __init__(self, name, place, callers, servers=1, settings=()):
        self.name = name
        self.folder = tempfile.mkdtemp(prefix="gatepost-load-")
        self.load = Load(self.folder, callers)
        self.servers = [gatepost.Server(place, *settings, cpu=SERVER) for _ in range(servers)]
        self.place, self.settings = place, settings
        self.idle = self.servers[0].memory()
        self.peak = self.idle
        self.rounds = {case.name: [] for case in [HEALTH, *CASES, GROUP]}

    def round(self, case):
        """Runs the case between two runs of `GET /health`, so that both meet the same speed of the machine."""
        before, figures, after = (self.measure(*run) for run in [(HEALTH, 1), (case, SECONDS), (HEALTH, 1)])
        self.rounds[HEALTH.name] += [(*before, 1.0), (*after, 1.0)]
        self.rounds[case.name].append((*figures, 2 * figures[0] / (before[0] + after[0])))

    def measure(self, case, seconds):
        figures = self.load.run(self.servers, case, seconds, GENERATOR)
        self.peak = max(self.peak, self.servers[0].memory())
        return figures

    def median(self, case):
        """Microseconds of CPU for a request, requests a second, and the ratio."""
        return tuple(statistics.median(figure) for figure in zip(*self.rounds[case]))

    def ratio(self, case):
        return self.median(case)[2]

    def restart(self):
        """Seconds from the start of the process to its first answer, the median of a few starts."""
        for server in self.servers:
            server.stop()
        starts = []
        for _ in range(7):
            with gatepost.Server(self.place, *self.settings, cpu=SERVER) as server:
                starts.append(server.started)
                server.stop()
        return statistics.median(starts)

    def close(self):
        for server in self.servers:
            server.__exit__()
        shutil.rmtree(self.folder)


def group_on_one_page(folder):
    """The cost of the overview of a whole group: microseconds of CPU, requests a second, and the ratio."""
    say(f"loading a group: {SUBS:,} sub-workspaces x 10 campaigns")
    data = os.path.join(folder, "group")
    callers = seed.sqlite(data, 1 + SUBS, 10, group=True)
    site = Site("SQLite, a group", ("--data", data), callers[:1] * 10)
    try:
        for _ in range(ROUNDS):
            site.round(GROUP)
        return site.median(GROUP.name)
    finally:
        site.close()


def fsyncs(folder):
    """Durable writes of 4 KiB that the disk takes in a second, one after the other."""
    file = os.open(os.path.join(folder, "fsync"), os.O_WRONLY | os.O_CREAT)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < 1:
        os.pwrite(file, b"x" * 4096, count % 256 * 4096)
        os.fdatasync(file)
        count += 1
    os.close(file)
    return count


def say(text):
    print(text, file=sys.stderr, flush=True)


def sites(folder):
    for name, size in [("SQLite small", SMALL), ("SQLite large", LARGE)]:
        say(f"loading {name}: {size[0]:,} workspaces x {size[1]} campaigns")
        data = os.path.join(folder, name.replace(" ", "-"))
        yield Site(name, ("--data", data), seed.sqlite(data, *size))
    url, psql = os.environ.get("TEST_POSTGRES_URL"), os.environ.get("TEST_POSTGRES_PSQL")
    if not url:
        raise SystemExit("bench: needs TEST_POSTGRES_URL; run it as `make bench`")
    say(f"loading PostgreSQL: {SMALL[0]} workspaces x {SMALL[1]} campaigns")
    callers = seed.postgres(url, psql, *SMALL)
    place = ("--database", url, "--secret-key", gatepost.SECRET)
    yield Site("PostgreSQL, 1 process", place, callers)
    yield Site("PostgreSQL, 2 processes", place, callers, servers=2)


def table(all_sites):
    lines = ["| | " + " | ".join(site.name for site in all_sites) + " |", "|---" * (len(all_sites) + 1) + "|"]
    for case in [HEALTH, *CASES]:
        cells = []
        for site in all_sites:
            cpu, rate, ratio = site.median(case.name)
            cells.append(f"{ratio:.1f}x, {cpu:.0f} us, {rate:,.0f}/s")
        lines.append(f"| {case.name} | " + " | ".join(cells) + " |")
    for name, memory in [("idle", "idle"), ("under load", "peak")]:
        cells = [f"{getattr(site, memory)[0]:.0f} MiB, of it {getattr(site, memory)[1]:.0f} its own" for site in all_sites]
        lines.append(f"| resident, {name} | " + " | ".join(cells) + " |")
    return lines


def goals(small, large, starts, disk):
    """The targets: a sentence, the figure, and whether it is reached."""
    for case, most in MOST.items():
        figure = small.ratio(case)
        yield f"{case}: at most {most}x /health", f"{figure:.1f}x", figure <= most
    rate = small.median("create, audited, durable")[1]
    enough = rate >= CREATES or disk < 500
    yield f"at least {CREATES:,} durable creates a second (the disk does {disk:,} fsyncs)", f"{rate:,.0f}", enough
    for case in [case.name for case in CASES]:
        # In each round these are measured one directly after the other.
        rounds = zip(small.rounds[case], large.rounds[case])
        growth = statistics.median(there[0] / here[0] for here, there in rounds)
        yield f"{case}: at most {GROWTH - 1:.0%} more at the large size", f"{growth - 1:+.0%}", growth <= GROWTH
    for site, start in starts.items():
        yield f"{site}: first answer within {START * 1000:.0f} ms", f"{start * 1000:.0f} ms", start <= START
    for site in [small, large]:
        figure = site.peak[0]
        yield f"{site.name}: at most {MEMORY} MiB resident under load", f"{figure:.0f} MiB", figure <= MEMORY


def main():
    began = time.time()
    if not os.path.exists(gatepost.BINARY):
        raise SystemExit(f"bench: {gatepost.BINARY} is not there; run it as `make bench`")
    folder = tempfile.mkdtemp(prefix="gatepost-bench-")
    all_sites = []
    try:
        for site in sites(folder):
            all_sites.append(site)
        for n in range(ROUNDS):
            say(f"round {n + 1} of {ROUNDS}")
            for case in CASES:
                for site in all_sites:
                    site.round(case)
        disk = fsyncs(folder)
        small, large = all_sites[:2]
        starts = {site.name: site.restart() for site in [small, large]}
        say("leads")
        of_leads, goals_of_leads = leads.measured(folder)
        reached = [*goals(small, large, starts, disk), *goals_of_leads]
        report(all_sites, reached, group_on_one_page(folder), of_leads, time.time() - began)
    finally:
        for site in all_sites:
            site.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if all(ok for _, _, ok in reached) else 1)


def report(all_sites, reached, group, of_leads, took):
    size = os.path.getsize(gatepost.BINARY) / 1024 / 1024
    lines = [
        "# What a request costs",
        "",
        f"`make bench` on {datetime.date.today()}, {os.cpu_count()} cores, {ROUNDS} interleaved rounds of {SECONDS} s"
        f" for each case, 32 connections, server and generator on a core each; the binary has {size:.1f} MiB.",
        f"SQLite small and PostgreSQL: {SMALL[0]:,} workspaces with {SMALL[1]} campaigns and 10 members each;"
        f" SQLite large: {LARGE[0]:,} workspaces. Up to 2,000 callers take turns.",
        "",
        "Each cell: CPU time of the server per request as a ratio to `GET /health` of the same server just before"
        " and after (median), the CPU time itself, requests per second. PostgreSQL's own CPU time is not in it.",
        "",
        *table(all_sites),
        "",
        f"The group on one page (SQLite, {SUBS:,} sub-workspaces with 10 members and 10 campaigns each, all in one answer):"
        f" {group[2]:.0f}x, {group[0] / 1000:.1f} ms, {group[1]:,.0f}/s.",
        *of_leads,
        "",
        "| to reach | is | |",
        "|---|---|---|",
        *(f"| {what} | {figure} | {'reached' if ok else '**missed**'} |" for what, figure, ok in reached),
    ]
    print("\n".join(lines[6:]))
    print(f"\n{sum(ok for _, _, ok in reached)} of {len(reached)} reached, in {took / 60:.1f} minutes")
    if not QUICK:
        with open(os.path.join(gatepost.ROOT, "bench", "results.md"), "w") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
