"""Extended queries: a statement is prepared, bound to its parameters, described, and its rows are asked for.

Source: https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from marketpulse.errors import UsageError
from marketpulse.wire import messages
from marketpulse.wire.answering import Answering
from marketpulse.wire.held import Held, Prepared
from marketpulse.wire.messages import Reading
from marketpulse.wire.parameters import completed, values
from marketpulse.wire.pipe import Pipe
from marketpulse.wire.portals import formats_of
from marketpulse.wire.statements import refused, statements


class Extended:
    """The messages of extended queries of one connection."""

    def __init__(self, pipe: Pipe, answering: Answering, held: Held) -> None:
        self._pipe, self._answering, self._held = pipe, answering, held

    @property
    def answers(self) -> Mapping[bytes, Callable[[Reading], None]]:
        """Each message by its letter."""
        return {b"P": self._parse, b"B": self._bind, b"D": self._describe, b"E": self._execute, b"C": self._close}

    def _parse(self, body: Reading) -> None:
        name, text, given = body.text(), body.text(), body.longs()
        body.end()
        found = list(statements(text))
        if len(found) > 1:
            raise UsageError("several statements cannot be prepared at once", sqlstate="42601")
        self._held.refuse_more(name, text)
        statement = found[0] if found else None
        if statement and statement.kind == "refused":
            raise refused(statement)
        types = completed(statement.text if statement else "", given)
        self._held.prepared[name] = Prepared(statement, types, given)
        self._pipe.say(messages.PARSED)

    def _bind(self, body: Reading) -> None:
        name, of, forms, raw, results = body.text(), body.text(), body.numbers(), body.values(), body.numbers()
        body.end()
        prepared = self._held.statement(of)
        if len(raw) != len(prepared.types):
            what = f"{len(raw)} parameters, where the statement has {len(prepared.types)}"
            raise UsageError(what, sqlstate=messages.BROKEN)
        given = values(raw, prepared.given, prepared.types, formats_of(forms, len(raw)))
        self._held.room(name)
        self._held.bound[name] = self._answering.made(prepared.statement, given, results)
        self._pipe.say(messages.BOUND)

    def _describe(self, body: Reading) -> None:
        if _is_portal(body):
            bound = self._held.portal(body.text())
            columns, formats = (bound.portal.columns, bound.formats) if bound.portal else (None, [])
        else:
            prepared = self._held.statement(body.text())
            self._pipe.say(messages.parameters(prepared.types))
            columns = self._answering.columns(prepared.statement, len(prepared.types))
            formats = [0] * len(columns or ())
        self._pipe.say(messages.NO_COLUMNS if columns is None else messages.described(columns, formats))

    def _execute(self, body: Reading) -> None:
        self._answering.answer(self._held.portal(body.text()), max(body.long(), 0) or None)

    def _close(self, body: Reading) -> None:
        if _is_portal(body):
            self._held.close(body.text())
        else:
            self._held.prepared.pop(body.text(), None)
        self._pipe.say(messages.CLOSED)


def _is_portal(body: Reading) -> bool:
    """Whether a portal is meant, and not a statement. Raise UsageError for anything else."""
    letter = body.byte()
    if letter not in (b"P", b"S"):
        raise UsageError(f"{letter!r} is neither a statement (S) nor a portal (P)", sqlstate=messages.BROKEN)
    return letter == b"P"
