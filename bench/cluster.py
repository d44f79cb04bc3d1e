"""Databases of both engines, a temporary PostgreSQL cluster, and a proxy before it that can delay, withhold or close connections."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sqlite3
import tempfile
import threading

import gatepost


def both(tools, folder):
    """The name and the place of a new database of each engine."""
    yield "SQLite", ("--data", os.path.join(folder, "data"))
    cluster = Cluster(tools["postgres"])
    try:
        url = f"postgres://gatepost@127.0.0.1:{cluster.port}/postgres?sslmode=disable"
        yield "PostgreSQL", ("--database", url, "--secret-key", gatepost.SECRET)
    finally:
        cluster.close()


def query(tools, place, text):
    """The rows that a statement reads from a database, past the server."""
    if place[0] == "--data":
        conn = sqlite3.connect(os.path.join(place[1], "gatepost.db"))
        rows = conn.execute(text).fetchall()
        conn.close()
        return rows
    command = [os.path.join(tools["postgres"], "psql"), "-X", "-A", "-t", "-F", "\t", "-c", text, place[1]]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [tuple(line.split("\t")) for line in lines]


class Cluster:
    """Needs PostgreSQL's programs in `bin`. They refuse to run as root; then they run as an unprivileged user."""

    def __init__(self, bin):
        self.bin, self.port = bin, gatepost.free_port()
        self.folder = tempfile.mkdtemp(prefix="gatepost-cluster-")
        os.chmod(self.folder, 0o755)
        self.user = []
        if os.getuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            name = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.folder, name)
            self.user = ["runuser", "-u", name, "--"]
        self.data = os.path.join(self.folder, "data")
        self.command("initdb", "-D", self.data, "-U", "gatepost", "-A", "trust", "-E", "UTF8", "--locale=C")
        self.start()

    def command(self, program, *arguments):
        command = [*self.user, os.path.join(self.bin, program), *arguments]
        log = open(os.path.join(self.folder, "log"), "a")
        subprocess.run(command, check=True, cwd=self.folder, stdout=log, stderr=log)

    def start(self):
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories= -c max_connections=100"
        self.command("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", os.path.join(self.folder, "server"), "-o", options, "start")

    def restart(self):
        self.command("pg_ctl", "-D", self.data, "-w", "-m", "fast", "restart")

    def processes(self):
        """The server and all its children, the server first."""
        main = int(open(os.path.join(self.data, "postmaster.pid")).readline())
        children = open(f"/proc/{main}/task/{main}/children").read().split()
        return [main, *map(int, children)]

    def signal(self, what):
        for process in self.processes():
            try:
                os.kill(process, what)
            except ProcessLookupError:
                pass

    def kill(self):
        self.signal(signal.SIGKILL)

    def close(self):
        try:
            self.command("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        except subprocess.CalledProcessError:
            pass
        shutil.rmtree(self.folder, ignore_errors=True)


class Proxy:
    """Forwards from its own port to `port`: after `delay` seconds for each piece, or not at all while it is `deaf`."""

    def __init__(self, port):
        self.target, self.port = port, gatepost.free_port()
        self.delay, self.deaf, self.pairs = 0.0, False, set()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self.serve, args=(ready,), daemon=True).start()
        ready.wait()

    def serve(self, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self.pair, "127.0.0.1", self.port))
        ready.set()
        self.loop.run_forever()

    async def pair(self, reader, writer):
        try:
            there = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return writer.close()
        self.pairs |= {writer, there[1]}
        await asyncio.gather(self.pass_on(reader, there[1]), self.pass_on(there[0], writer))
        self.pairs -= {writer, there[1]}

    async def pass_on(self, reader, writer):
        try:
            while piece := await reader.read(65536):
                await asyncio.sleep(self.delay)
                while self.deaf:
                    await asyncio.sleep(0.05)
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    def cut(self):
        """Closes every connection."""
        self.loop.call_soon_threadsafe(lambda: [writer.close() for writer in list(self.pairs)])
