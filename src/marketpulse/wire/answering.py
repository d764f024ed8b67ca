"""Statements and their answers, whichever way they were asked: what each gives, its rows, how it is told as done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketpulse.wire import cursors, messages
from marketpulse.wire.around import Around
from marketpulse.wire.asking import Asking, portal
from marketpulse.wire.held import Bound, Held
from marketpulse.wire.pipe import Pipe
from marketpulse.wire.portals import Portal, columns_of
from marketpulse.wire.statements import Statement
from marketpulse.wire.telling import notice


class Answering:
    """Answers for one connection."""

    def __init__(self, pipe: Pipe, asking: Asking, around: Around, held: Held) -> None:
        self._pipe, self._asking, self._around, self._held = pipe, asking, around, held

    def made(self, statement: Statement | None, given: Sequence[Any], formats: Sequence[int]) -> Bound:
        """A statement with its parameters: of a query the result, of which no row is read yet."""
        found: Portal | None = None
        if statement is not None:
            self._around.refuse(statement)
            if statement.kind == "query":
                found = self._asking.ask(statement.text, given, formats)
            elif statement.kind == "fetch":
                found = cursors.fetched(self._held, statement, formats)
            elif statement.kind == "show":
                found = portal(self._around.shown(statement).to_reader(), formats)
            elif statement.kind == "declare":
                cursors.refuse_declaring(self._held, statement, not self._around.is_idle)
                self._held.cursors[statement.name] = self._asking.ask(statement.value, given, ())
        return Bound(statement, found, list(found.formats) if found else [])

    def columns(self, statement: Statement | None, parameters: int) -> Sequence[messages.Column] | None:
        """Columns of what a statement with so many parameters gives; None where it gives no rows."""
        if statement is None or statement.kind not in ("query", "show", "fetch"):
            return None
        if statement.kind == "query":
            self._around.refuse(statement)
            return columns_of(self._asking.schema(statement.text, parameters))
        return self.made(statement, (), ()).portal.columns  # type: ignore[union-attr]

    def answer(self, bound: Bound, most: int | None) -> None:
        """What a statement does, or the next rows of its result; then that it is done. None: all rows."""
        statement = bound.statement
        if bound.portal:
            self._rows(bound.portal, statement, most)
        elif statement is None:
            self._pipe.say(messages.NOTHING_ASKED)
        else:
            self._pipe.say(messages.completed(self._around.do(statement)))

    def _rows(self, found: Portal, statement: Statement | None, most: int | None) -> None:
        if found.note:
            self._pipe.say(notice(found.note))
            found.note = None
        fetches = statement is not None and statement.kind == "fetch"
        count = 0
        for row in found.next(statement.count if statement and fetches else most):
            self._pipe.say(row)
            count += 1
        if not fetches and count == most:
            self._pipe.say(messages.SUSPENDED)
            return
        if not fetches:
            found.close()
        kind = statement.kind if statement else "query"
        tag = {"query": f"SELECT {count}", "fetch": f"FETCH {count}"}.get(kind, statement.tag if statement else "")
        self._pipe.say(messages.completed(tag))
