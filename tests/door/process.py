"""A door as a process of its own, and clients that post to it until it is gone."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def command(landing: Path | None, *more: str) -> list[str]:
    """The command of a door; at a free port unless `more` says one."""
    into = ["--landing", str(landing)] if landing else []
    return [sys.executable, "-m", "marketpulse", "collect", *into, "--port", "0", *more]


@contextmanager
def door(landing: Path | None, *more: str, cwd: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A door of the packaged project, and its port."""
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("MARKETPULSE_")}
    process = subprocess.Popen(
        command(landing, *more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**quiet, "COLUMNS": "200"},
        cwd=cwd,
    )
    assert process.stdout
    assert process.stderr
    try:
        first = process.stdout.readline()
        found = re.search(r"http://[^ ]*:(\d+)", first)
        yield process, int(found[1]) if found else 0
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def request(path: str, body: Any, headers: str = "") -> bytes:
    """The bytes of a post."""
    data = json.dumps(body).encode()
    return f"POST {path} HTTP/1.1\r\nhost: door\r\n{headers}content-length: {len(data)}\r\n\r\n".encode() + data


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of an answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return int(head[9:12]), await reader.readexactly(int(length[1]) if length else 0)


async def load(port: int, name: str, clients: int, after: int, then: Any) -> set[str]:
    """Ids that were answered with 200 by the time all clients are cut off; `then` is called after so many answers."""
    kept: set[str] = set()
    called = [False]

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = 0
        try:
            while True:
                ids = [f"{name}-{number}-{turn}-{place}" for place in range(1 + turn % 3)]
                batch = [{"type": "page", "anonymousId": f"v{number}", "messageId": each} for each in ids]
                writer.write(request("/v1/batch", {"batch": batch}))
                status, _ = await answer(reader)
                if status == 200:
                    kept.update(ids)
                turn += 1
                if len(kept) >= after and not called[0]:
                    called[0] = True
                    then()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)), return_exceptions=True)
    return kept


def landed(landing: Path, feed: str) -> list[str]:
    """Ids of all events in landed files of a feed."""
    files = sorted((landing / feed).rglob("door-*"))
    lines = [json.loads(line) for file in files for line in file.read_bytes().splitlines()]
    return [event["messageId"] for line in lines for event in line["batch"]]
