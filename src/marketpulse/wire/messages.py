"""Messages of the protocol, version 3: a letter, a length, what it says.

Source: https://www.postgresql.org/docs/15/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketpulse.errors import UsageError

#: SQLSTATE `protocol_violation`, `program_limit_exceeded`.
BROKEN, TOO_LONG = "08P01", "54000"
AUTHENTICATED = b"R" + struct.pack("!ii", 8, 0)
ASK_PASSWORD = b"R" + struct.pack("!ii", 8, 3)
PARSED, BOUND, CLOSED = (letter + struct.pack("!i", 4) for letter in (b"1", b"2", b"3"))
NO_COLUMNS, SUSPENDED, NOTHING_ASKED = (letter + struct.pack("!i", 4) for letter in (b"n", b"s", b"I"))


def message(letter: bytes, *parts: bytes) -> bytes:
    """A message of some parts."""
    body = b"".join(parts)
    return letter + struct.pack("!i", len(body) + 4) + body


def text(value: str) -> bytes:
    """A text with its end: it cannot hold what ends it."""
    return value.replace("\0", "").encode("utf-8", errors="replace") + b"\0"


def status(name: str, value: str) -> bytes:
    """What the server says of itself (ParameterStatus)."""
    return message(b"S", text(name), text(value))


def key(process: int, secret: int) -> bytes:
    """By what a connection is told to stop (BackendKeyData)."""
    return message(b"K", struct.pack("!iI", process, secret))


def ready(state: bytes) -> bytes:
    """The next query may come; `state` is I, T (in a transaction) or E (in one that has failed)."""
    return message(b"Z", state)


def told(letter: bytes, fields: Mapping[str, str | None]) -> bytes:
    """An error (E) or a notice (N); fields are those of the documents by their letters."""
    return message(letter, *(name.encode() + text(value) for name, value in fields.items() if value), b"\0")


def completed(tag: str) -> bytes:
    """A statement is done."""
    return message(b"C", text(tag))


@dataclass(frozen=True)
class Column:
    """A column of a result: its type by number, bytes of a value (-1: as many as it has), digits of a numeric."""

    name: str
    type: int
    size: int = -1
    modifier: int = -1


def described(columns: Sequence[Column], formats: Sequence[int]) -> bytes:
    """Columns of rows to come (RowDescription); a format is 0 for text, 1 for binary."""
    each = (
        text(column.name) + struct.pack("!ihihih", 0, 0, column.type, column.size, column.modifier, form)
        for column, form in zip(columns, formats, strict=True)
    )
    return message(b"T", struct.pack("!h", len(columns)), *each)


def parameters(types: Sequence[int]) -> bytes:
    """Types of the parameters of a statement."""
    return message(b"t", struct.pack(f"!h{len(types)}i", len(types), *types))


def rows(columns: Sequence[Iterable[bytes]], count: int) -> Iterable[bytes]:
    """Rows (DataRow) of columns whose values have their lengths before them."""
    width = struct.pack("!h", count)
    for row in zip(*columns, strict=True) if columns else ():
        body = b"".join(row)
        yield b"D" + struct.pack("!i", len(body) + 6) + width + body


class Reading:
    """What a client says, taken apart from its beginning. Raise UsageError for what is no such message."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def text(self) -> str:
        """A text, up to its end."""
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise _broken("a text has no end")
        found = self._body[self._at : end]
        self._at = end + 1
        try:
            return found.decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError("a text is no UTF-8", hint="the client's encoding is UTF8", sqlstate="22021") from None

    def number(self) -> int:
        """A number of two bytes."""
        return int(self._unpacked("!h", 2))

    def long(self) -> int:
        """A number of four bytes."""
        return int(self._unpacked("!i", 4))

    def numbers(self) -> list[int]:
        """Numbers of two bytes, how many before them."""
        return [self.number() for _ in range(self._count())]

    def longs(self) -> list[int]:
        """Numbers of four bytes, how many before them."""
        return [self.long() for _ in range(self._count())]

    def values(self) -> list[bytes | None]:
        """Values, how many before them."""
        return [self._value() for _ in range(self._count())]

    def end(self) -> None:
        """Nothing more may stand in it: a client that says more means something else."""
        if self._at != len(self._body):
            raise _broken("it is longer than it says")

    def byte(self) -> bytes:
        """One byte."""
        return self._taken(1)

    def _count(self) -> int:
        found = self.number()
        return found if found >= 0 else found + (1 << 16)

    def _value(self) -> bytes | None:
        length = self.long()
        return None if length == -1 else self._taken(length)

    def _unpacked(self, form: str, size: int) -> int:
        return int(struct.unpack(form, self._taken(size))[0])

    def _taken(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._body):
            raise _broken("it is shorter than it says")
        self._at += size
        return self._body[self._at - size : self._at]


def _broken(why: str) -> UsageError:
    return UsageError(f"a message of the protocol cannot be read: {why}", sqlstate=BROKEN)
