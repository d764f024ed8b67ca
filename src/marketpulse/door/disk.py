"""What one thread does on the disk: write and flush a group, seal what is old or large, see whether it works again."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from marketpulse.door.recovery import recover
from marketpulse.door.segments import HIDDEN, Segment, Zone, make_folders
from marketpulse.door.sink import State

_LOOK_AGAIN = 60.0
_LOG = logging.getLogger("marketpulse.door")


@dataclass(frozen=True)
class Sealing:
    """When a segment is whole, by age and by size."""

    seconds: float = 10.0
    size: int = 64 << 20


class Disk:
    """A sink: the open segments of this door, one a feed."""

    def __init__(self, zone: Zone, sealing: Sealing) -> None:
        self.state = State()
        self._zone = zone
        self._sealing = sealing
        self._open: dict[str, tuple[Segment, float]] = {}
        self._looked = 0.0

    def open(self) -> None:
        """Seal what dead doors left. Raise OSError."""
        recover(self._zone)

    def keep(self, lines: Mapping[str, Sequence[bytes]]) -> dict[str, str]:
        """Write and flush lines by feed; why those of a feed are not kept."""
        failed: dict[str, str] = {}
        for feed, each in lines.items():
            try:
                self._append(feed, each)
            except OSError as error:
                failed[feed] = error.strerror or str(error)
        self._note(lines, failed)
        return failed

    def look(self) -> None:
        """Seal what is old or large, and what others left; where writing failed, see whether it works again."""
        now = time.monotonic()
        for feed, (segment, began) in list(self._open.items()):
            if now - began >= self._sealing.seconds or segment.size >= self._sealing.size:
                self._seal(feed)
        if self.state.error:
            self._try_again()
        if now - self._looked >= _LOOK_AGAIN:
            self._looked = now
            with suppress(OSError):  # the others are none of our trouble; a door that starts says it
                self.state.sealed += len(recover(self._zone))

    def close(self) -> None:
        """Seal everything; what cannot be sealed, the next door seals."""
        for feed in list(self._open):
            self._seal(feed)
        for segment, _ in self._open.values():
            segment.close()
        self._open = {}

    def _append(self, feed: str, lines: Sequence[bytes]) -> None:
        if feed not in self._open:
            self._open[feed] = (Segment.create(self._zone, feed), time.monotonic())
        segment, _ = self._open[feed]
        try:
            segment.append(lines)
            segment.sync()
        except OSError:
            self._give_up(feed, segment)
            raise
        if segment.size >= self._sealing.size:
            self._seal(feed)

    def _give_up(self, feed: str, segment: Segment) -> None:
        """After a flush that failed nothing that comes later in this file could be trusted: end it where it is safe."""
        try:
            segment.cut()
        except OSError:
            segment.close()
            del self._open[feed]
            return
        self._seal(feed)

    def _seal(self, feed: str) -> None:
        segment, _ = self._open[feed]
        try:
            self.state.sealed += bool(segment.seal(self._zone))
            self.state.unsealed.pop(feed, None)
        except OSError as error:
            why = error.strerror or str(error)
            if self.state.unsealed.get(feed) != why:
                _LOG.warning("%s: a segment of %s bytes cannot be sealed: %s", feed, segment.size, why)
            self.state.unsealed[feed] = why
            if segment.is_named:
                return  # tried again at the next look
            _LOG.error("%s: somebody removed a segment of %s bytes that was not sealed", feed, segment.size)
        segment.close()
        del self._open[feed]

    def _note(self, lines: Mapping[str, Sequence[bytes]], failed: Mapping[str, str]) -> None:
        if failed:
            self.state.failures += 1
            self.state.error = next(iter(failed.values()))
            return
        self.state.kept(lines)

    def _try_again(self) -> None:
        """Write a page and take it away: a door that is asked for nothing must notice that there is room again."""
        path = self._zone.hidden / f".try-{os.getpid()}"
        try:
            make_folders(self._zone.hidden, self._zone.landing)
            path.write_bytes(bytes(4096))
            self.state.error = ""
        except OSError as error:
            self.state.error = error.strerror or HIDDEN
        finally:
            with suppress(OSError):
                path.unlink()
