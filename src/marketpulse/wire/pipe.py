"""The bytes of one connection: whole messages in, many messages out at once."""

from __future__ import annotations

import socket
import struct

from marketpulse.errors import UsageError
from marketpulse.units import seconds
from marketpulse.wire.messages import BROKEN, TOO_LONG

#: SQLSTATE `idle_session_timeout`.
LATE = "57P05"

#: Bytes of a message before and after somebody has said who he is: Postgres's own bound, and that of a long query.
STARTUP, LONGEST = 10_000, 4 << 20
#: Bytes that are kept before they are sent.
_KEPT = 64 << 10
#: Seconds in which a client must take what is sent.
_TAKEN = 300.0


class GoneError(Exception):
    """Nobody is there any more."""


class Pipe:
    """A connection. `wait` are the seconds in which the next message must come, None where that has time."""

    def __init__(self, at: socket.socket) -> None:
        self.socket = at
        self.wait: float | None = None
        self._out = bytearray()

    def first(self) -> bytes:
        """What stands in a message before the first query. Raise UsageError for one that is too long."""
        length = struct.unpack("!i", self.exactly(4))[0]
        if not 8 <= length <= STARTUP:
            raise UsageError("this is no beginning of the protocol", sqlstate=BROKEN)
        return self.exactly(length - 4)

    def message(self, most: int = LONGEST) -> tuple[bytes, bytes]:
        """The next message: its letter and what it says. Raise UsageError for one that is too long."""
        letter, length = struct.unpack("!ci", self.exactly(5))
        if length < 4:
            raise UsageError("a message of the protocol says no length", sqlstate=BROKEN)
        if length - 4 > most:
            raise UsageError(f"a message of {length:,} bytes: {most:,} may be", sqlstate=TOO_LONG)
        return letter, self.exactly(length - 4)

    def exactly(self, count: int) -> bytes:
        """So many bytes, and no byte more. Raise GoneError where the connection ends, UsageError where it waits."""
        found = bytearray()
        self.socket.settimeout(self.wait)
        try:
            while len(found) < count:
                part = self.socket.recv(min(count - len(found), 1 << 16))
                if not part:
                    raise GoneError
                found += part
        except TimeoutError:
            told = f"nothing was said for {seconds(self.wait or 0)}, and others wait"
            raise UsageError(told, hint="connect again", sqlstate=LATE) from None
        except OSError:
            raise GoneError from None
        return bytes(found)

    def say(self, *messages: bytes) -> None:
        """Say something, soon."""
        for each in messages:
            self._out += each
        if len(self._out) > _KEPT:
            self.flush()

    def flush(self) -> None:
        """Say it now. Raise GoneError where nobody takes it."""
        if not self._out:
            return
        out, self._out = self._out, bytearray()
        self.socket.settimeout(_TAKEN)
        try:
            self.socket.sendall(out)
        except OSError:
            raise GoneError from None

    def forget(self) -> None:
        """Say nothing of what was to be said."""
        self._out.clear()
