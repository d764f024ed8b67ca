"""The door: events that are kept a CPU second of its process, beside a bare append with the same flush.

    python benchmarks/door.py [--seconds 10] [--folder build]

Each line is one run of a server of its own: clients post what a browser's client posts, over so many connections, to
the real door (JSON read, judged, written; group commit), to a server that appends the bytes as they come, and to one
that reads them and writes them again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any

PAGE = {"path": "/p/1", "referrer": "", "search": "?utm_source=news", "title": "Mug", "url": "http://shop.example/p/1"}
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
CONTEXT = {
    "page": PAGE,
    "userAgent": AGENT,
    "locale": "en-US",
    "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
    "campaign": {"source": "news", "medium": "email", "name": "spring"},
    "timezone": "UTC",
}


def event(number: int) -> dict[str, Any]:
    """What a browser posts."""
    return {
        "timestamp": "2026-11-28T12:21:23.586Z",
        "integrations": {"Segment.io": True},
        "event": "Product Added",
        "type": "track",
        "properties": {"product_id": f"SKU-{number}", "quantity": 2, "price": 9.5, "currency": "EUR"},
        "context": CONTEXT,
        "messageId": f"ajs-next-1795868483586-{number:08x}-6737-1b16-18b1-3a5d82534991",
        "anonymousId": "5d8fe4d2-1218-7e06-66c4-97ca6d1bf174",
        "userId": None,
    }


def post(events: int) -> bytes:
    """The bytes of a post of so many events."""
    body: Any = {"batch": [event(number) for number in range(events)], "sentAt": "2026-11-28T12:21:23.592Z"}
    data = json.dumps(body if events > 1 else event(1), separators=(",", ":")).encode()
    path = "/v1/b" if events > 1 else "/v1/t"
    return f"POST {path} HTTP/1.1\r\nhost: door\r\ncontent-length: {len(data)}\r\n\r\n".encode() + data


class Client(asyncio.Protocol):
    """Posts again as soon as it is answered."""

    def __init__(self, sends: bytes, seconds: list[float]) -> None:
        self.sends, self.seconds = sends, seconds
        self.began = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.again()

    def again(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(self.sends)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"HTTP/"):
            assert data.startswith(b"HTTP/1.1 200"), data
        if not data.endswith(b"}"):  # the head alone
            return
        self.seconds.append(time.perf_counter() - self.began)
        self.again()


def clients(port: int, events: int, connections: int, seconds: float, told: Queue[list[float]]) -> None:
    """Post for some seconds; how long each answer took."""
    import uvloop

    async def story() -> list[float]:
        took: list[float] = []
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            await loop.create_connection(lambda: Client(post(events), took), "127.0.0.1", port)
        await asyncio.sleep(seconds)
        return took

    told.put(uvloop.run(story()))


def bare(folder: Path, *, reads: bool) -> None:
    """A server that appends what it is sent, as it is or read and written again, flushed in groups as the door does."""
    import orjson
    import uvicorn

    from marketpulse.door.disk import Disk, Sealing
    from marketpulse.door.journal import Journal
    from marketpulse.door.segments import Zone
    from marketpulse.door.server import listen

    journal = Journal(Disk(Zone(folder.resolve(), {"bare": "bare"}), Sealing()))
    opened = False

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        nonlocal opened
        if not opened:
            opened = True
            await journal.open()
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await journal.keep("bare", (orjson.dumps(orjson.loads(body)) if reads else body) + b"\n")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    at = listen("127.0.0.1", 0)
    print(f"http://127.0.0.1:{at.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="error")
    uvicorn.Server(config).run([at])


def cpu(pid: int) -> float:
    """CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(what: str, events: int, connections: int, seconds: float, root: Path) -> dict[str, float]:
    """Numbers of one server."""
    folder = Path(tempfile.mkdtemp(prefix="door-", dir=root))
    door = [sys.executable, "-m", "marketpulse", "collect", "--port", "0", "--landing", str(folder)]
    command = door if what == "door" else [sys.executable, __file__, "--server", what, "--bare", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(re.search(r":(\d+)", process.stdout.readline())[1])  # type: ignore[index]
        socket.create_connection(("127.0.0.1", port)).close()
        told: Queue[list[float]] = Queue()
        before = cpu(process.pid)
        load = Process(target=clients, args=(port, events, connections, seconds, told))
        load.start()
        took = sorted(told.get())
        used = cpu(process.pid) - before
        load.join()
        peak = int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1])  # type: ignore[index]
        process.terminate()
    shutil.rmtree(folder)
    number = len(took) * events
    quantile = {name: took[int(len(took) * share)] * 1000 for name, share in (("p50", 0.5), ("p99", 0.99))}
    return {"per second": number / seconds, "per CPU second": number / used, **quantile, "MB": peak / 1024}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--folder", type=Path, default=Path("build"))
    parser.add_argument("--bare", type=Path, help="be the server of a line, into this folder")
    parser.add_argument("--server", default="append")
    given = parser.parse_args()
    if given.bare:
        bare(given.bare, reads=given.server != "append")
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    print("| server | events a post | connections | events/s | per CPU second | p50 ms | p99 ms | peak MB |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for events, connections in ((100, 16), (1, 64)):
        for what in ("append", "read, append", "door"):
            found = measured(what, events, connections, given.seconds, given.folder)
            quick = " | ".join(f"{found[name]:.1f}" for name in ("p50", "p99"))
            numbers = f"{found['per second']:,.0f} | {found['per CPU second']:,.0f} | {quick}"
            print(f"| {what} | {events} | {connections} | {numbers} | {found['MB']:.0f} |", flush=True)


if __name__ == "__main__":
    main()
