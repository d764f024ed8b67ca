"""Rows that break a rule which only warns: how many now, and how many after each of the last runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marketpulse.console.charts.spark import Spark, spark
from marketpulse.errors import UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.project.contract import Contract
from marketpulse.run.rules import told
from marketpulse.serving.desk import Look
from marketpulse.serving.query import Moment
from marketpulse.serving.status import SnapshotStatus, breaking
from marketpulse.units import plural

#: Runs that are looked back at: each is a query over the table as it was.
_RUNS = 8


@dataclass(frozen=True)
class Broken:
    """Rows that break one rule now, a query that shows some of them, and what it was after each of the last runs."""

    rows: int
    query: str
    words: str
    trend: Spark | None


def broken(look: Look, contract: Contract | None, snapshots: Sequence[SnapshotStatus]) -> dict[str, Broken]:
    """Each rule of a row that warns, also one that no row breaks; nothing of a table without rows or such rules.

    The counts are of the whole table, as each run left it: what maintenance has expired is not among them.
    """
    table = look.context.lake.find(contract.name) if contract and contract.row_rules("warn") else None
    if contract is None or table is None or not table.snapshot_id or not look.moment.shows(table):
        return {}
    kept = _runs(look, table, snapshots)
    return look.once(("broken", contract.name), lambda: _over(look, contract, kept))


def _runs(look: Look, table: LakeTable, snapshots: Sequence[SnapshotStatus]) -> list[SnapshotStatus]:
    """The last commits of runs, up to the one that is looked at."""
    seen = look.moment.snapshot(table)
    until = next((n for n, each in enumerate(snapshots) if each.snapshot_id == seen), len(snapshots) - 1)
    return [each for each in snapshots[: until + 1] if each.batch_id][-_RUNS:]


def _over(look: Look, contract: Contract, snapshots: Sequence[SnapshotStatus]) -> dict[str, Broken]:
    now = _counts(look, contract, look.moment)
    moments = [(each, replace(look.moment, as_of=str(each.snapshot_id))) for each in snapshots]
    before = [(each, _counts(look, contract, moment)) for each, moment in moments]
    queries = told(contract, now)
    found: dict[str, Broken] = {}
    for rule, rows in now.items():
        known = [(each, counts[rule]) for each, counts in before if rule in counts]
        texts = [f"{plural(count, 'row')} at {each.committed_at:%Y-%m-%d %H:%M} UTC" for each, count in known]
        trend = spark([count for _, count in known], texts, [True] * len(known))
        found[rule] = Broken(rows, queries[rule].query, ", ".join(texts), trend)
    return found


def _counts(look: Look, contract: Contract, moment: Moment) -> dict[str, int]:
    """The counts as of a moment; none of a rule that reads a column which was not there yet."""
    rules = contract.row_rules("warn")
    try:
        return breaking(look.context, contract, moment)
    except UsageError:
        alone = [replace(contract, rules=(rule,)) for rule in rules] if len(rules) > 1 else []
        return {rule: rows for each in alone for rule, rows in _counts(look, each, moment).items()}
