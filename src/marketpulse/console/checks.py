"""Checks of a table over time: what each load kept out, and which rule since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from marketpulse.console.charts.columns import ColumnChart, column_chart
from marketpulse.console.charts.spark import Spark, spark
from marketpulse.names import QUARANTINE
from marketpulse.serving.desk import Look
from marketpulse.serving.query import stream
from marketpulse.serving.status import SnapshotStatus
from marketpulse.sql import DUCKDB

_DAYS = 90
_BY_RULE = f"""
    select rule, day, count(*) as n from (
        select unnest(json_extract_string(errors, '$[*].rule')) as rule, first_seen_date as day
        from {QUARANTINE} where table_name = {{table}}) as told
    group by all"""


@dataclass(frozen=True)
class Kept:
    """Rows that one rule has kept out of a table, whatever became of them: how many, and how that went by day."""

    rows: int
    trend: Spark | None


@dataclass(frozen=True)
class Checks:
    """Rows kept out by the day of the load, and by rule."""

    by_day: ColumnChart | None
    by_rule: dict[str, Kept]


def checks(look: Look, table: str, snapshots: Sequence[SnapshotStatus]) -> Checks:
    """What the checks of a table have kept out, as its snapshots and the quarantine say."""
    return Checks(_by_day(snapshots), look.once(("checks", table), lambda: _by_rule(look, table)))


def _by_day(snapshots: Sequence[SnapshotStatus]) -> ColumnChart | None:
    """A column each day of a load; none where every load was of one day, or nothing was kept out."""
    found: dict[date, int] = {}
    for snapshot in snapshots:
        counts = [int(n) for key, n in snapshot.summary.items() if key.endswith(".rows-quarantined")]
        if counts:
            day = snapshot.committed_at.date()
            found[day] = found.get(day, 0) + sum(counts)
    days = sorted(found)[-_DAYS:]
    counts = [found[day] for day in days]
    return column_chart(days, counts, "rows kept out") if len(days) > 1 and any(counts) else None


def _by_rule(look: Look, table: str) -> dict[str, Kept]:
    if look.context.lake.find(QUARANTINE) is None:
        return {}
    told = stream(look.context, _BY_RULE.format(table=DUCKDB.text(table)), moment=look.moment).read_all()
    found: dict[str, dict[date, int]] = {}
    for row in told.to_pylist():
        found.setdefault(row["rule"], {})[row["day"]] = row["n"]
    return {rule: Kept(sum(days.values()), trend(days)) for rule, days in found.items()}


def trend(counts: dict[date, int]) -> Spark | None:
    """How a count went, day by day, those without one as none."""
    first, last = min(counts), max(counts)
    days = [last - timedelta(n) for n in range(min((last - first).days + 1, _DAYS))][::-1]
    numbers = [counts.get(day, 0) for day in days]
    words = [f"{number:,} on {day}" for number, day in zip(numbers, days, strict=True)]
    return spark(numbers, words, [True] * len(days))
