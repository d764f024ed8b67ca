"""What the columns of a table hold, on a page of its own: it is asked for, so that no other page waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.cells import called
from marketpulse.console.page import page
from marketpulse.console.rows import LOOKING, one_table
from marketpulse.errors import MarketPulseError
from marketpulse.serving.profile import ColumnProfile, Profile, profile
from marketpulse.serving.slots import Slots

_LONGEST = 40
#: Profiles at once; another may wait so many seconds.
_SLOTS = Slots(1, patience=20.0)


@dataclass(frozen=True)
class Told:
    """A column as it is shown: its texts, and parts of the rows in percent."""

    column: ColumnProfile
    empty: float
    low: str
    high: str
    top: Sequence[tuple[str, float]]


def show(request: Request) -> Response:
    """The page. Raise UsageError where there is no such table, or nothing of it is public; LimitError."""
    with request.app.state.desk.look() as look:
        table = one_table(look, request.path_params["name"])

        def made() -> Profile:
            with _SLOTS.taken():
                return profile(look.context, table, look.moment, LOOKING)

        given: dict[str, Any] = {"name": table.name, "found": None, "error": None, "columns": []}
        try:
            found = look.once(("profile", table.name), made)
        except MarketPulseError as error:
            return page(request, "profile.html", 400, title=f"Profile of {table.name}", **given | {"error": error})
        given |= {"found": found, "columns": [_told(each, found.rows) for each in found.columns]}
        return page(request, "profile.html", title=f"Profile of {table.name}", **given)


def _told(column: ColumnProfile, rows: int) -> Told:
    full = rows - column.empty
    low, high = ("" if value is None else _short(called(value, column.name)) for value in (column.low, column.high))
    top = [(_short(value), _percent(n, full)) for value, n in column.top]
    return Told(column, _percent(column.empty, rows), low, high, top)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
