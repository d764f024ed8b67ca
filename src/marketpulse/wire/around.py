"""What drivers and tools say around queries: transactions, settings, what is to be forgotten. No row depends on it."""

from __future__ import annotations

import pyarrow as pa

from marketpulse.errors import UsageError
from marketpulse.wire import cursors, messages
from marketpulse.wire.held import Held
from marketpulse.wire.pipe import Pipe
from marketpulse.wire.settings import SessionSettings
from marketpulse.wire.statements import Statement, refused

#: States of a connection: nothing begun, in a transaction, in one that has failed.
_IDLE, _BEGUN, _FAILED = b"I", b"T", b"E"


class Around:
    """The transaction and the settings of one connection."""

    def __init__(self, pipe: Pipe, settings: SessionSettings, held: Held) -> None:
        self._pipe, self._settings, self._held = pipe, settings, held
        self.state = _IDLE

    @property
    def is_idle(self) -> bool:
        """Whether nothing is begun: then all that is open ends with the statement."""
        return self.state == _IDLE

    def fail(self) -> None:
        """A statement went wrong; a transaction takes no other then."""
        self.state = _IDLE if self.is_idle else _FAILED

    def refuse(self, statement: Statement) -> None:
        """Raise UsageError for what is not taken now, or never."""
        if self.state == _FAILED and statement.kind not in ("commit", "rollback"):
            hint = "rollback ends it"
            raise UsageError("the transaction has failed, and takes no other statement", hint=hint, sqlstate="25P02")
        if statement.kind == "refused":
            raise refused(statement)

    def do(self, statement: Statement) -> str:
        """Do what is no query; how it is told."""
        kind = statement.kind
        if kind == "begin":
            self.state = _BEGUN if self.is_idle else self.state
        elif kind in ("commit", "rollback"):
            return self._end(statement)
        elif kind == "set":
            self._set(statement)
        elif kind == "close":
            cursors.close(self._held, statement.name)
        elif statement.tag in ("DISCARD", "DEALLOCATE"):
            self._forget(statement)
        return statement.tag

    def _end(self, statement: Statement) -> str:
        if statement.kind == "rollback" and " to " in f" {statement.text.lower()} ":
            self.state = _BEGUN
            return statement.tag
        failed, self.state = self.state == _FAILED, _IDLE
        return "ROLLBACK" if failed else statement.tag

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
            self._held.prepared.clear()
        else:
            self._held.prepared.pop(statement.text.split()[-1].strip('"'), None)
        if words == ["discard", "all"]:
            self._settings.reset()

    def shown(self, statement: Statement) -> pa.Table:
        """What `show` gives. Raise UsageError for a setting that there is not."""
        if statement.name == "all":
            found = self._settings.all
            return pa.table({"name": [*found], "setting": [*found.values()], "description": [""] * len(found)})
        name = statement.name or "setting"
        return pa.table({name: [self._settings.get(statement.name)]})
