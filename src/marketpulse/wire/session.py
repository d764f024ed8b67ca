"""The messages of one connection in their order: simple and extended queries, transactions, cursors.

Source: https://www.postgresql.org/docs/15/protocol-flow.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.wire import messages
from marketpulse.wire.asking import Asking, portal
from marketpulse.wire.messages import Reading
from marketpulse.wire.parameters import completed, values
from marketpulse.wire.pipe import Pipe
from marketpulse.wire.portals import Portal, columns_of, formats_of
from marketpulse.wire.settings import SessionSettings
from marketpulse.wire.statements import Statement, refused, statements

#: States of a connection: nothing begun, in a transaction, in one that has failed.
_IDLE, _BEGUN, _FAILED = b"I", b"T", b"E"
#: Names of statements and portals that a connection may keep.
_MOST = 1_000
#: Characters of all prepared statements.
_TEXTS = 16 << 20
#: Seconds in which a client that has a result open must ask for more of it: others wait for its place.
_PATIENCE = 300.0


@dataclass(frozen=True)
class Prepared:
    """A statement (None: an empty text), the types of its parameters, and those of them that the client said."""

    statement: Statement | None
    types: list[int]
    given: list[int]


@dataclass
class Bound:
    """A statement with its parameters, and its result where it is a query."""

    statement: Statement | None
    portal: Portal | None
    formats: list[int]


class Session:
    """One connection, from the first query to the last."""

    def __init__(self, pipe: Pipe, asking: Asking, settings: SessionSettings) -> None:
        self._pipe, self.asking, self._settings = pipe, asking, settings
        self._state = _IDLE
        self._prepared: dict[str, Prepared] = {}
        self._bound: dict[str, Bound] = {}
        self._cursors: dict[str, Portal] = {}
        self._skips = False
        self._answers: dict[bytes, Callable[[Reading], None]] = {
            b"Q": self._query, b"P": self._parse, b"B": self._bind, b"D": self._describe, b"E": self._execute,
            b"C": self._close, b"H": lambda _: self._pipe.flush(),
        }  # fmt: skip

    def run(self) -> None:
        """Answer until the client says that it goes. Raise GoneError when it just does, UsageError for no protocol."""
        self._pipe.say(messages.ready(self._state))
        while True:
            self._pipe.flush()
            self._pipe.wait = _PATIENCE if any(each.is_open for each in self._portals()) else None
            letter, body = self._pipe.message()
            if letter == b"X":
                return
            self._take(letter, Reading(body))

    def close(self) -> None:
        """Give back what is held."""
        self._end()

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
            self._fail(error)
            self._skips = letter != b"Q"
        if letter == b"Q":
            self._ready()

    def _ready(self) -> None:
        if self._state == _IDLE:
            self._end()
        self._pipe.say(messages.ready(self._state))

    def _fail(self, error: MarketPulseError) -> None:
        self._pipe.say(refusal(error))
        self._state = _FAILED if self._state != _IDLE else _IDLE

    def _end(self) -> None:
        """The transaction is over, and with it whatever it had open."""
        for each in self._portals():
            each.close()
        self._cursors.clear()
        self._bound.clear()
        self.asking.end()

    def _portals(self) -> list[Portal]:
        return [*self._cursors.values(), *(bound.portal for bound in self._bound.values() if bound.portal)]

    def _query(self, body: Reading) -> None:
        """A text of statements, each with its answer."""
        asked = False
        for statement in statements(body.text()):
            asked = True
            bound = self._made(statement, (), ())
            try:
                if bound.portal:
                    self._pipe.say(messages.described(bound.portal.columns, bound.formats))
                self._answer(bound, 0)
            finally:
                if bound.portal and bound.statement and bound.statement.kind != "fetch":
                    bound.portal.close()
        if not asked:
            self._pipe.say(messages.NOTHING_ASKED)

    def _parse(self, body: Reading) -> None:
        name, text, given = body.text(), body.text(), body.longs()
        found = list(statements(text))
        if len(found) > 1:
            raise UsageError("several statements cannot be prepared at once", sqlstate="42601")
        if name and name in self._prepared:
            raise UsageError(f"there is a prepared statement {name} already", sqlstate="42P05")
        texts = sum(len(each.statement.text) for each in self._prepared.values() if each.statement)
        if len(self._prepared) >= _MOST or texts + len(text) > _TEXTS:
            told = f"more than {_MOST:,} prepared statements, or {_TEXTS:,} characters of them"
            raise UsageError(told, hint="deallocate all", sqlstate="53000")
        statement = found[0] if found else None
        if statement and statement.kind == "refused":
            raise refused(statement)
        self._prepared[name] = Prepared(statement, completed(statement.text if statement else "", given), given)
        self._pipe.say(messages.PARSED)

    def _bind(self, body: Reading) -> None:
        name, of, forms, raw, results = body.text(), body.text(), body.numbers(), body.values(), body.numbers()
        prepared = self._of(of)
        if len(raw) != len(prepared.types):
            what = f"{len(raw)} parameters, where the statement has {len(prepared.types)}"
            raise UsageError(what, sqlstate=messages.BROKEN)
        if len(self._bound) >= _MOST:
            raise UsageError(f"more than {_MOST:,} portals", hint="close some", sqlstate="53000")
        given = values(raw, prepared.given, prepared.types, formats_of(forms, len(raw)))
        if (before := self._bound.pop(name, None)) and before.portal:
            before.portal.close()
        self._bound[name] = self._made(prepared.statement, given, results)
        self._pipe.say(messages.BOUND)

    def _describe(self, body: Reading) -> None:
        if body.byte() == b"P":
            bound = self._at(body.text())
            columns, formats = (bound.portal.columns, bound.formats) if bound.portal else (None, [])
        else:
            prepared = self._of(body.text())
            self._pipe.say(messages.parameters(prepared.types))
            columns = self._columns(prepared)
            formats = [0] * len(columns or ())
        self._pipe.say(messages.NO_COLUMNS if columns is None else messages.described(columns, formats))

    def _columns(self, prepared: Prepared) -> Sequence[messages.Column] | None:
        """Columns of what a statement gives; None where it gives no rows."""
        statement = prepared.statement
        if statement is None or statement.kind not in ("query", "show", "fetch"):
            return None
        if statement.kind == "query":
            self._refuse_failed(statement)
            return columns_of(self.asking.schema(statement.text, len(prepared.types)))
        return self._made(statement, (), ()).portal.columns  # type: ignore[union-attr]

    def _execute(self, body: Reading) -> None:
        self._answer(self._at(body.text()), max(body.long(), 0))

    def _close(self, body: Reading) -> None:
        if body.byte() == b"S":
            self._prepared.pop(body.text(), None)
        elif (found := self._bound.pop(body.text(), None)) and found.portal:
            found.portal.close()
        self._pipe.say(messages.CLOSED)

    def _of(self, name: str) -> Prepared:
        if name not in self._prepared:
            raise UsageError(f"there is no prepared statement {name[:60]!r}", sqlstate="26000")
        return self._prepared[name]

    def _at(self, name: str) -> Bound:
        if cursor := self._cursors.get(name):
            return Bound(None, cursor, list(cursor.formats))
        if name not in self._bound:
            raise UsageError(f"there is no portal {name[:60]!r}", sqlstate="34000")
        return self._bound[name]

    def _made(self, statement: Statement | None, given: Sequence[Any], formats: Sequence[int]) -> Bound:
        """A statement with its parameters: of a query the result, of which no row is read yet."""
        found: Portal | None = None
        if statement is not None:
            self._refuse_failed(statement)
            if statement.kind == "query":
                found = self.asking.ask(statement.text, given, formats)
            elif statement.kind == "fetch":
                found = self._cursor(statement, formats)
            elif statement.kind == "show":
                found = portal(self._shown(statement).to_reader(), formats)
            elif statement.kind == "declare":
                self._declare(statement, given)
        return Bound(statement, found, list(found.formats) if found else [])

    def _refuse_failed(self, statement: Statement) -> None:
        if self._state == _FAILED and statement.kind not in ("commit", "rollback"):
            hint = "rollback ends it"
            raise UsageError("the transaction has failed, and takes no other statement", hint=hint, sqlstate="25P02")
        if statement.kind == "refused":
            raise refused(statement)

    def _answer(self, bound: Bound, most: int) -> None:
        """What a statement does, or the next rows of its result; then that it is done."""
        statement = bound.statement
        if statement is None:
            self._pipe.say(messages.NOTHING_ASKED)
        elif bound.portal:
            self._rows(bound.portal, statement, most)
        else:
            self._pipe.say(messages.completed(self._done(statement)))

    def _rows(self, found: Portal, statement: Statement, most: int) -> None:
        if found.note:
            self._pipe.say(notice(found.note))
            found.note = None
        wanted = statement.count if statement.kind == "fetch" else most
        count = 0
        for row in found.next(wanted):
            self._pipe.say(row)
            count += 1
        if most and count == most and statement.kind != "fetch":
            self._pipe.say(messages.SUSPENDED)
            return
        if statement.kind != "fetch":
            found.close()
        tag = {"query": f"SELECT {count}", "fetch": f"FETCH {count}"}.get(statement.kind, statement.tag)
        self._pipe.say(messages.completed(tag))

    def _done(self, statement: Statement) -> str:
        """Do what is no query; how it is told."""
        kind = statement.kind
        if kind == "begin":
            self._state = _BEGUN if self._state == _IDLE else self._state
        elif kind in ("commit", "rollback"):
            if not (kind == "rollback" and " to " in f" {statement.text.lower()} "):
                failed, self._state = self._state == _FAILED, _IDLE
                return "ROLLBACK" if failed else statement.tag
            self._state = _BEGUN
        elif kind == "set":
            self._set(statement)
        elif kind == "close":
            self._close_cursors(statement.name)
        elif statement.tag in ("DISCARD", "DEALLOCATE"):
            self._forget(statement)
        return statement.tag

    def _set(self, statement: Statement) -> None:
        if statement.tag == "RESET":
            self._settings.reset()
        elif statement.name:
            self._settings.set(statement.name, statement.value)
            if statement.name == "application_name":
                self._pipe.say(messages.status("application_name", statement.value))

    def _forget(self, statement: Statement) -> None:
        words = statement.text.lower().split()
        if words[-1] in ("all", "plans") or statement.tag == "DISCARD":
            self._prepared.clear()
        else:
            self._prepared.pop(statement.text.split()[-1].strip('"'), None)
        if words == ["discard", "all"]:
            self._settings.reset()

    def _shown(self, statement: Statement) -> pa.Table:
        if statement.name == "all":
            found = self._settings.all
            return pa.table({"name": [*found], "setting": [*found.values()], "description": [""] * len(found)})
        name = statement.name or "setting"
        return pa.table({name: [self._settings.get(statement.name)]})

    def _declare(self, statement: Statement, given: Sequence[Any]) -> None:
        if self._state == _IDLE:
            raise UsageError("a cursor lives in a transaction", hint="begin first", sqlstate="25P01")
        if statement.name in self._cursors:
            raise UsageError(f"there is a cursor {statement.name} already", sqlstate="42P03")
        self._cursors[statement.name] = self.asking.ask(statement.value, given, ())

    def _cursor(self, statement: Statement, formats: Sequence[int]) -> Portal:
        found = self._cursors.get(statement.name)
        if found is None:
            raise UsageError(f"there is no cursor {statement.name[:60]!r}", sqlstate="34000")
        wanted = formats_of(formats, len(found.columns))
        if found.told and wanted != list(found.formats):
            raise UsageError("a cursor is read in one format", sqlstate="0A000")
        found.formats[:] = wanted  # type: ignore[index]
        return found

    def _close_cursors(self, name: str) -> None:
        for each in [*self._cursors] if name.lower() == "all" else [name]:
            if each not in self._cursors:
                raise UsageError(f"there is no cursor {each[:60]!r}", sqlstate="34000")
            self._cursors.pop(each).close()


def refusal(error: MarketPulseError, severity: str = "ERROR") -> bytes:
    """An error as the protocol says it."""
    return messages.told(
        b"E",
        {"S": severity, "V": severity, "C": error.sqlstate, "M": error.message, "D": error.where, "H": error.hint},
    )


def notice(text: str) -> bytes:
    """Something that must be known beside rows."""
    return messages.told(b"N", {"S": "NOTICE", "V": "NOTICE", "C": "01000", "M": text})
