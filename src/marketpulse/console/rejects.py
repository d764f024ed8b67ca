"""Quarantine: why rows were kept out, when, and the rows themselves with what a replay would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.charts.columns import ColumnChart, column_chart
from marketpulse.console.page import page
from marketpulse.console.rows import Rows, rows_of
from marketpulse.errors import UsageError
from marketpulse.names import QUARANTINE
from marketpulse.serving.desk import Look
from marketpulse.serving.query import stream
from marketpulse.serving.rejected import seen
from marketpulse.silver import quarantine
from marketpulse.sql import DUCKDB

_MOST, _DAYS = 50, 60
_COLUMNS = ("first_seen_at", "table_name", "source", "source_file", "source_row", "errors", "record_key", "raw_record",
            "attempts", "quarantine_id")  # fmt: skip
_ALL = "all"
#: Reasons as sentences; in the table they are an array of JSON.
_TOLD = "array_to_string(json_extract_string(errors, '$[*].message'), '; ') as errors"


@dataclass(frozen=True)
class Asked:
    """Which rows: of a table, of a feed, of a status; anything where empty."""

    table: str
    source: str
    status: str

    @property
    def condition(self) -> str:
        """As SQL of the reader of people's queries."""
        given = {"table_name": self.table, "source": self.source, "status": "" if self.status == _ALL else self.status}
        return " and ".join(f"{name} = {DUCKDB.text(value)}" for name, value in given.items() if value) or "true"


def show(request: Request) -> Response:
    """The page. Raise UsageError for a status that there is not."""
    given = request.query_params
    asked = Asked(given.get("table", ""), given.get("source", ""), given.get("status") or "open")
    if asked.status not in (*quarantine.STATUSES, _ALL):
        hint = "one of " + ", ".join((*quarantine.STATUSES, _ALL))
        raise UsageError(f"unknown status {asked.status[:40]!r}", hint=hint)
    with request.app.state.desk.look() as look:
        found: dict[str, Any] = {"asked": asked, "statuses": (*quarantine.STATUSES, _ALL)}
        found |= {"reasons": _reasons(look, asked), "rows": None, "days": None, "hides": False}
        if look.context.lake.find(QUARANTINE):
            columns = _seen(look)
            hides = "raw_record" not in columns
            found |= {"rows": _rows(look, asked, columns), "days": _days(look, asked), "hides": hides}
        return page(request, "quarantine.html", title="Quarantine", **found)


def _reasons(look: Look, asked: Asked) -> list[tuple[str, str, str, str, int]]:
    """(table, feed, status, reason, rows), most rows first."""

    def found() -> list[tuple[str, str, str, str, int]]:
        with look.busy:
            return quarantine.overview(look.context, quarantine.Filter(status=None))

    kept = look.once("reasons", found)
    wanted: Mapping[int, str] = {0: asked.table, 1: asked.source, 2: "" if asked.status == _ALL else asked.status}
    return [row for row in kept if all(not value or row[n] == value for n, value in wanted.items())]


def _seen(look: Look) -> list[str]:
    """Columns that whoever looks may see."""
    known = seen(look.context)
    return [name for name in _COLUMNS if name in known]


def _rows(look: Look, asked: Asked, columns: list[str]) -> Rows:
    chosen = ", ".join(_TOLD if name == "errors" else name for name in columns)
    query = f"select {chosen} from {QUARANTINE} where {asked.condition}"
    newest = f"{query} order by first_seen_at desc, source_file, source_row limit {_MOST}"
    return look.once(("rejects", asked), lambda: rows_of(look, newest, _MOST))


def _days(look: Look, asked: Asked) -> ColumnChart | None:
    """Rows by the day on which they landed first."""
    query = (
        f"select first_seen_date as d, count(*) as n from {QUARANTINE} where {asked.condition} group by d order by d"
    )
    table = look.once(("reject days", asked), lambda: stream(look.context, query, moment=look.moment).read_all())
    days, counts = (table.column(n).to_pylist()[-_DAYS:] for n in range(2))
    return column_chart(days, counts, "rows kept out") if len(days) > 1 else None
