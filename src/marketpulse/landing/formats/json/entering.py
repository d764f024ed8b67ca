"""A document that does not fit in memory, or that is cut off: its records are read from inside of it.

What stands behind the array is part of what is around each record, so the file is read twice: once for its tail.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from marketpulse.landing.formats.json.cutting import BROKEN, Broken, Cutter, Texts
from marketpulse.landing.formats.json.spelling import name_before
from marketpulse.landing.formats.json.tokens import CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, Places, scan
from marketpulse.landing.formats.json.unfold import ALONE, TIMES, Around, unfold
from marketpulse.landing.limits import Limits

Reopen = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Inside:
    """An array to go into: its first element begins at `place`, in `depth` objects; `path` leads on from there.

    `around` is what stands around its elements. With a `reason` the document is one record that cannot be read.
    """

    place: int
    depth: int
    path: tuple[str, ...]
    around: Around = ALONE
    reason: str | None = None


def entered(head: bytes, path: Sequence[str], reopen: Reopen, limits: Limits) -> Inside | None:
    """Where to go into the first document, whose end `head` does not hold; None where there is no array for it."""
    found = _way_in(head, path)
    if found is None:
        return None
    place, depth = found
    cutter = _Counter(skipping(reopen(), place), limits, around=depth)
    for _ in cutter.texts():
        if cutter.tail is not None:
            break
    count, length = cutter.count, cutter.length
    before, behind = head[:place], cutter.tail if cutter.tail is not None else b"}" * depth
    around, reason = _around(before, behind, path[:depth], limits)
    size = len((around.envelope or "").encode())
    if reason is None and count * size > max(limits.record, TIMES * length):
        reason = limits.too_often(count, size)
    return Inside(place, depth, tuple(path[depth:]), around, reason)


class _Counter(Cutter):
    """Cuts as another `Cutter` does, but counts what it would give, up to the tail, and their bytes."""

    count = length = 0

    def _texts(self, ends: Places, gap: int, blank: str) -> Iterator[Texts | Broken]:
        if len(ends):
            self._learn(int(ends[-2]) + gap if len(ends) > 1 else self._at, blank.encode())
            self._add(len(ends), int(ends[-1]) - self._at)
            self._at = int(ends[-1]) + gap
            yield Texts(pa.array([], pa.string()), self.document)

    def _numbered(self, reason: str, text: bytes) -> Broken:
        self._add(1, len(text))
        return super()._numbered(reason, text)

    def _add(self, count: int, length: int) -> None:
        if self.tail is None:
            self.count, self.length = self.count + count, self.length + length


def _around(before: bytes, behind: bytes, path: Sequence[str], limits: Limits) -> tuple[Around, str | None]:
    """What stands around the elements, or why it cannot be read."""
    try:
        text = (before + b"0]" + behind).decode()
    except UnicodeDecodeError:
        return ALONE, "not valid UTF-8"
    (found,) = unfold(pa.array([text]), path, limits)
    reason, envelope = found.reasons[0].as_py(), found.envelopes[0].as_py()
    if reason is None and (envelope is None or not _is_json(envelope)):
        reason = BROKEN
    return Around(before[:-1].decode(), behind.decode(), envelope), reason


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _way_in(head: bytes, path: Sequence[str]) -> tuple[int, int] | None:
    """Behind which byte the elements of the array begin that is open at the end of `head`, and in how many objects."""
    tokens = scan(head)
    marks, places, depth = tokens.marks, tokens.places, tokens.depth
    opens = (marks == OPEN_OBJECT) | (marks == OPEN_ARRAY)
    closes = (marks == CLOSE_OBJECT) | (marks == CLOSE_ARRAY)
    for level, name in enumerate(path, start=1):
        last = np.flatnonzero(opens & (depth == level + 1))
        if not len(last) or (closes[last[-1] :] & (depth[last[-1] :] <= level)).any():
            return None
        index = int(last[-1])
        if name_before(head, int(places[index])) != name:
            return None
        if marks[index] == OPEN_ARRAY:
            return int(places[index]) + 1, level
    return None


def skipping(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    """The pieces without their first bytes."""
    for piece in pieces:
        if count < len(piece):
            yield piece[count:]
        count = max(0, count - len(piece))
