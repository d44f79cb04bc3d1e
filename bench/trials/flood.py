"""More than a small machine can do: 2,000 connections that ask without a pause, 500 callers who send a byte a second,
bodies of 10 MB. The server says 429 or 503, keeps its memory, and answers `/health` all the while."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import time

import gatepost

CONNECTIONS, SLOW, LARGE = 2000, 500, 16
SECONDS = 35  # longer than a body may take
HEALTH = 0.100  # seconds
MEMORY = 500  # MiB


def run(_tools, folder):
    place = ("--data", os.path.join(folder, "data"))
    key = gatepost.init(*place)["api_key"]
    # The slow senders and the large bodies come from other workspaces, so that the rate limit of the flood does not apply.
    other = ["workspace", "create", "--json", "--owner-email", "bob@other.example", *place, "--name"]
    made = [json.loads(gatepost.run(*other, name))["api_key"] for name in ("Drips", "Heaves", "Calm")]
    drips, heaves, calm = made
    # The default limit.
    with gatepost.Server(place, "--rate-limit", "100") as server:
        manager = multiprocessing.Manager()
        seen = manager.dict()
        flood = multiprocessing.Process(target=lambda: asyncio.run(everything(server.port, key, drips, heaves, seen)))
        flood.start()
        health, peak, calmly = [], 0, []
        while flood.is_alive():
            began = time.perf_counter()
            status = server.call("GET", "/health")[0]
            health.append((time.perf_counter() - began, status))
            peak = max(peak, server.memory()[0])
            if len(health) % 8 == 0:
                calmly.append(server.call("POST", "/api/v2/campaigns", calm, gatepost.campaign("calm"))[0])
            time.sleep(0.05)
        flood.join()
        health.sort()
        at = health[len(health) * 99 // 100][0]
        statuses = dict(seen["flood"])
        shed = statuses.get(429, 0) + statuses.get(503, 0)
        yield f"{CONNECTIONS:,} connections, {SLOW} slow senders, bodies of 10 MB: answers", json.dumps(statuses), set(statuses) <= {200, 429, 503} and shed > 0
        slow = dict(seen["slow"])
        yield "what became of the slow senders", json.dumps(slow), set(slow) <= {408, 429, 503, "closed"} and slow.get(408, 0) > SLOW // 2
        yield "what became of the large bodies", json.dumps(dict(seen["large"])), set(seen["large"]) <= {200, 400, 413, 429, 503, "closed"}
        wrong = sum(status != 200 for _, status in health)
        yield f"/health meanwhile, 99 of 100 within {HEALTH * 1000:.0f} ms, asked {len(health)} times", f"{at * 1000:.0f} ms, at most {health[-1][0] * 1000:.0f} ms", at <= HEALTH and not wrong
        served = calmly.count(200)
        yield f"a calm caller of another workspace meanwhile, of {len(calmly)} changes", f"{served} made", served >= len(calmly) * 0.9
        yield f"resident at most {MEMORY} MiB", f"{peak:.0f} MiB", peak <= MEMORY
        time.sleep(1.5)
        status, took = timed(server, key)
        yield "a caller right after it", f"{status} in {took * 1000:.0f} ms", status == 200 and took < 1
        server.stop()


def timed(server, key):
    began = time.perf_counter()
    return server.call("GET", "/api/v2/campaigns", key)[0], time.perf_counter() - began


async def everything(port, key, drips, heaves, seen):
    os.nice(5)  # the server and the caller of /health come first
    end = time.monotonic() + SECONDS
    counts = {"flood": {}, "slow": {}, "large": {}}
    count = lambda what, status: counts[what].__setitem__(status, counts[what].get(status, 0) + 1)
    tasks = [asking(port, key, end, count) for _ in range(CONNECTIONS)]
    tasks += [dripping(port, drips, end, count) for _ in range(SLOW)]
    tasks += [heaving(port, heaves, end, count) for _ in range(LARGE)]
    await asyncio.gather(*tasks)
    for what, statuses in counts.items():
        seen[what] = statuses


def head(method, path, key, length):
    return f"{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-length: {length}\r\n\r\n".encode()


async def answer(reader):
    """The status, once the whole answer is there."""
    text = await reader.readuntil(b"\r\n\r\n")
    length = [line for line in text.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(int(length[0].split(b":")[1]))
    return int(text.split()[1])


async def asking(port, key, end, count):
    while time.monotonic() < end - 5:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while time.monotonic() < end - 5:
                writer.write(head("GET", "/api/v2/campaigns", key, 0))
                count("flood", await answer(reader))
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.1)


async def dripping(port, key, end, count):
    """Sends slowly from the beginning, so that the time limit is reached before the end."""
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head("POST", "/api/v2/campaigns", key, 100_000))
            answered = asyncio.create_task(answer(reader))
            while not answered.done() and time.monotonic() < end:
                writer.write(b" ")
                await asyncio.wait([answered], timeout=1)
            if not answered.done():
                answered.cancel()
                return
            status = answered.result()
            count("slow", status)
            await asyncio.sleep(0.5 if status in (429, 503) else max(0, end - time.monotonic()))
        except (OSError, asyncio.IncompleteReadError):
            count("slow", "closed")
            await asyncio.sleep(0.5)


async def heaving(port, key, end, count):
    lead = {"email": "a@b.example", "custom_variables": {"x": "y" * 60_000}}
    body = json.dumps({"campaign_id": "01890000-0000-7000-8000-000000000000", "leads": [lead] * 165}).encode()
    while time.monotonic() < end - 5:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head("POST", "/api/v2/leads/add", key, len(body)))
            answered = asyncio.create_task(answer(reader))
            # A refused sender is disconnected, and sees either the answer or the closed connection.
            with contextlib.suppress(OSError):
                for at in range(0, len(body), 262_144):
                    if answered.done():
                        break
                    writer.write(body[at : at + 262_144])
                    await writer.drain()
            count("large", await answered)
        except (OSError, asyncio.IncompleteReadError):
            count("large", "closed")
        await asyncio.sleep(0.1)
