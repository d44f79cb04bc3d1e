"""A disk that is full, or broken, from a certain write on: `strace` fails the calls. Changes are refused with 503 and
leave no partial change, reads go on, and no invalid key is accepted."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import gatepost
from records import Records

CALLS = 200
SYSCALLS = "pwrite64,pwritev,fsync,fdatasync,ftruncate,fallocate"
WRITES = 24


def run(_tools, folder):
    template = Template(os.path.join(folder, "template"))
    # A full disk stays full. An error may concern only one sector.
    faults = [(f"{error}:when={n}{on}", n) for n in range(1, CALLS + 1) for error, on in [("ENOSPC", "+"), ("EIO", "")]]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        seen = list(pool.map(lambda fault: template.suffer(*fault), faults))
    return findings(seen)


class Template:
    """A small database with an unrestricted key, a narrow key and a revoked key."""

    def __init__(self, folder):
        self.folder = folder
        self.key = gatepost.init("--data", folder)["api_key"]
        with gatepost.Server(("--data", folder)) as server:
            make = lambda body: server.call("POST", "/api/v2/api-keys", self.key, body)[1]
            self.narrow = make({"name": "narrow", "scopes": ["campaigns:read"]})["key"]
            revoked = make({"name": "revoked", "scopes": ["all:all"]})
            server.call("DELETE", f"/api/v2/api-keys/{revoked['id']}", self.key)
            self.revoked = revoked["key"]
            self.campaign = server.call("POST", "/api/v2/campaigns", self.key, gatepost.campaign("there"))[1]["id"]
            server.stop()

    def suffer(self, fault, n):
        folder = f"{self.folder}-{fault.replace(':', '-')}"
        shutil.copytree(self.folder, folder)
        seen = {"fault": fault, "bad": [], "refused": 0, "changed": 0, "started": True}
        log = open(os.path.join(folder, "log"), "w+")
        try:
            self.under(folder, fault, log, seen)
            text = (log.seek(0), log.read())[1]
            if "panicked" in text:
                seen["bad"].append(f"a panic: {text[-500:]}")
            records = Records(folder)
            seen["bad"] += [f"the books disagree: {what}" for what in records.disagreements()]
            seen["bad"] += [f"lost: {id}" for id in seen.get("created", set()) - records.campaigns]
        finally:
            log.close()
            shutil.rmtree(folder)
        return seen

    def under(self, folder, fault, log, seen):
        wrap = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", f"trace={SYSCALLS}", "-e", f"inject={SYSCALLS}:error={fault}"]
        with gatepost.Server(("--data", folder), wrap=wrap, log=log, wait=False) as server:
            try:
                server.until_it_answers(20)
            except RuntimeError:
                # The server may refuse to start with a message.
                seen["started"] = False
                code, text = server.process.poll(), (log.seek(0), log.read())[1]
                if code != 1 or "error: " not in text:
                    seen["bad"].append(f"it ended with {code}: {text[-500:]}")
                return
            try:
                self.try_everything(server, seen)
            finally:
                subprocess.run(["pkill", "-9", "-P", str(server.process.pid)], check=False)

    def try_everything(self, server, seen):
        created = seen["created"] = set()
        for n in range(WRITES):
            status, made = server.call("POST", "/api/v2/campaigns", self.key, gatepost.campaign(f"no. {n}"))
            if status == 200:
                created.add(made["id"])
                seen["changed"] += 1
            elif status == 503:
                seen["refused"] += 1
            else:
                seen["bad"].append(f"a change answered {status}: {made}")
            for who, key, wanted in [("the owner", self.key, 200), ("a revoked key", self.revoked, 401), ("a narrow key", self.narrow, 200)]:
                status, answer = server.call("GET", f"/api/v2/campaigns/{self.campaign}", key)
                if status != wanted:
                    seen["bad"].append(f"{who} reads with {status}: {answer}")
            status, answer = server.call("POST", "/api/v2/campaigns", self.narrow, gatepost.campaign("no"))
            if status != 403:
                seen["bad"].append(f"a narrow key writes with {status}: {answer}")


def findings(seen):
    bad = [f"{one['fault']}: {what}" for one in seen for what in one["bad"]]
    met = sum(1 for one in seen if one["refused"] or not one["started"])
    started = sum(one["started"] for one in seen)
    for what in bad[:10]:
        print(f"  {what}")
    yield f"{len(seen)} disks full or broken from one of the first {CALLS} writes on: anything but 200 or 503, a read that failed, a way in, books that disagree", len(bad), not bad
    yield "of those, how many refused a change or to start", met, met > len(seen) // 2
    yield "of those, how many started", started, started > len(seen) // 2
