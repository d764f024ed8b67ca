"""What two snapshots of a table differ in: how many rows came, went and changed, which columns, and some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.page import page
from marketpulse.console.rows import LOOKING, Rows, laid_out, one_table
from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.serving.desk import Look
from marketpulse.serving.difference import Difference, difference
from marketpulse.serving.slots import Slots
from marketpulse.serving.status import SnapshotStatus, status

#: Rows of each kind, and snapshots that can be chosen.
_MOST, _SNAPSHOTS = 50, 200
_SLOTS = Slots(1, patience=20.0)


@dataclass(frozen=True)
class Change:
    """One changed row: its key, and of each changed column what it was and is, or None where it is the same."""

    key: Sequence[str]
    cells: Sequence[tuple[str, str] | None]


def show(request: Request) -> Response:
    """The page. Raise UsageError where there is no such table."""
    with request.app.state.desk.look() as look:
        table = one_table(look, request.path_params["name"])
        known = _snapshots(look, table)
        given: dict[str, Any] = {"name": table.name, "snapshots": known, "sides": None, "found": None, "error": None}
        given |= {"added": None, "removed": None, "changes": [], "key": []}
        try:
            sides = _sides(request, known)
            given |= {"sides": sides} | _found(look, table, sides)
        except MarketPulseError as error:
            given |= {"error": error}
        code = 400 if given["error"] else 200
        return page(request, "difference.html", code, title=f"Difference of {table.name}", **given)


def _snapshots(look: Look, table: LakeTable) -> list[SnapshotStatus]:
    """Newest first, as far as readers see them."""

    def told() -> list[SnapshotStatus]:
        with look.busy:
            return status(look.context, table.name)[0].snapshots[-_SNAPSHOTS:]

    found = look.once(("snapshots", table.name), told)
    seen = look.moment.snapshot(table)
    last = next((n for n, each in enumerate(found) if each.snapshot_id == seen), len(found) - 1)
    return found[last::-1]


def _sides(request: Request, known: Sequence[SnapshotStatus]) -> tuple[int, int]:
    """The two: as they are asked for, else the newest and the one before it."""
    ids = [each.snapshot_id for each in known]
    given = {name: request.query_params.get(name, "") for name in ("from", "to")}
    for text in filter(None, given.values()):
        if not (text.isdecimal() and len(text) < 20 and int(text) in ids):
            raise UsageError(f"there is no snapshot {text[:30]!r}", hint="choose two of those above")
    if len(ids) < 2:
        raise UsageError("there is one snapshot only, so nothing to compare", hint="the next run may make another")
    to = int(given["to"]) if given["to"] else ids[0]
    before = ids[ids.index(to) + 1] if ids.index(to) + 1 < len(ids) else to
    return int(given["from"] or before), to


def _found(look: Look, table: LakeTable, sides: tuple[int, int]) -> dict[str, Any]:
    def made() -> Difference:
        with _SLOTS.taken():
            return difference(look.context, table, sides, look.moment, _MOST, LOOKING)

    found = look.once(("difference", table.name, sides), made)
    rows = {name: _rows(each) for name, each in (("added", found.added), ("removed", found.removed))}
    return {"found": found, **rows, "changes": _changes(found), "key": found.columns.key}


def _rows(found: pa.Table | None) -> Rows | None:
    return laid_out(found, more=False) if found is not None else None


def _changes(found: Difference) -> list[Change]:
    if found.changes is None:
        return []
    texts, width = laid_out(found.changes, more=False).rows, len(found.columns.key)
    pairs = [zip(row[width::2], row[width + 1 :: 2], strict=True) for row in texts]
    cells = [[None if then == now else (then, now) for then, now in each] for each in pairs]
    return [Change(row[:width], each) for row, each in zip(texts, cells, strict=True)]
