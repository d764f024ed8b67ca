"""Quarantine: why rows were kept out, since when, and the rows themselves; what is to be done leads to `acts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.charts.columns import ColumnChart, column_chart
from marketpulse.console.charts.spark import Spark
from marketpulse.console.checks import trend
from marketpulse.console.page import page
from marketpulse.console.rows import Rows, rows_of
from marketpulse.names import QUARANTINE
from marketpulse.serving.desk import Look
from marketpulse.serving.query import stream
from marketpulse.serving.rejected import seen
from marketpulse.silver import quarantine
from marketpulse.silver.quarantine import Filter
from marketpulse.sql import DUCKDB

_MOST, _DAYS = 50, 60
_COLUMNS = ("errors", "record_key", "raw_record", "first_seen_at", "table_name", "source_file", "source_row",
            "attempts", "status", "quarantine_id")  # fmt: skip
#: Reasons as sentences; in the table they are an array of JSON.
_TOLD = {
    "errors": "array_to_string(json_extract_string(errors, '$[*].message'), '; ') as errors",
    "first_seen_at": "strftime(first_seen_at, '%Y-%m-%d %H:%M') as first_seen_at",
}
_REASONS = f"""
    select table_name, source, rule, reason, day, count(*) as n from (
        select table_name, source, unnest(json_extract_string(errors, '$[*].rule')) as rule,
            unnest(json_extract_string(errors, '$[*].message')) as reason, first_seen_date as day
        from {QUARANTINE} where {{condition}}) as told
    group by all"""


@dataclass(frozen=True)
class Reason:
    """One reason of a table and feed: its rule, how many rows, since when, how that went, and the page of its rows."""

    table: str
    source: str
    rule: str
    text: str
    rows: int
    first: date
    last: date
    trend: Spark | None
    href: str


def show(request: Request) -> Response:
    """The page. Raise UsageError for a status that there is not."""
    given = request.query_params
    table, source, rule = (given.get(name) or None for name in ("table", "source", "rule"))
    where = Filter.of(table, source, rule, given.get("status") or "open")
    where.condition(DUCKDB)  # refuses a status that there is not
    with request.app.state.desk.look() as look:
        found: dict[str, Any] = {"where": where, "tabs": list(_tabs(where)), "without": list(_without(where))}
        found |= {"reasons": [], "rows": None, "days": None, "hides": False, "count": 0}
        if look.context.lake.find(QUARANTINE):
            days = _days(look, where)
            columns = _seen(look)
            found |= {"reasons": _reasons(look, where), "rows": _rows(look, where, columns)}
            found |= {"hides": "raw_record" not in columns, "count": sum(days.values()), "days": _chart(days)}
        return page(request, "quarantine.html", title="Quarantine", **found)


def address(where: Filter) -> str:
    """The page of some rows.

    >>> address(Filter("silver.lines", rule="type"))
    '/quarantine?status=open&table=silver.lines&rule=type'
    """
    given = {"status": where.status or "all", "table": where.table, "source": where.source, "rule": where.rule}
    return f"/quarantine?{urlencode({name: value for name, value in given.items() if value})}"


def _tabs(where: Filter) -> Iterator[tuple[str, str, bool]]:
    """(status, its page, whether it is this one)."""
    for status in (*quarantine.STATUSES, None):
        yield status or "all", address(replace(where, status=status)), status == where.status


def _without(where: Filter) -> Iterator[tuple[str, str, str]]:
    """What the rows are narrowed to: (of what, its name, the page without it)."""
    if where.table:
        yield "table", where.table, address(replace(where, table=None))
    if where.source:
        yield "feed", where.source, address(replace(where, source=None))
    if where.rule:
        yield "rule", where.rule, address(replace(where, rule=None))


def _reasons(look: Look, where: Filter) -> list[Reason]:
    """Every reason, most rows first. A row counts for each of its reasons; of a rule, only that one is told."""
    query = _REASONS.format(condition=where.condition(DUCKDB))
    table = look.once(("reasons", where), lambda: stream(look.context, query, moment=look.moment).read_all())
    found: dict[tuple[str, str, str, str], dict[date, int]] = {}
    for row in table.to_pylist():
        if where.rule in (None, row["rule"]):
            days = found.setdefault((row["table_name"], row["source"], row["rule"], row["reason"]), {})
            days[row["day"]] = row["n"]
    made = [_reason(where, *key, days) for key, days in found.items()]
    return sorted(made, key=lambda each: (-each.rows, each.text, each.table, each.source))


def _reason(where: Filter, table: str, source: str, rule: str, text: str, days: dict[date, int]) -> Reason:
    href = address(replace(where, table=table, source=source, rule=rule))
    return Reason(table, source, rule, text, sum(days.values()), min(days), max(days), trend(days), href)


def _seen(look: Look) -> list[str]:
    """Columns that whoever looks may see."""
    known = seen(look.context)
    return [name for name in _COLUMNS if name in known]


def _rows(look: Look, where: Filter, columns: list[str]) -> Rows:
    chosen = ", ".join(_TOLD.get(name, name) for name in columns)
    query = f"select {chosen} from {QUARANTINE} where {where.condition(DUCKDB)}"
    newest = f"{query} order by quarantine.first_seen_at desc, source_file, source_row limit {_MOST}"
    return look.once(("rejects", where), lambda: rows_of(look, newest, _MOST))


def _days(look: Look, where: Filter) -> dict[date, int]:
    """Rows by the day on which they landed first."""
    condition = where.condition(DUCKDB)
    query = f"select first_seen_date as d, count(*) as n from {QUARANTINE} where {condition} group by d order by d"
    table = look.once(("reject days", where), lambda: stream(look.context, query, moment=look.moment).read_all())
    return dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))


def _chart(days: dict[date, int]) -> ColumnChart | None:
    newest = list(days)[-_DAYS:]
    return column_chart(newest, [days[day] for day in newest], "rows kept out") if len(newest) > 1 else None
