"""A stream of JSON documents -> the texts in it: documents one behind the other, and the elements of arrays.

An array at the top is a list of texts, as lines would be. Only what is not complete yet is kept in memory. A text that
is broken is told; if it does not even end, the next one begins on the next line that begins as the one before it did.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.errors import GateError
from marketpulse.landing.formats.json.strings import Places
from marketpulse.landing.formats.json.tokens import (
    CLOSE_ARRAY,
    CLOSE_OBJECT,
    COMMA,
    OPEN_ARRAY,
    Tokens,
    scan,
    trimmed,
)
from marketpulse.landing.limits import SMALLER, Limits, start

_BLOCK = 2 << 20
#: A text that is longer, and has a line that begins as the text before it did, is broken rather than long.
_DOUBTED = 1 << 20
#: More brackets in one block that close what was not opened, and it is no JSON.
_STRAYS = 100
#: What may stand between documents, besides line ends: record separators (RFC 7464), commas.
_BETWEEN = " \t\r\n\x1e,"
BLANK = " \t\r\n"
_KEY = 200
BROKEN = "not valid JSON"
ENDS_INSIDE = "not valid JSON: the file ends inside of it"
NEVER_CLOSED = "the file ends before its array does"


@dataclass(frozen=True)
class Texts:
    """Texts, none of them blank: of documents, from number `document` on, or of its elements, from `element` on.

    What they are when they are no UTF-8 is for the reader to say.
    """

    texts: pa.StringArray
    document: int
    element: int = 0


@dataclass(frozen=True)
class Broken:
    """A text that cannot be read: why, and what it is, or how it begins."""

    reason: str
    text: bytes
    document: int
    element: int = 0


#: Texts on the way, and then where to go on: index of the marks, depth, whether a bracket strayed. None: no further.
_Through = Generator[Texts | Broken, None, tuple[int, int, bool] | None]


class _Marks:
    """Marks of a block, and where those of a kind and depth are."""

    def __init__(self, data: bytes) -> None:
        self.tokens: Tokens = scan(data)
        self._known: dict[tuple[int, int], Places] = {}

    def of(self, mark: int, depth: int) -> Places:
        if (mark, depth) not in self._known:
            found = (self.tokens.marks == mark) & (self.tokens.depth == depth)
            self._known[mark, depth] = np.flatnonzero(found)
        return self._known[mark, depth]

    def between(self, mark: int, depth: int, begin: int, end: int) -> Places:
        """Marks from the index `begin` to before `end`."""
        found = self.of(mark, depth)
        first, last = np.searchsorted(found, (begin, end))
        return found[first:last]

    def closing(self, depth: int, begin: int, end: int) -> Places:
        """Brackets of either kind that close down to a depth."""
        both = [self.between(mark, depth, begin, end) for mark in (CLOSE_OBJECT, CLOSE_ARRAY)]
        return np.sort(np.concatenate(both))

    def first(self, found: Places, begin: int) -> int | None:
        """The first of some marks from the index `begin` on."""
        place = int(np.searchsorted(found, begin))
        return int(found[place]) if place < len(found) else None


class Cutter:
    """Cuts what `pieces` say. `document` and `element` number the text that was met last.

    With `around` it begins in an array that stands in as many objects: of the rest of these objects, the `tail`, it
    takes note when it comes there, and goes on behind it.
    """

    def __init__(self, pieces: Iterator[bytes], limits: Limits, around: int = 0) -> None:
        self._pieces, self._limits = pieces, limits
        self._buffer, self._at = b"", 0
        self._alike: re.Pattern[bytes] | None = None
        self._in_array, self._around, self._in_tail = around > 0, around, False
        self.document, self.element = int(around > 0), 0
        self.tail: bytes | None = None

    def texts(self) -> Iterator[Texts | Broken]:
        """All of them, in order."""
        while self._fill():
            yield from self._cut()
            rest = len(self._buffer) - self._at
            if rest > _DOUBTED and (begin := self._next_alike()):
                yield from self._broken(BROKEN, begin)
            elif rest > self._limits.record:
                yield from self._skip()
        while self._buffer[self._at :].strip(_BETWEEN.encode()):
            begin = self._next_alike()
            yield from self._broken(BROKEN if begin else ENDS_INSIDE, begin or len(self._buffer))
            yield from self._cut()
        if self._in_array:
            yield Broken(NEVER_CLOSED, b"", self.document, self.element + 1)

    def _fill(self) -> bool:
        """Read on, at least as much again as is there: what grows is not looked at too often."""
        self._buffer, self._at = self._buffer[self._at :], 0
        parts = [self._buffer]
        wanted = max(_BLOCK, len(self._buffer))
        while wanted > 0 and (piece := next(self._pieces, None)) is not None:
            parts.append(piece)
            wanted -= len(piece)
        self._buffer = b"".join(parts)
        return len(parts) > 1

    def _cut(self) -> Iterator[Texts | Broken]:
        """The texts that are complete; `_at` is where the next one begins."""
        self._buffer, self._at = self._buffer[self._at :], 0
        marks = _Marks(self._buffer)
        index = depth = strays = 0
        while True:
            if self._in_tail:
                found = self._through_tail(marks, index, depth)
            elif self._in_array:
                found = yield from self._through_array(marks, index, depth)
            else:
                found = yield from self._through_documents(marks, index, depth)
            if found is None:
                return
            strays += found[1] < depth and found[2]
            index, depth, _ = found
            if strays > _STRAYS:
                yield from self._broken(BROKEN, len(self._buffer))
                return

    def _through_array(self, marks: _Marks, index: int, depth: int) -> _Through:
        """Elements up to the end of the array or of what is here; where to go on: index, depth, whether it strayed."""
        places, kinds = marks.tokens.places, marks.tokens.marks
        closing = marks.closing(depth - 1, index, len(places))
        close = int(closing[0]) if len(closing) else len(places)
        is_end = close < len(places) and kinds[close] == CLOSE_ARRAY
        commas = marks.between(COMMA, depth, index, close)
        yield from self._texts(places[np.append(commas, close) if is_end else commas], 1, BLANK)
        if close == len(places):
            return None
        if is_end:
            self._in_array, self._alike = False, None
            self._in_tail = self._around > 0
        return close + 1, depth - 1, not is_end

    def _through_documents(self, marks: _Marks, index: int, depth: int) -> _Through:
        """Documents up to the next array or the end of what is here."""
        places = marks.tokens.places
        opening = marks.first(marks.of(OPEN_ARRAY, depth + 1), index)
        end = len(places) if opening is None else opening
        stray = marks.closing(depth - 1, index, end)
        if len(stray):
            end = int(stray[0])
        closing = marks.closing(depth, index, end)
        ends = places[np.append(closing, end) if len(stray) else closing] + 1
        yield from self._texts(ends, 0, _BETWEEN)
        if len(stray):
            return end + 1, depth - 1, True
        if opening is None:
            return None
        if self._buffer[self._at : int(places[opening])].strip(_BETWEEN.encode()):
            yield from self._texts(places[[opening]], 0, _BETWEEN)
        self._at = int(places[opening]) + 1
        self._in_array, self._alike = True, None
        self.document, self.element = self.document + 1, 0
        return opening + 1, depth + 1, False

    def _through_tail(self, marks: _Marks, index: int, depth: int) -> tuple[int, int, bool] | None:
        """Behind an array that was entered: up to the end of its document."""
        closing = marks.closing(depth - self._around, index, len(marks.tokens.places))
        if not len(closing):
            if len(self._buffer) - self._at > self._limits.record:
                raise GateError(
                    self._limits.too_long(len(self._buffer), "what stands behind its records"), hint=SMALLER
                )
            return None
        close = int(closing[0])
        end = int(marks.tokens.places[close]) + 1
        self.tail = self._buffer[self._at : end]
        depth, self._at = depth - self._around, end
        self._in_tail, self._around = False, 0
        return close + 1, depth, False

    def _texts(self, ends: Places, gap: int, blank: str) -> Iterator[Texts | Broken]:
        """The texts that end at `ends`; behind each a comma (`gap`) or nothing."""
        if not len(ends):
            return
        begins = np.concatenate(([self._at], ends[:-1] + gap))
        found = trimmed(pa.py_buffer(self._buffer), begins, ends, blank)
        self._at = int(ends[-1]) + gap
        found = found.filter(pc.greater(pc.binary_length(found), 0))
        self._learn(int(begins[-1]), blank.encode())
        if self._in_array:
            yield Texts(found, self.document, self.element + 1)
            self.element += len(found)
        else:
            yield Texts(found, self.document + 1)
            self.document += len(found)

    def _learn(self, begin: int, blank: bytes) -> None:
        """How a text begins a line, from the one that begins at `begin`."""
        text = self._buffer[begin : begin + _KEY].lstrip(blank)
        first = self._buffer.index(text, begin) if text else begin
        line = self._buffer.rfind(b"\n", 0, first) + 1
        before = self._buffer[line:first]
        if not line or before.strip(b" \t,") or not text.startswith(b"{"):
            return
        key = text[: text.find(b":") + 1] or b"{"
        self._alike = re.compile(
            rb"\n" + re.escape(before.replace(b",", b"")) + rb",?[ \t]*(?=" + re.escape(key) + rb")"
        )

    def _next_alike(self) -> int | None:
        """Where, behind the text that begins here, a line begins as one before it did."""
        found = self._alike.search(self._buffer, self._at + 1) if self._alike and not self._in_tail else None
        return found.end() if found else None

    def _broken(self, reason: str, end: int) -> Iterator[Broken]:
        text = self._buffer[self._at : end].strip(_BETWEEN.encode())
        self._at = end
        if text:
            yield self._numbered(reason, text if len(text) <= self._limits.record else start(text))

    def _numbered(self, reason: str, text: bytes) -> Broken:
        if self._in_array:
            self.element += 1
            return Broken(reason, text, self.document, self.element)
        self.document += 1
        return Broken(reason, text, self.document)

    def _skip(self) -> Iterator[Broken]:
        """Pass by a text that is too long; of it only the start is kept, and its length."""
        data, self._buffer = self._buffer[self._at :].lstrip(_BETWEEN.encode()), b""
        text = start(data)
        length = depth = 0
        is_open, held = False, b""
        while True:
            held = b"\\" if (len(data) - len(data.rstrip(b"\\"))) % 2 else b""
            data = data[: len(data) - len(held)]
            tokens = scan((b'"' if is_open else b"") + data)
            end = self._end_of_text(tokens, depth)
            if end is not None:
                end -= is_open
                break
            length += len(data)
            depth += int(tokens.depth[-1]) if len(tokens.depth) else 0
            is_open = bool(tokens.is_open[0])
            if (piece := next(self._pieces, None)) is None:
                yield self._numbered(ENDS_INSIDE, text)
                self._at = 0
                return
            data = held + piece
        yield self._numbered(self._limits.too_long(length + end), text)
        self._buffer, self._at = data + held, end
        if self._in_array and data[end : end + 1] == b",":
            self._at += 1

    def _end_of_text(self, tokens: Tokens, depth: int) -> int | None:
        """Where a text ends that is `depth` deep at the first of the marks: at its comma, or behind its bracket."""
        marks, deep = tokens.marks, tokens.depth + depth
        closes = (marks == CLOSE_OBJECT) | (marks == CLOSE_ARRAY)
        if self._in_array:
            found = np.flatnonzero(((marks == COMMA) & (deep == 0)) | (closes & (deep < 0)))
            return int(tokens.places[found[0]]) if len(found) else None
        found = np.flatnonzero(closes & (deep <= 0))
        return int(tokens.places[found[0]]) + 1 if len(found) else None
