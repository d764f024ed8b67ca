"""Watch events arrive: what doors write into their open segments, a line for each event, with its verdict."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from marketpulse.door.segments import Zone


@dataclass(frozen=True)
class Seen:
    """One event: when it came, whose, what it is, of whom; `verdict` is kept, or why it is none."""

    at: str
    source: str
    kind: str
    who: str
    verdict: str


@dataclass
class _Followed:
    file: BinaryIO
    rest: bytes = b""


class Watch:
    """The open segments of all doors of a landing zone, from now on; with `all_`, from where they begin."""

    def __init__(self, zone: Zone, *, all_: bool = False) -> None:
        self._zone = zone
        self._followed: dict[int, _Followed] = {}
        for each in self._open():
            if not all_:
                each.file.seek(0, os.SEEK_END)

    def new(self) -> Iterator[Seen]:
        """Events that came since the last look."""
        self._open()
        there = {entry.inode() for entry in os.scandir(self._zone.hidden)} if self._zone.hidden.is_dir() else set()
        for number, each in list(self._followed.items()):
            lines = _lines(each)
            for line in lines:
                yield from _seen(line)
            if not lines and number not in there:  # sealed, and read to its end
                each.file.close()
                del self._followed[number]

    def close(self) -> None:
        """Look no more."""
        for each in self._followed.values():
            each.file.close()

    def _paths(self) -> list[Path]:
        hidden = self._zone.hidden
        return [path for path in sorted(hidden.iterdir()) if self._zone.target(path.name)] if hidden.is_dir() else []

    def _open(self) -> list[_Followed]:
        """Follow segments that are new."""
        found = []
        for path in self._paths():
            try:
                file = path.open("rb")
            except FileNotFoundError:  # sealed between the two
                continue
            number = os.fstat(file.fileno()).st_ino
            if number in self._followed:
                file.close()
                continue
            self._followed[number] = _Followed(file)
            found.append(self._followed[number])
        return found


def _lines(followed: _Followed) -> list[bytes]:
    """Lines that are whole by now."""
    file = followed.file
    size = os.fstat(file.fileno()).st_size
    if size < file.tell():  # what was not kept was taken back
        file.seek(size)
        followed.rest = b""
    *lines, followed.rest = (followed.rest + file.read()).split(b"\n")
    return lines


def _seen(line: bytes) -> Iterator[Seen]:
    try:
        told = json.loads(line)
        at, source = str(told["receivedAt"]), str(told["collector"]["source"])
    except (ValueError, KeyError, TypeError):
        return
    if "reason" in told:
        yield Seen(at, source, str(told.get("path")), "", str(told["reason"]))
    for event in told.get("batch", ()):
        yield Seen(at, source, _kind(event), str(event.get("userId") or event.get("anonymousId")), "kept")


def _kind(event: dict[str, Any]) -> str:
    return str(event.get("event") or event.get("name") or "") or str(event.get("type"))
