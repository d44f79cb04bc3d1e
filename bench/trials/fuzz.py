"""Schemathesis over our own document, as each of the eight roles: no answer may be a 5xx, have a status that the
document does not name, or a body that is not as the document says.

    bench/trials/fuzz.py [--quick]      --quick: two roles and a few cases each, as in `make test`
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import gatepost

ROLES = ["owner", "admin", "manager", "editor", "member", "sdr", "view", "client"]
CASES = 20_000  # in all
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"


def run(tools, _folder, roles=ROLES, examples=5, least=CASES):
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(lambda role: as_role(tools, role, examples), roles))
    cases, failures = sum(cases for cases, _ in done), [what for _, all in done for what in all]
    for failure in failures[:20]:
        print(f"  {failure}")
    yield f"schemathesis as {len(roles)} roles: cases, at least {least:,}", f"{cases:,}", cases >= least
    yield "5xx, undocumented statuses, answers against their schema", len(failures), not failures


def as_role(tools, role, examples):
    """The number of cases, and the failures. Each role has its own demo, because a role with many rights changes much."""
    command = [gatepost.BINARY, "demo", "--json", "--listen", "127.0.0.1:0", "--rate-limit", "off"]
    with tempfile.TemporaryDirectory(prefix="gatepost-fuzz-") as folder, open(os.path.join(folder, "log"), "w+") as log:
        settings = {**gatepost.environment(), "GATEPOST_DATA": os.path.join(folder, "data")}
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=settings)
        try:
            cast = json.loads(demo.stdout.readline())
            key = next(person["api_key"] for person in cast["people"] if person["role"] == role)
            cases, failures = fuzz(tools, cast["base_url"], key, examples, os.path.join(folder, "report.json"))
        finally:
            demo.terminate()
            demo.wait()
        log.seek(0)
        logged = [line for line in log if "ERROR" in line or "panicked" in line]
        return cases, [f"{role}: {what}" for what in failures + logged]


def fuzz(tools, base, key, examples, report):
    arguments = [
        "run", f"{base}/openapi.json", "--header", f"Authorization: Bearer {key}", "--checks", CHECKS,
        "--max-examples", str(examples), "--phases", "examples,coverage,fuzzing", "--continue-on-failure",
        "--suppress-health-check", "all", "--warnings", "off", "--seed", "1", "--no-shrink", "--no-color",
        "--report", "json", "--report-json-path", report,
    ]
    command = [*tools["schemathesis"], *arguments]
    # It also stores its data between two runs there.
    done = subprocess.run(command, capture_output=True, text=True, env=gatepost.environment(), cwd=os.path.dirname(report))
    if not os.path.exists(report):
        raise RuntimeError(f"schemathesis: {done.stdout[-3000:]}{done.stderr[-3000:]}")
    told = json.load(open(report))
    failures = [f"{one['title']}: {', '.join(one['operations'])}" for one in told["failures"]]
    failures += [str(one) for one in told["errors"]]
    if failures:
        print(done.stdout[-6000:])
    return told["test_cases"]["generated"], failures


if __name__ == "__main__":
    import torture

    if "--quick" in sys.argv:
        torture.main({"fuzz": lambda tools, folder: run(tools, folder, ["owner", "sdr"], 1, 5_000)})
    torture.main({"fuzz": run})
