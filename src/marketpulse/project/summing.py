"""Whether a metric adds up as it says: the analysis of models, over the query that a question would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.metrics.joins import SOURCE
from marketpulse.metrics.metric import CURRENCY, Measured
from marketpulse.metrics.rows import PERIOD, VALUE, Asked, facts
from marketpulse.sql.aggregating import adds_up
from marketpulse.sql.authored import name_of
from marketpulse.sql.places import Where
from marketpulse.sql.sums import Measure, Promise, judge

_PICKS = ("max", "max_by", "min", "min_by")
_SAY = "say unit: money and currency: <the column that holds it>, or filter one"
_OTHER = "currency names the column of this very amount; an amount in another one is another metric"
_ANEW = "ratio: {numerator, denominator}, two metrics of what it is made of, divides after adding up"
_KEEP = "keep one of them (where: …), or take a table at whose grain it adds up"


def wrong_sums(metric: Measured, promises: Mapping[str, Promise], where: Where) -> Iterator[DefinitionError]:
    """What is added and does not add up, amounts without their currency, and a say of `additive` that is not so."""
    whole = judge(facts(metric, Asked(apart=metric.unit == "money")), promises, where, {})
    for each in whole.problems:
        message = each.message.replace(f"`{SOURCE}`.", "").replace("`", "")
        yield DefinitionError(message, where=each.place, hint=_instead(metric, message))
    if whole.problems:
        return
    yield from _wrong_unit(metric, whole.measures.get(VALUE, Measure()), where)
    if metric.unit != "money" and (call := next(_picked(metric, promises[metric.source]), None)):
        what = f"picks one of amounts of several currencies, its unit is {metric.unit}"
        yield sql.refusal(what, _SAY, node=call, path=where)
    yield from _wrong_additive(metric, promises, where)


def _instead(metric: Measured, message: str) -> str:
    if "several currencies" in message:
        return _OTHER if metric.currency else _SAY
    # What adds up over nothing, such as an average, has no one to keep.
    return _ANEW if message.endswith("which does not add up") else _KEEP


def _picked(metric: Measured, promise: Promise) -> Iterator[exp.Expr]:
    """Calls that pick one of the amounts of a table."""
    for call in metric.expression.find_all(exp.Anonymous):
        of = call.expressions[0] if name_of(call) in _PICKS and call.expressions else None
        if isinstance(of, exp.Column) and promise.measures.get(of.name.lower(), Measure()).currency:
            yield call


def _wrong_unit(metric: Measured, found: Measure, where: Where) -> Iterator[DefinitionError]:
    if found.currency and metric.unit != "money":
        yield sql.refusal(f"is an amount, its unit is {metric.unit}", _SAY, node=metric.expression, path=where)
    said = metric.currency or ""
    if said.isupper() and (found.currency or "").isupper() and found.currency != said:
        yield sql.refusal(
            f"is an amount in {found.currency}, not in {said}",
            f"currency: {found.currency}",
            node=metric.expression,
            path=where,
        )
    if metric.unit == "money" and found.currency is None:
        what = f"is not known to be an amount in {metric.currency}"
        yield sql.refusal(what, "unit: money is what its contract gives a currency", node=metric.expression, path=where)


def _wrong_additive(metric: Measured, promises: Mapping[str, Promise], where: Where) -> Iterator[DefinitionError]:
    """Counts of distinct things, averages and their like: over what they do not add up."""
    if not metric.additive:
        return
    own = tuple(name for name, each in metric.dimensions.items() if each.entity is None)
    asked = Asked(grain="day" if metric.time else None, by=own, apart=CURRENCY not in own)
    found = judge(facts(metric, asked), promises, where, {}).measures.get(VALUE, Measure())
    is_distinct = found.additive is False
    if not is_distinct and not adds_up(metric.expression):
        yield sql.refusal(
            "does not add up, additive says it does", "additive: false", node=metric.expression, path=where
        )
    over = {metric.time if name == PERIOD else name for name in found.not_over} - set(metric.not_over)
    if is_distinct and (over or not found.not_over):
        told = ", ".join(sorted(name or "" for name in over)) or "anything"
        yield sql.refusal(
            f"does not add up over {told}", "additive: false, or {notOver: […]}", node=metric.expression, path=where
        )
