"""What one connection has open by name: prepared statements, portals, cursors."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketpulse.errors import UsageError
from marketpulse.wire.portals import Portal
from marketpulse.wire.statements import Statement

#: Names of statements and portals that a connection may keep.
_MOST = 1_000
#: Characters of all prepared statements.
_TEXTS = 16 << 20


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


@dataclass
class Held:
    """Statements last as long as the connection, portals and cursors as long as their transaction."""

    prepared: dict[str, Prepared] = field(default_factory=dict)
    bound: dict[str, Bound] = field(default_factory=dict)
    cursors: dict[str, Portal] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether a result waits for its reader: others wait for its place."""
        return any(each.is_open for each in self._portals())

    def refuse_more(self, name: str, text: str) -> None:
        """Raise UsageError where no statement of this name and text can be prepared."""
        if name and name in self.prepared:
            raise UsageError(f"there is a prepared statement {name} already", sqlstate="42P05")
        texts = sum(len(each.statement.text) for each in self.prepared.values() if each.statement)
        if len(self.prepared) >= _MOST or texts + len(text) > _TEXTS:
            told = f"more than {_MOST:,} prepared statements, or {_TEXTS:,} characters of them"
            raise UsageError(told, hint="deallocate all", sqlstate="53000")

    def statement(self, name: str) -> Prepared:
        """A prepared statement. Raise UsageError where there is none of this name."""
        if name not in self.prepared:
            raise UsageError(f"there is no prepared statement {name[:60]!r}", sqlstate="26000")
        return self.prepared[name]

    def room(self, name: str) -> None:
        """Make room for a portal: one of the same name is over. Raise UsageError where there are too many."""
        if len(self.bound) >= _MOST:
            raise UsageError(f"more than {_MOST:,} portals", hint="close some", sqlstate="53000")
        self.close(name)

    def portal(self, name: str) -> Bound:
        """A portal, or a cursor, which is one. Raise UsageError where there is none of this name."""
        if cursor := self.cursors.get(name):
            return Bound(None, cursor, list(cursor.formats))
        if name not in self.bound:
            raise UsageError(f"there is no portal {name[:60]!r}", sqlstate="34000")
        return self.bound[name]

    def close(self, name: str) -> None:
        """Close a portal; that there is none is no error."""
        if (found := self.bound.pop(name, None)) and found.portal:
            found.portal.close()

    def end(self) -> None:
        """The transaction is over, and with it whatever it had open."""
        for each in self._portals():
            each.close()
        self.cursors.clear()
        self.bound.clear()

    def _portals(self) -> list[Portal]:
        return [*self.cursors.values(), *(bound.portal for bound in self.bound.values() if bound.portal)]
