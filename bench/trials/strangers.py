"""Strangers without a key. Crowds from three addresses try passwords, send bodies that never end, and ask for letters.
People can still sign in, write and get their letters. Every address is in the loopback network."""

import http.client
import json
import os
import re
import socket
import socketserver
import statistics
import threading
import time

import gatepost

CROWD = [f"127.7.{n}.1" for n in range(3)]
PERSON = "127.8.0.1"
SECONDS = 10.0
PASSWORD = "four words, of no one"
PEOPLE = [f"p{n}@acme.example" for n in range(7)]
STALLED = 1060


def invited(server, key, email):
    """A person with PASSWORD."""
    made = server.call("POST", "/api/v2/workspace-members", key, {"email": email, "role": "sdr"})[1]
    token = made["invitation_url"].split("#")[1]
    accept = {"token": token, "first_name": "P", "last_name": "", "password": PASSWORD}
    assert server.call("POST", "/api/v2/invitations/accept", None, accept)[0] == 200


def post(server, path, body, source=PERSON, cookie=None, timeout=40):
    """The status, the seconds and the cookies of an answer to a caller at an address."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout, source_address=(source, 0))
    try:
        headers = {"Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})}
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        response.read()
        cookies = [line.split(";")[0] for name, line in response.getheaders() if name.lower() == "set-cookie"]
        return response.status, time.monotonic() - began, cookies
    finally:
        connection.close()


class Crowd:
    """So many callers at each address, which repeat a request until the end."""

    def __init__(self, server, path, body, each):
        self.statuses, self.over, self.lock = {}, threading.Event(), threading.Lock()
        ask = lambda source: self.ask(server, path, body, source)
        self.threads = [threading.Thread(target=ask, args=(CROWD[n % 3],)) for n in range(3 * each)]

    def ask(self, server, path, body, source):
        while not self.over.is_set():
            try:
                status = post(server, path, body, source)[0]
            except OSError:
                status = "closed"
            with self.lock:
                self.statuses[status] = self.statuses.get(status, 0) + 1
            self.over.wait(0.2 if status == 503 else 0)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(1)
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def doors(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    with gatepost.Server(place) as server:
        for email in PEOPLE[:2]:
            invited(server, key, email)
        right = {"email": PEOPLE[0], "password": PASSWORD}
        known = [cookie for cookie in post(server, "/auth/sign-in", right)[2] if "-device=" in cookie][0]
        new, old = [], []
        with Crowd(server, "/auth/sign-in", {"email": "n@x.example", "password": "wrong"}, 40) as crowd:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                old.append(post(server, "/auth/sign-in", right, cookie=known)[:2])
                new.append(post(server, "/auth/sign-in", {**right, "email": PEOPLE[1]}, source="127.8.0.2")[:2])
        told = crowd.statuses
        yield "120 strangers at 3 addresses: what they are told", json.dumps(told), set(told) <= {401, 503} and told.get(401, 0) > 0
        for name, seen in (("a known device", old), ("a new device", new)):
            good, median = [status for status, _ in seen].count(200), statistics.median(took for _, took in seen)
            yield f"sign-ins on {name} meanwhile, of {len(seen)}", f"{good}, median {median * 1000:.0f} ms", good == len(seen) > 0
        server.stop()


def stalls(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    head = b"POST /auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"
    with gatepost.Server(place) as server:
        invited(server, key, PEOPLE[0])
        before, stalled = server.memory()[0], []
        for n in range(STALLED):
            connection = socket.create_connection(("127.0.0.1", server.port), 10, (CROWD[n % 3], 0))
            connection.sendall(head + b" " * 3900)
            stalled.append(connection)
        time.sleep(1)
        written, signed, end = [], [], time.monotonic() + SECONDS
        while time.monotonic() < end:
            written.append(server.call("POST", "/api/v2/campaigns", key, gatepost.campaign("meanwhile"))[0])
            signed.append(post(server, "/auth/sign-in", {"email": PEOPLE[0], "password": PASSWORD})[0])
        grown = server.memory()[0] - before
        yield f"{STALLED:,} stalled bodies of strangers: changes of a tenant, of {len(written)}", written.count(200), set(written) == {200}
        yield f"sign-ins from another address, of {len(signed)}", signed.count(200), set(signed) == {200}
        yield "the server grew by at most 100 MiB", f"{grown:.0f} MiB", grown <= 100
        for connection in stalled:
            connection.close()
        server.stop()


class Mailbox(socketserver.ThreadingTCPServer):
    """Accepts all mail, and records the recipients."""

    daemon_threads = allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.letters = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Talk(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def handle(self):
        to = None
        self.say(b"220 here")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"RCPT":
                to = re.search(rb"<(.*?)>", line)[1].decode()
            if word == b"DATA":
                self.say(b"354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.server.letters.append(to)
            self.say(b"221 bye" if word == b"QUIT" else b"250 well")
            if word == b"QUIT":
                return


def letters(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    with gatepost.Server(place) as server:
        for email in [*PEOPLE, "victim@acme.example"]:
            invited(server, key, email)
        server.stop()
    mailbox = Mailbox()
    mail = ("--smtp-url", f"smtp://127.0.0.1:{mailbox.server_address[1]}", "--mail-from", "gatepost@acme.example")
    with gatepost.Server(place, *mail) as server:
        with Crowd(server, "/auth/reset", {"email": "victim@acme.example"}, 66) as crowd:
            asked = [post(server, "/auth/reset", {"email": email})[0] for email in PEOPLE]
            end = time.monotonic() + SECONDS
            while time.monotonic() < end and not set(PEOPLE) <= set(mailbox.letters):
                time.sleep(0.1)
            came = len(set(PEOPLE) & set(mailbox.letters))
            # At one of the crowd's addresses a person is told to try again, and succeeds later.
            again = 0
            while post(server, "/auth/reset", {"email": PEOPLE[0]}, CROWD[0])[0] != 200 and again < 100:
                again += 1
                time.sleep(0.1)
        told = crowd.statuses
        yield "198 strangers ask for letters without a pause: what they are told", json.dumps(told), set(told) <= {200, 503}
        yield f"people who asked meanwhile and got their letter, of {len(PEOPLE)}", came, came == len(PEOPLE) and set(asked) == {200}
        yield "tries until the same was taken at an address of the crowd", again + 1, again < 100
        server.stop()
    yield "letters to the address that the crowd named", mailbox.letters.count("victim@acme.example"), 1 <= mailbox.letters.count("victim@acme.example") <= 9
    mailbox.shutdown()
