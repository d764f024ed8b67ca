"""Which bytes of JSON texts are in strings: a bit for each, found 64 at a time.

What is compared byte by byte is done in parts that a processor's own memory holds: what is larger would be given back
to the system and asked for anew with each block, which costs more than the comparing (measured: three times).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
QUOTE, BACKSLASH = b'"\\'
_WORD = 64
#: Bytes that are compared at once, a multiple of a word.
_PART = 1 << 17


def parts(data: Bytes) -> Iterator[tuple[int, Bytes]]:
    """The bytes in parts, with where each begins."""
    for begin in range(0, len(data), _PART):
        yield begin, data[begin : begin + _PART]


def holding(texts: pa.StringArray, word: str) -> Flags:
    """Which texts hold a word. What is in few is found by searching them as one, twice as quick as each."""
    held: Flags = np.zeros(len(texts), bool)
    if not len(texts):
        return held
    _, offsets, data = texts.buffers()
    begins = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    first, end = int(begins[0]), int(begins[-1])
    whole, wanted = data.slice(first, end - first).to_pybytes() if data else b"", word.encode()
    places, at = [], whole.find(wanted)
    while at >= 0:
        places.append(first + at)
        at = whole.find(wanted, at + 1)
    found = np.array(places, np.int64)
    text = np.searchsorted(begins, found, "right") - 1
    # What begins in one text and ends in the next is in none.
    held[text[found + len(wanted) <= begins[text + 1]]] = True
    return held


class Bits:
    """A bit for each of some bytes."""

    def __init__(self, size: int) -> None:
        self._packed = np.zeros(-(-size // _WORD) * (_WORD // 8), np.uint8)
        self._size = size

    def put(self, begin: int, flags: Flags) -> None:
        """Set those of a part that begins at `begin`."""
        packed = np.packbits(flags, bitorder="little")
        self._packed[begin // 8 : begin // 8 + len(packed)] = packed

    def flip(self, places: Places) -> None:
        """Turn some of them over, each place once."""
        np.bitwise_xor.at(self._packed, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))

    def make_parity(self) -> None:
        """From now on each says whether those up to it were odd."""
        words = self._packed.view(np.uint64)
        for shift in (1, 2, 4, 8, 16, 32):
            words ^= words << np.uint64(shift)
        odd = np.bitwise_xor.accumulate(words >> np.uint64(_WORD - 1))
        words[1:] ^= np.uint64(0) - odd[:-1]

    def differ(self, other: Bits) -> None:
        """Turn those over that are set in `other`."""
        self._packed ^= other._packed

    def at(self, places: Places) -> Flags:
        """Those of some bytes."""
        found: Flags = (self._packed[places >> 3] >> (places & 7).astype(np.uint8) & 1).astype(bool)
        return found

    def between(self, begin: int, end: int) -> Flags:
        """Those from a byte to before another; fewer where there are fewer."""
        end = min(end, self._size)
        unpacked = np.unpackbits(self._packed[begin // 8 : -(-end // 8)], bitorder="little")
        found: Flags = unpacked[begin % 8 : begin % 8 + end - begin].astype(bool)
        return found

    def places_without(self, other: Bits) -> Places:
        """Where a bit is set that is not in `other`, in order."""
        left = self._packed & ~other._packed
        bytes_ = np.flatnonzero(left != 0)
        bits = np.flatnonzero(np.unpackbits(left[bytes_], bitorder="little").view(bool))
        found: Places = bytes_[bits >> 3] * 8 + (bits & 7)
        return found


def strings(data: Bytes, begins: Places) -> tuple[Bits, Flags]:
    """The bytes that are in strings, with their first quotes; of each text, whether one is open at its end.

    The texts stand one behind the other and begin at `begins`; each is seen on its own.
    """
    inside = Bits(len(data))
    escaped = _escaped(data, begins)
    for begin, part in parts(data):
        quotes = part == QUOTE
        first, last = np.searchsorted(escaped, (begin, begin + len(part)))
        quotes[escaped[first:last] - begin] = False
        inside.put(begin, quotes)
    inside.make_parity()
    before, at_end = _state(inside, begins), _state(inside, np.append(begins[1:], len(data)))
    is_open: Flags = before ^ at_end
    behind = begins[1:][is_open[:-1]]
    if len(behind):  # texts that leave a string open to those behind them
        wrong = Bits(len(data))
        wrong.flip(behind[behind < len(data)])
        wrong.make_parity()
        inside.differ(wrong)
    return inside, is_open


def _state(inside: Bits, places: Places) -> Flags:
    """Whether a string is open before each of some places."""
    found: Flags = np.zeros(len(places), bool)
    found[places > 0] = inside.at(places[places > 0] - 1)
    return found


def _escaped(data: Bytes, begins: Places) -> Places:
    """Which bytes stand behind an odd number of backslashes of their text."""
    found = [np.flatnonzero(part == BACKSLASH) + begin for begin, part in parts(data)]
    slashes = np.concatenate(found) if found else np.zeros(0, np.int64)
    if not len(slashes):
        return slashes
    is_first: Flags = np.ones(len(slashes), bool)
    is_first[1:] = slashes[1:] != slashes[:-1] + 1
    if len(begins) > 1:
        is_first |= _among(slashes, begins)
    index = np.arange(len(slashes))
    length = index - np.maximum.accumulate(np.where(is_first, index, 0)) + 1
    behind: Places = slashes[length % 2 == 1] + 1
    behind = behind[behind < len(data)]
    return behind if len(begins) == 1 else behind[~_among(behind, begins)]


def _among(places: Places, begins: Places) -> Flags:
    found: Flags = begins[np.minimum(np.searchsorted(begins, places), len(begins) - 1)] == places
    return found
