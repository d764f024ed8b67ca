"""What comes before the first query: TLS, a cancel request, who asks for which database, the password.

Source: https://www.postgresql.org/docs/15/protocol-flow.html#id-1.10.6.7.3
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marketpulse.errors import UsageError
from marketpulse.wire import messages
from marketpulse.wire.messages import Reading
from marketpulse.wire.pipe import STARTUP, GoneError, Pipe

_CANCEL, _TLS, _GSS = 80877102, 80877103, 80877104
_VERSION = 3
#: Seconds in which somebody must have said who he is, and those that a wrong password takes.
PATIENCE, _SLOW = 10.0, 0.5
#: SQLSTATE `invalid_password`, `invalid_authorization_specification`, `invalid_catalog_name`.
_WRONG, _NOBODY, _NO_DATABASE = "28P01", "28000", "3D000"


@dataclass(frozen=True)
class Guard:
    """Who may come in: whoever knows the password, to the one database, by TLS where there is a certificate.

    `must_encrypt` refuses him who comes without TLS.
    """

    password: str
    database: str
    tls: ssl.SSLContext | None = None
    must_encrypt: bool = False

    def knows(self, given: str) -> bool:
        """Whether it is the password; it takes as long whatever was given."""
        return hmac.compare_digest(_digest(given), _digest(self.password))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).digest()


def welcomed(pipe: Pipe, guard: Guard, cancel: Callable[[int, int], None]) -> Mapping[str, str] | None:
    """What the client says of itself, once he may come in; None when he came to cancel, and has.

    Raise UsageError for whoever may not come in, GoneError for who goes.
    """
    pipe.wait = PATIENCE
    said = _first(pipe, guard, cancel)
    if said is None:
        return None
    _refuse(said, pipe, guard)
    pipe.say(messages.ASK_PASSWORD)
    pipe.flush()
    letter, body = pipe.message(STARTUP)
    if letter == b"X":
        raise GoneError
    if letter != b"p" or not guard.knows(Reading(body).text()):
        time.sleep(_SLOW)
        user = said.get("user", "")[:60]
        hint = "it is what `marketpulse wire` printed, or what its --password-file holds"
        raise UsageError(f'password authentication failed for user "{user}"', hint=hint, sqlstate=_WRONG)
    pipe.say(messages.AUTHENTICATED)
    return said


def _first(pipe: Pipe, guard: Guard, cancel: Callable[[int, int], None]) -> dict[str, str] | None:
    """The startup message, after TLS where that is asked for."""
    for _ in range(3):  # GSS, TLS, the message itself
        body = pipe.first()
        (code,) = struct.unpack_from("!i", body)
        if code == _TLS and guard.tls and not isinstance(pipe.socket, ssl.SSLSocket):
            _encrypt(pipe, guard.tls)
        elif code in (_TLS, _GSS):
            pipe.socket.sendall(b"N")
        elif code == _CANCEL:
            if len(body) == 12:
                cancel(*struct.unpack_from("!iI", body, 4))
            return None
        else:
            return _said(pipe, code, body)
    raise UsageError("this is no beginning of the protocol", sqlstate=messages.BROKEN)


def _encrypt(pipe: Pipe, tls: ssl.SSLContext) -> None:
    """No byte after the request has been read yet, so none that came without TLS is taken for one that came by it."""
    try:
        pipe.socket.sendall(b"S")
        found = tls.wrap_socket(pipe.socket, server_side=True, do_handshake_on_connect=False)
        pipe.socket = found  # whoever closes the pipe closes it, whatever comes of the handshake
        found.do_handshake()
    except OSError:
        raise GoneError from None


def _said(pipe: Pipe, code: int, body: bytes) -> dict[str, str]:
    major, minor = code >> 16, code & 0xFFFF
    if major != _VERSION:
        raise UsageError(f"version {major}.{minor} of the protocol is not known: 3.0 is", sqlstate="0A000")
    reading = Reading(body[4:])
    said: dict[str, str] = {}
    while name := reading.text():
        said[name] = reading.text()
    asked = [name for name in said if name.startswith("_pq_.")]
    if minor or asked:
        count = struct.pack("!ii", 0, len(asked))
        pipe.say(messages.message(b"v", count, *map(messages.text, asked)))
    return said


def _refuse(said: Mapping[str, str], pipe: Pipe, guard: Guard) -> None:
    if guard.must_encrypt and not isinstance(pipe.socket, ssl.SSLSocket):
        hint = "sslmode=require, or verify-full with the certificate's authority"
        raise UsageError("this server speaks by TLS only", hint=hint, sqlstate=_NOBODY)
    if not said.get("user"):
        raise UsageError("no user is named", sqlstate=_NOBODY)
    if said.get("replication", "false").lower() not in ("false", "off", "no", "0"):
        raise UsageError("there is nothing to replicate here", sqlstate="0A000")
    database = said.get("database") or said["user"]
    if database != guard.database:
        what = f'there is no database "{database[:60]}"'
        raise UsageError(what, hint=f"the one here is {guard.database}", sqlstate=_NO_DATABASE)
