"""The messages of one connection in their order, from the first query to the last.

Source: https://www.postgresql.org/docs/15/protocol-flow.html
"""

from __future__ import annotations

from collections.abc import Callable

from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.wire import messages
from marketpulse.wire.answering import Answering
from marketpulse.wire.around import Around
from marketpulse.wire.asking import Asking
from marketpulse.wire.extended import Extended
from marketpulse.wire.held import Held
from marketpulse.wire.messages import Reading
from marketpulse.wire.pipe import Pipe
from marketpulse.wire.settings import SessionSettings
from marketpulse.wire.statements import statements
from marketpulse.wire.telling import refusal

#: Seconds in which a client that has a result open must ask for more of it: others wait for its place.
_PATIENCE = 300.0
#: What may still come of a `copy` that was refused.
_LATE = (b"d", b"c", b"f")


class Session:
    """One connection, from the first query to the last."""

    def __init__(self, pipe: Pipe, asking: Asking, settings: SessionSettings) -> None:
        self._pipe, self.asking, self._held = pipe, asking, Held()
        self._around = Around(pipe, settings, self._held)
        self._answering = Answering(pipe, asking, self._around, self._held)
        self._skips = False
        more = Extended(pipe, self._answering, self._held).answers
        self._answers: dict[bytes, Callable[[Reading], None]] = {
            b"Q": self._query, b"H": lambda _: pipe.flush(), **more, **dict.fromkeys(_LATE, lambda _: None),
        }  # fmt: skip

    def run(self) -> None:
        """Answer until the client says that it goes. Raise GoneError when it just does, UsageError for no protocol."""
        self._pipe.say(messages.ready(self._around.state))
        while True:
            self._pipe.flush()
            self._pipe.wait = _PATIENCE if self._held.is_open else None
            letter, body = self._pipe.message()
            if letter == b"X":
                return
            self._take(letter, Reading(body))

    def close(self) -> None:
        """Give back what is held."""
        self._held.end()
        self.asking.end()

    def _take(self, letter: bytes, body: Reading) -> None:
        if letter == b"S":
            self._skips = False
            self._ready()
            return
        answer = self._answers.get(letter)
        if answer is None:
            raise UsageError(f"{letter!r} is no message that is known here", sqlstate=messages.BROKEN)
        if self._skips:
            return
        self.asking.stop.clear()
        try:
            answer(body)
        except MarketPulseError as error:
            self._pipe.say(refusal(error))
            self._around.fail()
            self._skips = letter != b"Q"
        if letter == b"Q":
            self._ready()

    def _ready(self) -> None:
        if self._around.is_idle:
            self.close()
        self._pipe.say(messages.ready(self._around.state))

    def _query(self, body: Reading) -> None:
        """A text of statements, each with its answer."""
        text = body.text()
        body.end()
        asked = False
        for statement in statements(text):
            asked = True
            bound = self._answering.made(statement, (), ())
            try:
                if bound.portal:
                    self._pipe.say(messages.described(bound.portal.columns, bound.formats))
                self._answering.answer(bound, None)
            finally:
                if bound.portal and statement.kind != "fetch":
                    bound.portal.close()
        if not asked:
            self._pipe.say(messages.NOTHING_ASKED)
