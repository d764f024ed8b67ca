"""Cursors: results of a transaction that are read by name, forward, in pieces."""

from __future__ import annotations

from collections.abc import Sequence

from marketpulse.errors import UsageError
from marketpulse.wire.held import Held
from marketpulse.wire.portals import Portal, formats_of
from marketpulse.wire.statements import Statement


def refuse_declaring(held: Held, statement: Statement, begun: bool) -> None:
    """Raise UsageError for a cursor outside of a transaction, or under a name that one has."""
    if not begun:
        raise UsageError("a cursor lives in a transaction", hint="begin first", sqlstate="25P01")
    if statement.name in held.cursors:
        raise UsageError(f"there is a cursor {statement.name} already", sqlstate="42P03")


def fetched(held: Held, statement: Statement, formats: Sequence[int]) -> Portal:
    """The cursor that is to be read, in formats that are those of all its rows. Raise UsageError for any other."""
    found = held.cursors.get(statement.name)
    if found is None:
        raise _missing(statement.name)
    wanted = formats_of(formats, len(found.columns))
    if found.told and wanted != list(found.formats):
        raise UsageError("a cursor is read in one format", sqlstate="0A000")
    found.formats[:] = wanted  # type: ignore[index]
    return found


def close(held: Held, name: str) -> None:
    """Close one, or all. Raise UsageError where there is none of this name."""
    for each in [*held.cursors] if name.lower() == "all" else [name]:
        if each not in held.cursors:
            raise _missing(each)
        held.cursors.pop(each).close()


def _missing(name: str) -> UsageError:
    return UsageError(f"there is no cursor {name[:60]!r}", sqlstate="34000")
