"""A document that does not fit in memory, or that is cut off: its records are read from inside of it.

What stands behind the array, the tail, is part of what is around each record. It is taken from the end of the file,
where that is at hand, and is seen to be right when the reader comes there. Else the file is read twice: first for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from marketpulse.landing.formats.json.cutting import BROKEN, Broken, Cutter, Texts
from marketpulse.landing.formats.json.spelling import name_before
from marketpulse.landing.formats.json.strings import Places
from marketpulse.landing.formats.json.tokens import CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, scan
from marketpulse.landing.formats.json.unfold import ALONE, TIMES, Around, unfold
from marketpulse.landing.limits import Limits

Reopen = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Inside:
    """An array to go into: its first element begins at `place`, in `depth` objects; `path` leads on from there.

    `around` is what stands around its elements. With a `reason` the document is one record that cannot be read.
    `believed` is its tail where nobody has been there yet.
    """

    place: int
    depth: int
    path: tuple[str, ...]
    around: Around = ALONE
    reason: str | None = None
    believed: bytes | None = None

    def wrong(self, count: int, length: int, limits: Limits) -> str | None:
        """Why so many elements of so many bytes together may not have with each what is around them."""
        size = len((self.around.envelope or "").encode())
        return limits.too_often(count, size) if count * size > max(limits.record, TIMES * length) else None


def entered_by_end(head: bytes, path: Sequence[str], ending: bytes, limits: Limits) -> Inside | None:
    """Where to go into the document that is all of a file with such an `ending`; None where that does not say."""
    found = _way_in(head, path)
    tail = _tail(ending, found[1]) if found else None
    if found is None or tail is None:
        return None
    place, depth = found
    around, reason = _around(head[:place], tail, path[:depth], limits)
    return None if reason else Inside(place, depth, tuple(path[depth:]), around, believed=tail)


def _tail(ending: bytes, depth: int) -> bytes | None:
    """What stands behind an array in so many objects with which a file ends; None where that is not to be seen.

    Quotes come in pairs: of how many there are up to the end, follows whether the first byte is in a string.
    """
    text = ending.lstrip(b"\\")[1:]  # its first byte may be half of an escape
    tokens = scan(text)
    if tokens.is_open[0]:
        text = b'"' + text
        tokens = scan(text)
    if not len(tokens.places) or text[int(tokens.places[-1]) + 1 :].strip():
        return None
    closes = np.flatnonzero(tokens.depth == tokens.depth[-1] + depth)
    is_seen = tokens.depth[-1] + depth < 0 and len(closes) and tokens.marks[closes[0]] == CLOSE_ARRAY
    return text[int(tokens.places[closes[0]]) + 1 : int(tokens.places[-1]) + 1] if is_seen else None


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
    before, behind = head[:place], cutter.tail if cutter.tail is not None else b"}" * depth
    around, reason = _around(before, behind, path[:depth], limits)
    inside = Inside(place, depth, tuple(path[depth:]), around, reason)
    return replace(inside, reason=reason or inside.wrong(cutter.count, cutter.length, limits))


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
