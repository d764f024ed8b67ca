"""Where JSON texts have brackets and commas: all that is needed to cut them without changing a byte.

Nothing is parsed: numbers and strings stay as they were written. What only looks like a bracket because it stands in a
string is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marketpulse.landing.formats.json.strings import Bits, Flags, Places, parts, strings

COMMA = ord(",")
OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY = b"{}[]"
#: The bit by which square brackets differ from curly ones.
_CURLY = 0x20
#: So many are looked for one at a time, in all texts at once; where there are more, each text is copied for it.
_BLANKS = 64


@dataclass(frozen=True)
class Tokens:
    """Brackets and commas of some texts in the order they stand: `places`, the bytes `marks`, the `depth` behind each.

    `inside` is set for each byte of a string and its first quote. Of each text, `firsts` is the index of its first
    mark, and `is_open` says whether a string is open at its end.
    """

    places: Places
    marks: NDArray[np.uint8]
    depth: NDArray[np.int32]
    inside: Bits
    firsts: Places
    is_open: Flags

    @property
    def is_whole(self) -> Flags:
        """Of each text, whether its strings and brackets are closed, and none that was not opened."""
        ends = np.append(self.firsts[1:], len(self.places))
        filled = ends > self.firsts
        last = np.zeros(len(self.firsts), np.int32)
        lowest = np.zeros(len(self.firsts), np.int32)
        if filled.any():
            last[filled] = self.depth[ends[filled] - 1]
            lowest[filled] = np.minimum.reduceat(self.depth, self.firsts[filled])
        whole: Flags = ~self.is_open & (last == 0) & (lowest >= 0)
        return whole


def scan(data: bytes | pa.Buffer, begins: Places | None = None) -> Tokens:
    """The marks of some texts that stand one behind the other and begin at `begins`; each is seen on its own."""
    bytes_ = np.frombuffer(data, np.uint8)
    begins = np.zeros(1, np.int64) if begins is None else begins
    inside, is_open = strings(bytes_, begins)
    found = Bits(len(bytes_))
    for begin, part in parts(bytes_):
        curly = part | _CURLY
        found.put(begin, (curly == OPEN_OBJECT) | (curly == CLOSE_OBJECT) | (part == COMMA))
    places = found.places_without(inside)
    marks = bytes_[places]
    firsts = np.searchsorted(places, begins)
    return Tokens(places, marks, _depth(marks, firsts), inside, firsts, is_open)


def _depth(marks: NDArray[np.uint8], firsts: Places) -> NDArray[np.int32]:
    curly = marks | _CURLY
    steps = (curly == OPEN_OBJECT).view(np.int8) - (curly == CLOSE_OBJECT).view(np.int8)
    depth = np.cumsum(steps, dtype=np.int32)
    if len(firsts) > 1:
        before = np.zeros(len(firsts), np.int32)
        before[firsts > 0] = depth[firsts[firsts > 0] - 1]
        if before.any():
            depth -= np.repeat(before, np.diff(np.append(firsts, len(marks))))
    return depth


def slices(data: pa.Buffer, begins: Places, ends: Places) -> pa.StringArray:
    """Parts of some bytes as texts; the parts are in order and share nothing."""
    if not len(begins):
        return pa.array([], pa.string())
    borders = np.column_stack((begins, ends)).ravel().astype(np.int32)
    both = pa.StringArray.from_buffers(len(borders) - 1, pa.py_buffer(borders), data)
    return both.take(pa.array(np.arange(0, len(borders), 2)))


def trimmed(data: pa.Buffer, begins: Places, ends: Places, blank: str) -> pa.StringArray:
    """Parts of some bytes as texts (see `slices`), without what is `blank` (ASCII) before and behind them."""
    bytes_, is_blank = np.frombuffer(data, np.uint8), np.zeros(256, bool)
    is_blank[list(blank.encode())] = True
    begins, ends = begins.astype(np.int64), ends.astype(np.int64)
    for _ in range(_BLANKS):
        before = (begins < ends) & is_blank[bytes_[np.minimum(begins, len(bytes_) - 1)]]
        begins += before
        behind = (begins < ends) & is_blank[bytes_[np.maximum(ends, 1) - 1]]
        ends -= behind
        if not (before.any() or behind.any()):
            return slices(data, begins, ends)
    return pc.ascii_trim(slices(data, begins, ends), blank)


def pairs(tokens: Tokens, of: Flags) -> Places:
    """For each mark its bracket on the other side, as an index; 0 for what is none. `of` picks marks of whole texts."""
    brackets = np.flatnonzero(of & (tokens.marks != COMMA))
    opens = (tokens.marks[brackets] | _CURLY) == OPEN_OBJECT
    level = tokens.depth[brackets] - opens
    level = level.astype(np.int16) if level.size and level.max() < 1 << 15 else level
    order = brackets[np.argsort(level, kind="stable")]
    found = np.zeros(len(tokens.marks), np.int64)
    found[order[0::2]], found[order[1::2]] = order[1::2], order[0::2]
    return found
