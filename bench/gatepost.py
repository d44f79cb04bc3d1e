"""The server as a process, and requests to it, for the benchmarks and the trials.

Uses only the standard library and the loopback address."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("GATEPOST_BINARY", os.path.join(ROOT, "target", "release", "gatepost"))
SECRET = "bench0123456789bench0123456789bench"
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment():
    """The environment without settings of Gatepost."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GATEPOST_")}


def installed():
    """The environment of the systemd unit, because a server is measured as it is installed."""
    unit = open(os.path.join(ROOT, "deploy", "gatepost@.service")).read()
    return dict(re.findall(r"^Environment=(\w+)=(\S+)$", unit, re.MULTILINE))


def run(*arguments, **more):
    """Runs a command of the binary. Returns its standard output."""
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, env=environment(), **more)
    if done.returncode:
        raise RuntimeError(f"gatepost {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def init(*place):
    """A fresh database with one workspace: the line that `init --json` prints."""
    made = run("init", "--workspace", "Acme", "--owner-email", "olivia@acme.example", "--json", *place)
    return json.loads(made)


class Server:
    """A server on `place` (`--data DIR` or `--database URL`), from its start until `stop` or `kill`."""

    def __init__(self, place, *settings, cpu=None, wrap=(), log=subprocess.DEVNULL, wait=True):
        self.port = free_port()
        pinned = ["taskset", "-c", str(cpu)] if cpu is not None else []
        command = [*wrap, *pinned, BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", *place, *settings]
        if "--rate-limit" not in settings:
            command += ["--rate-limit", "off"]
        self.began = time.perf_counter()
        around = {**environment(), **installed()}
        self.process = subprocess.Popen(command, env=around, stdout=subprocess.DEVNULL, stderr=log)
        self.started = self.until_it_answers() if wait else None

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        """The id of the server's own process, also under a wrapper."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        name = f"/proc/{self.process.pid}/comm"
        if open(name).read().strip() == "gatepost":
            return self.process.pid
        return int(open(children).read().split()[0])

    def until_it_answers(self, limit=30.0):
        """Seconds from the start of the process to its first answer."""
        while time.perf_counter() - self.began < limit:
            try:
                if self.call("GET", "/health")[0] == 200:
                    return time.perf_counter() - self.began
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"the server ended with {self.process.returncode}") from None
                time.sleep(0.001)
        raise RuntimeError("the server does not answer")

    def call(self, method, path, key=None, body=None, timeout=30.0):
        """Status and JSON (or text) of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            return ask(connection, method, path, key, body)
        finally:
            connection.close()

    def cpu(self):
        """User and system time of the process so far, in seconds."""
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        """Resident memory in MiB, as VmRSS counts it, and the part that does not come from files."""
        lines = dict(line.split(":", 1) for line in open(f"/proc/{self.pid}/status") if ":" in line)
        return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Stops the server like an operator. Returns the exit code."""
        os.kill(self.pid, signal.SIGTERM)
        return self.process.wait(timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


def ask(connection, method, path, key=None, body=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(body)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    data = response.read()
    try:
        return response.status, json.loads(data)
    except ValueError:
        return response.status, data.decode(errors="replace")


def campaign(name):
    """A body that creates a campaign."""
    timing = {"from": "09:00", "to": "17:00"}
    schedule = {"name": "week", "timing": timing, "days": {"1": True}, "timezone": "Etc/GMT+12"}
    return {"name": name, "campaign_schedule": {"schedules": [schedule]}}
