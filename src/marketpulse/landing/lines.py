"""Bytes in pieces -> blocks of whole lines. A line without an end is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from marketpulse.landing.limits import Limits, start


@dataclass(frozen=True)
class LongLine:
    """A line that is too long to be a record: why, and how it starts."""

    reason: str
    text: bytes


@dataclass(frozen=True)
class Ends:
    """What ends a line: where, in some bytes, the first line ends and the last (0: none does)."""

    first: Callable[[bytes], int]
    last: Callable[[bytes], int]


def _first_any(data: bytes) -> int:
    places = [place for place in (data.find(b"\n"), data.find(b"\r")) if place >= 0]
    return min(places) + 1 + data.startswith(b"\r\n", min(places)) if places else 0


def _last_any(data: bytes) -> int:
    return max(data.rfind(b"\n"), data.rfind(b"\r")) + 1


NEWLINE = Ends(lambda data: data.find(b"\n") + 1, lambda data: data.rfind(b"\n") + 1)
ANY = Ends(_first_any, _last_any)


def whole_lines(pieces: Iterable[bytes], ends: Ends, limits: Limits) -> Iterator[bytes | LongLine]:
    """Blocks of whole lines, in order; the last may lack its end. A piece is smaller than a record may be."""
    rest: list[bytes] = []
    size = 0
    for piece in _undivided(pieces):
        end = ends.last(piece)
        if not end:
            # Once it is too long only its length is of interest.
            rest += [piece] if size <= limits.record else []
            size += len(piece)
            continue
        begin = 0
        if size + (first := ends.first(piece)) > limits.record:
            yield _long([*rest, piece[:first]], size + first, limits)
            rest, begin = [], first
        if block := b"".join([*rest, memoryview(piece)[begin:end]]):
            yield block
        rest, size = [piece[end:]], len(piece) - end
    if size > limits.record:
        yield _long(rest, size, limits)
    elif size:
        yield b"".join(rest)


def _undivided(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, none of which ends between CR and LF."""
    held = b""
    for piece in pieces:
        whole = held + piece if held else piece
        held = b"\r" if whole.endswith(b"\r") else b""
        yield whole[:-1] if held else whole
    if held:
        yield held


def _long(parts: list[bytes], length: int, limits: Limits) -> LongLine:
    return LongLine(limits.too_long(length, "the line"), start(b"".join(parts)))
