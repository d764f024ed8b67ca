"""Metrics for analysts in Redshift: a view each, a row a day and currency.

A metric whose functions Redshift has otherwise has no view.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlglot
from sqlglot import exp

from marketpulse.errors import UsageError
from marketpulse.metrics.daily import by_day
from marketpulse.metrics.metric import Metric
from marketpulse.project.contract import Contract
from marketpulse.serving.masking import shown
from marketpulse.serving.redshift.access import Place
from marketpulse.serving.redshift.names import name, text

#: Functions that Redshift has under the same name, with the same meaning; the others here are rewritten.
_SAME = {"avg", "coalesce", "count", "max", "min", "nullif", "sum"}
_REWRITTEN = {"count_if", "try_divide"}


def metric_views(place: Place, metrics: Mapping[str, Metric], copied: Sequence[Contract]) -> Iterator[list[str]]:
    """Statements that replace the view of each metric that Redshift can compute from what is `copied` there."""
    seen = {contract.name: {column.name for column in shown(contract)} for contract in copied}
    hidden = {contract.name: {*contract.types} - seen[contract.name] for contract in copied}
    for metric in metrics.values():
        query = _query(place, metric, hidden)
        if query is not None:
            target = f"{place.copies}.{name(f'metric_{metric.name}')}"
            yield [
                f"drop view if exists {target}",
                f"create view {target} as {query} with no schema binding",
                f"comment on view {target} is {text(metric.description)}",
                f"grant select on {target} to group {place.analysts}, group {place.stewards}",
            ]


def _query(place: Place, metric: Metric, hidden: Mapping[str, set[str]]) -> str | None:
    """The metric by day, in Redshift's SQL over the copies; None where they lack a table or a column of it."""
    try:
        tree = by_day(metric)
    except UsageError:
        return None
    read = {f"{table.db}.{table.name}" for table in tree.find_all(exp.Table) if table.db}
    lacking = {column for table in read & {*hidden} for column in hidden[table]}
    if not read <= {*hidden} or lacking & {column.name for column in tree.find_all(exp.Column)}:
        return None
    calls = {call.name.lower() for call in tree.find_all(exp.Anonymous)}
    if calls - _SAME - _REWRITTEN:
        return None
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.lower() in _REWRITTEN:
            call.replace(_rewritten(call))
    for table in tree.find_all(exp.Table):
        if table.db:
            table.set("db", exp.to_identifier(place.copies.strip('"')))
    found = sqlglot.parse_one(tree.sql("spark"), read="spark")
    for cast in reversed(list(found.find_all(exp.TryCast))):  # what is cast here always fits
        cast.replace(exp.Cast(this=cast.this.copy(), to=cast.to.copy()))
    return str(found.sql("redshift"))


def _rewritten(call: exp.Anonymous) -> exp.Expr:
    if call.name.lower() == "count_if":
        met = exp.Case(ifs=[exp.If(this=call.expressions[0].copy(), true=exp.Literal.number(1))])
        return exp.Anonymous(this="count", expressions=[met])
    above, below = (each.copy() for each in call.expressions)
    return exp.Div(this=above, expression=exp.Anonymous(this="nullif", expressions=[below, exp.Literal.number(0)]))
