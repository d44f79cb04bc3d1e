"""What scripts/clients.sh runs: every call that the clients offer, with arguments made from its own description."""

import inspect
import json
import logging
import os
import subprocess
import sys
import urllib.error
import urllib.request
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from clients_demo import LIBRARY, NEVER, WANTED, Demo

OFFICIAL = "https://api.instantly.ai"
NOT_BUILT = ": this operation is not built in Gatepost yet"
# The clients have the official address built in.
REDIRECT = f"""data:text/javascript,
const real = globalThis.fetch;
globalThis.fetch = (to, how) => real(String(to).replace('{OFFICIAL}', process.env.GATEPOST), how);"""


class Proxy(ThreadingHTTPServer):
    """Stands between a client and the server, and notes every answer that is not a success."""

    def __init__(self, base):
        self.base, self.refused = base, []
        super().__init__(("127.0.0.1", 0), Relay)
        Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Relay(BaseHTTPRequestHandler):
    def relay(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)) or None
        passed = ("authorization", "content-type")
        kept = {name: value for name, value in self.headers.items() if name.lower() in passed}
        request = urllib.request.Request(self.server.base + self.path, body, kept, method=self.command)
        try:
            with urllib.request.urlopen(request) as answer:
                status, kind, text = answer.status, answer.headers.get("content-type", ""), answer.read()
        except urllib.error.HTTPError as error:
            status, kind, text = error.code, error.headers.get("content-type", ""), error.read()
            message = json.loads(text).get("message", "") if text else ""
            self.server.refused.append((status, self.command, self.path.split("?")[0], message))
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = relay

    def log_message(self, *_):
        pass


def order(call):
    """Puts deletions last, because other calls need the records, and bulk deletions after all."""
    last = any(word in call for word in ("delete", "cancel", "remove", "change-owner", "change_owner"))
    return last, "bulk" in call


class Mcp:
    """A client that speaks the Model Context Protocol over its standard input and output."""

    def __init__(self, place, command, environment):
        self.count = 0
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **environment}, cwd=place,  # some write their logs where they are started
        )
        me = {"name": "gatepost", "version": "1"}
        self.ask("initialize", {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": me})
        self.send({"method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.count += 1
        self.send({"id": self.count, "method": method, "params": params})
        for line in self.process.stdout:
            message = json.loads(line) if line.startswith("{") else {}
            if message.get("id") == self.count:
                return message
        raise EOFError(method)

    def calls(self, demo):
        for tool in sorted(self.ask("tools/list", {})["result"]["tools"], key=lambda tool: order(tool["name"])):
            name, schema = tool["name"], tool["inputSchema"]
            wanted = [one for one in schema.get("properties", {})
                      if (one in schema.get("required", []) or one in WANTED) and (name, one) not in NEVER]
            kinds = {one: schema["properties"][one].get("type") for one in wanted}
            given = {one: demo.value(name, one, kind) for one, kind in kinds.items()}
            yield name, lambda name=name, given=given: self.tool(name, given)

    def tool(self, name, given):
        answer = self.ask("tools/call", {"name": name, "arguments": given})
        result = answer.get("result", {})
        if "error" in answer or result.get("isError"):
            text = answer.get("error", {}).get("message") or result["content"][0]["text"]
            raise RuntimeError(" ".join(text.split())[:200])

    def close(self):
        self.process.kill()
        self.process.wait()


class Library:
    """The typed library: every method, called by its signature."""

    def __init__(self, base, key):
        import instantlyai

        self.client = instantlyai.Instantly(key, base_url=base, max_retries=0, requests_per_minute=None)

    def calls(self, demo):
        methods = []
        for resource in sorted(name for name in dir(self.client) if not name.startswith("_")):
            held = getattr(self.client, resource)
            if not type(held).__module__.startswith("instantlyai.resources"):
                continue
            for method in sorted(name for name in dir(held) if not name.startswith("_")):
                if callable(getattr(held, method)):
                    methods.append((f"{resource}.{method}", getattr(held, method)))
        for name, method in sorted(methods, key=lambda one: order(one[0])):
            given = {}
            for parameter in inspect.signature(method).parameters.values():
                kind = str(parameter.annotation)
                kind = "array" if "list[" in kind else "number" if kind in ("float", "int") else "string"
                required = parameter.default is inspect.Parameter.empty
                if required and parameter.kind is not inspect.Parameter.VAR_KEYWORD:
                    given[parameter.name] = demo.value(name.replace(".", "_"), parameter.name, kind)
                elif parameter.name in LIBRARY.get(name.split(".")[1], ()):
                    given[parameter.name] = demo.value(name.replace(".", "_"), parameter.name, kind)
            yield name, lambda method=method, given=given: method(**given)

    def close(self):
        pass


def clients(place, base, key):
    node = ["node", "--import", REDIRECT]
    place = os.path.abspath(place)
    modules = f"{place}/node_modules"
    yield "npm:instantly-mcp", lambda: Mcp(
        place, [*node, f"{modules}/instantly-mcp/dist/index.js", "--api-key", key], {"GATEPOST": base}
    )
    yield "npm:instantly-cli", lambda: Mcp(
        place, [*node, f"{modules}/instantly-cli/dist/mcp.js"], {"GATEPOST": base, "INSTANTLY_API_KEY": key}
    )
    yield "pypi:instantly-mcp", lambda: Mcp(
        place, [f"{place}/python/bin/instantly-mcp"],
        {"INSTANTLY_BASE_URL": f"{base}/api/v2", "INSTANTLY_API_KEY": key},
    )
    yield "pypi:instantlyai", lambda: Library(base, key)


def failures(binary, place):
    """Each failing call with its error, and the number of calls."""
    found, count = {}, 0
    for number in range(4):
        demo = Demo(binary)
        proxy = Proxy(demo.base)
        name, start = list(clients(place, proxy.url(), demo.key))[number]
        client = start()
        for call, run in client.calls(demo):
            count += 1
            proxy.refused.clear()
            why = None
            try:
                run()
            except Exception as error:
                why = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            if proxy.refused:
                status, method, path, message = proxy.refused[-1]
                why = f"{status} {method} {path}: {message}"
            if why:
                found[f"{name} {call}"] = why
        client.close()
        proxy.shutdown()
        demo.stop()
    return found, count


def main(binary, place, path):
    with open(path) as file:
        listed = [line.split(" | ")[0] for line in file if line.strip() and not line.startswith("#")]
    found, count = failures(binary, place)
    wrong = {call: why for call, why in found.items() if not why.endswith(NOT_BUILT)}
    new = [call for call in wrong if not any(fnmatch(call, pattern) for pattern in listed)]
    fixed = [pattern for pattern in listed if not any(fnmatch(call, pattern) for call in wrong)]
    for call in new:
        print(f"NOT IN THE LIST  {call}: {wrong[call]}")
    for pattern in fixed:
        print(f"NO LONGER FAILS  {pattern}")
    unbuilt = len(found) - len(wrong)
    print(f"{count} calls: {count - len(found)} succeed, {unbuilt} need what is not built, {len(wrong)} fail")
    sys.exit(1 if new or fixed else 0)


logging.disable()  # the library tells of every refusal
main(*sys.argv[1:])
