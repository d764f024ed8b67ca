"""The journal: lines of many requests are kept together, and each request hears of it.

While one group is on its way to where it is kept, the next gathers: a flush costs what it costs, whoever waits for it.
All that touches the sink happens in one thread, so requests come in meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from marketpulse.door.sink import Sink, State

_TICK = 0.25
_LOG = logging.getLogger("marketpulse.door")
_T = TypeVar("_T")


class NotKept(Exception):  # noqa: N818 - it is an answer: come again
    """What was posted is not kept, for now: the disk is full, the stream refuses, or too much waits for them."""


class Journal:
    """Keeps lines by feed. Open it, `keep`, and `close` it, which seals what is open.

    `most` bounds what waits for the sink, in bytes.
    """

    def __init__(self, sink: Sink, most: int = 64 << 20) -> None:
        self.waiting = 0
        self._most = most
        self._sink = sink
        self._lines: dict[str, list[bytes]] = {}
        self._heard: list[tuple[str, asyncio.Future[None]]] = []
        self._since = 0.0
        self._news = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "sink")
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """What became of what was kept."""
        return self._sink.state

    @property
    def slowest(self) -> float:
        """Seconds that the oldest line has waited to be kept."""
        return time.monotonic() - self._since if self.waiting else 0.0

    async def open(self) -> None:
        """Go on from what dead doors left, and begin. Raise OSError."""
        await self._do(self._sink.open)
        self._task = asyncio.create_task(self._work())

    def put(self, feed: str, line: bytes) -> asyncio.Future[None]:
        """What is done when the line is kept, and raises NotKept when it is not. Raise NotKept at once, too."""
        if self._closing:
            raise NotKept("the door closes")
        if self.waiting + len(line) > self._most:
            raise NotKept("too much waits to be kept")
        if not self.waiting:
            self._since = time.monotonic()
        self.waiting += len(line)
        self._lines.setdefault(feed, []).append(line)
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard.append((feed, heard))
        self._news.set()
        return heard

    async def keep(self, feed: str, line: bytes) -> None:
        """Come back when the line is kept. Raise NotKept: then it is not, and will not be."""
        await self.put(feed, line)

    async def close(self) -> None:
        """Flush what waits, seal what is open. What cannot be sealed, the next door seals."""
        self._closing = True
        self._news.set()
        if self._task:
            await self._task
        await self._do(self._sink.close)
        self._thread.shutdown()

    async def _work(self) -> None:
        loop, looked = asyncio.get_running_loop(), time.monotonic()
        while self._lines or not self._closing:
            alarm = loop.call_later(_TICK, self._news.set)
            await self._news.wait()
            alarm.cancel()
            self._news.clear()
            if self._lines:
                await self._flush()
            if time.monotonic() - looked >= _TICK:
                await self._look()
                looked = time.monotonic()

    async def _look(self) -> None:
        try:
            await self._do(self._sink.look)
        except Exception:  # noqa: BLE001 - whatever it is, what comes in is kept, and the next look is taken
            _LOG.exception("what is old was not sealed")

    async def _flush(self) -> None:
        lines, heard, self._lines, self._heard = self._lines, self._heard, {}, []
        try:
            failed = await self._do(lambda: self._sink.keep(lines))
        except Exception:  # noqa: BLE001 - whatever it is, nobody may wait for ever, and the next group is tried
            _LOG.exception("a group was not kept")
            failed = dict.fromkeys(lines, "the door made a mistake")
        self.waiting -= sum(len(line) for each in lines.values() for line in each)
        self._since = time.monotonic()
        for feed, future in heard:
            if future.done():  # who asked is gone
                continue
            if feed in failed:
                future.set_exception(NotKept(failed[feed]))
            else:
                future.set_result(None)

    async def _do(self, call: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
