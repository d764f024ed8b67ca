"""A metric of the rows of one gold table, held to what the contract of the table says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import DefinitionError, Problems
from marketpulse.metrics.metric import Dimension, Measured
from marketpulse.project.contract import Contract
from marketpulse.project.dimensions import dimensions_of
from marketpulse.project.metricfile import MetricModel
from marketpulse.project.metricwords import words
from marketpulse.project.odcs import NotOverModel
from marketpulse.project.summing import wrong_sums
from marketpulse.project.table import Table
from marketpulse.project.things import Things, column_of, table_of
from marketpulse.project.yamlfile import Location, YamlFile
from marketpulse.sql.aggregating import parsed_aggregate, row_columns
from marketpulse.sql.authored import name_of
from marketpulse.sql.places import Where
from marketpulse.sql.sums import Promise

#: What is unknown exactly where one of its parts is.
_PLAIN = (exp.Column, exp.Identifier, exp.Literal, exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren)
_NEEDED = {"expression": "for example sum(quantity)", "additive": "true, false or {notOver: [columns]}"}


@dataclass(frozen=True)
class Around:
    """What a metric is read with: the sound tables, what their numbers are, entities and calendar."""

    tables: Mapping[str, Table]
    promises: Mapping[str, Promise]
    things: Things


def measured(file: YamlFile, at: Location, model: MetricModel, around: Around) -> Measured:
    """The metric. Raise DefinitionError for all that is wrong with it."""
    problems = Problems(_missing(file, at, model))
    problems.stop()
    contract = table_of(file, (*at, "source"), model.source or "", around.tables)
    where = inside = file.text_at((*at, "expression"))
    expression: exp.Expr = exp.Null()
    tree: exp.Expr | None = None
    with problems.told():
        parsed, inside = parsed_aggregate(model.expression or "", where)
        problems.add(_unknown_columns(parsed, contract, inside))
        expression = _known_or_nothing(parsed, around.promises[contract.name], contract)
    with problems.told():
        tree = _condition(file, at, model, contract)
    problems.add(_wrong_fields(file, at, model, contract))
    with problems.told():
        _check_days(file, at, model, around.tables)
    dimensions: dict[str, Dimension] = {}
    with problems.told():
        dimensions = dimensions_of(file, at, model, contract, around.things)
    problems.stop()
    not_over = tuple(model.additive.notOver) if isinstance(model.additive, NotOverModel) else ()
    calendar = around.things.calendar if model.time else None
    found = Measured(
        **words(model, where), dimensions=dimensions, source=contract.name, time=model.time, until=model.until,
        days=model.days, expression=expression, where=tree, currency=model.currency, additive=bool(model.additive),
        not_over=not_over, calendar=calendar,
        is_zero=_is_zero(model, expression) and _is_never_null(expression, contract),
    )  # fmt: skip
    problems.add(wrong_sums(found, around.promises, inside))
    problems.stop()
    return found


def _condition(file: YamlFile, at: Location, model: MetricModel, contract: Contract) -> exp.Expr | None:
    """Which rows count; None for all. Raise DefinitionError for what is no condition of them."""
    if model.where is None:
        return None
    origin = file.text_at((*at, "where"))
    sql.check_condition(model.where, contract.types, origin)
    return sql.parsed_condition(model.where, origin)[0]


def _missing(file: YamlFile, at: Location, model: MetricModel) -> Iterator[DefinitionError]:
    if model.source is None:
        yield file.error(
            "has neither a source nor a ratio", at, "source: gold.<table>, or ratio: {numerator, denominator}"
        )
        return
    for name, hint in _NEEDED.items():
        if getattr(model, name) is None:
            yield file.error(f"says no {name}", at, hint)
    if model.unit == "money" and model.currency is None:
        yield file.error("is money and says no currency", at, "currency: <the column that holds it>, or a code")


def _check_days(file: YamlFile, at: Location, model: MetricModel, tables: Mapping[str, Table]) -> None:
    """Raise DefinitionError where what is to say whether the newest day is over is no column of days of a table."""
    if model.days is None:
        return
    place = (*at, "days")
    if model.until is None:
        raise file.error("says days and no until", place, "until: <the newest day of which a row tells>")
    source, _, column = model.days.rpartition(".")
    kind = column_of(file, place, column, table_of(file, place, source, tables)).type
    if kind != "date":
        raise file.error(f"days names {model.days}, which is a {kind}", place, "gold.<table>.<a date>")


def _wrong_fields(file: YamlFile, at: Location, model: MetricModel, contract: Contract) -> Iterator[DefinitionError]:
    """Columns that are not there, a time that is no day, a currency that is none."""
    problems = Problems()
    for field, name in (("time", model.time), ("until", model.until)):
        with problems.told():
            kind = column_of(file, (*at, field), name, contract).type if name is not None else "date"
            if kind != "date":
                raise file.error(f"{field} names {name}, which is a {kind}", (*at, field), "a day of a table: a date")
    if model.until is not None and model.time is None:
        problems.add([file.error("says until and no time", (*at, "until"), "time: <the day that a row is of>")])
    if model.currency is not None and not model.currency.isupper():
        with problems.told():
            kind = column_of(file, (*at, "currency"), model.currency, contract).type
            if kind != "string":
                raise file.error(f"currency names {model.currency}, which is a {kind}", (*at, "currency"))
    for name in model.additive.notOver if isinstance(model.additive, NotOverModel) else ():
        with problems.told():
            column_of(file, (*at, "additive", "notOver"), name, contract)
    yield from problems.errors


def _unknown_columns(tree: exp.Expr, contract: Contract, where: Where) -> Iterator[DefinitionError]:
    for column in row_columns(tree):
        if column.table or column.name.lower() not in contract.types:
            close = get_close_matches(column.name.lower(), contract.types, n=1)
            hint = f"did you mean {close[0]}?" if close else f"{contract.name} has " + ", ".join(contract.types)
            yield sql.refusal(f"there is no column {column.sql('spark')}", hint, node=column, path=where)


def _known_or_nothing(tree: exp.Expr, promise: Promise, contract: Contract) -> exp.Expr:
    """The expression; a sum of an amount that may be unknown is unknown where one of them is."""
    optional = {column.name for column in contract.columns if not column.required and column.name not in contract.key}
    amounts = {name for name, said in promise.measures.items() if said.currency and name in optional}
    whole = exp.Paren(this=tree.copy())
    for call in list(whole.find_all(exp.Anonymous)):
        group = call.parent if isinstance(call.parent, exp.Filter) else call
        if _may_lack(call, amounts) and not isinstance(group.parent, exp.Case | exp.If):
            rows, there = (_counted(each, group) for each in (exp.Star(), call.expressions[0].copy()))
            complete = exp.EQ(this=rows, expression=there)
            group.replace(exp.Case(ifs=[exp.If(this=complete, true=group.copy())]))
    known: exp.Expr = whole.this
    return known


def _may_lack(call: exp.Anonymous, amounts: set[str]) -> bool:
    """Whether a call adds up such an amount, or what is computed from one and says nothing of an unknown one."""
    if name_of(call) != "sum" or len(call.expressions) != 1:
        return False
    of = call.expressions[0]
    is_plain = all(isinstance(node, _PLAIN) for node in of.walk())
    return is_plain and any(column.name.lower() in amounts for column in row_columns(of))


def _counted(of: exp.Expr, group: exp.Expr) -> exp.Expr:
    """A count over the rows that a group takes."""
    count = exp.Anonymous(this="count", expressions=[of])
    return exp.Filter(this=count, expression=group.expression.copy()) if isinstance(group, exp.Filter) else count


def _is_zero(model: MetricModel, tree: exp.Expr) -> bool:
    """Whether no rows are a 0: what adds up over days, and a count of days up to which all is told."""
    counts = isinstance(tree, exp.Anonymous) and name_of(tree) == "count"
    return model.unit == "count" and (bool(model.additive) or bool(model.until and counts))


def _is_never_null(tree: exp.Expr, contract: Contract) -> bool:
    """Whether all that an expression reads is there in every row."""
    there = {column.name for column in contract.columns if column.required or column.name in contract.key}
    return all(column.name.lower() in there for column in row_columns(tree))
