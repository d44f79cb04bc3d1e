#!/usr/bin/env python3
"""make torture: trials that are too long for `make test`. Each trial reports what it saw. At the end it prints one table,
writes it to bench/torture.md, and fails if any result is wrong.

    bench/torture.py [TRIAL ...]        all of them, or some: kill apply hooks load disk postgres flood unread
                                        fair doors stalls letters signin clock fuzz
"""

import datetime
import os
import sys
import tempfile
import time
import traceback

import gatepost
from trials import apply, clock, disk, fair, flood, fuzz, hooks, kill, postgres, signin, strangers, unread

TRIALS = {
    "kill": kill.run, "apply": apply.run, "hooks": hooks.deaths, "load": hooks.load, "disk": disk.run,
    "postgres": postgres.run, "flood": flood.run, "unread": unread.run, "fair": fair.run, "doors": strangers.doors,
    "stalls": strangers.stalls, "letters": strangers.letters, "signin": signin.run, "clock": clock.run, "fuzz": fuzz.run,
}
PYTHON = os.environ.get("GATEPOST_TEST_PYTHON", os.path.join(gatepost.ROOT, "target", "python"))


def tools():
    """Programs that the trials need beside the server."""
    schemathesis = ["env", f"PYTHONPATH={PYTHON}", sys.executable, "-m", "schemathesis.cli"]
    return {"postgres": os.environ.get("TEST_POSTGRES_BIN", ""), "schemathesis": schemathesis}


def findings(trials):
    for name, trial in trials.items():
        print(f"{name} ...", file=sys.stderr, flush=True)
        began = time.time()
        try:
            with tempfile.TemporaryDirectory(prefix=f"gatepost-{name}-") as folder:
                for what, seen, ok in trial(tools(), folder):
                    yield name, what, str(seen), ok
        except Exception:
            yield name, "the trial itself", traceback.format_exc(limit=3).strip().replace("\n", " "), False
        print(f"{name}: {time.time() - began:.0f} s", file=sys.stderr, flush=True)


def main(trials=TRIALS, keep=None):
    if not os.path.exists(gatepost.BINARY):
        raise SystemExit(f"{gatepost.BINARY} is not there; run `make torture`")
    began, lines, right = time.time(), [], []
    for name, what, seen, ok in findings(trials):
        lines.append(f"| {name} | {what} | {seen} | {'ok' if ok else '**wrong**'} |")
        right.append(ok)
    took = (time.time() - began) / 60
    table = ["| trial | what | seen | |", "|---|---|---|---|", *lines]
    print("\n".join(table))
    print(f"\n{sum(right)} of {len(right)} as it must be, in {took:.1f} minutes")
    if keep:
        head = f"`make torture` on {datetime.date.today()}, {os.cpu_count()} cores, {took:.0f} minutes."
        with open(keep, "w") as file:
            file.write("\n".join(["# What the server survives", "", head, "", *table]) + "\n")
    sys.exit(0 if right and all(right) else 1)


if __name__ == "__main__":
    chosen = sys.argv[1:]
    if chosen:
        main({name: TRIALS[name] for name in chosen})
    main(keep=os.path.join(gatepost.ROOT, "bench", "torture.md"))
