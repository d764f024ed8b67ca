"""A mapping that goes on where a value cannot be computed, and says of which row and of what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from marketpulse.sql.authored import STOPS, TRIED
from marketpulse.sql.carrying import steps_of
from marketpulse.sql.dialect import Dialect
from marketpulse.sql.same import MOST, Same

_MARK = "_unfit_{}"
#: The name of what is no column.
_FILTER = "where"


@dataclass(frozen=True)
class Unfit:
    """What may be impossible to compute: rows where `mark` is `name`. `column` is the table's, None for a step's."""

    mark: str
    name: str
    column: str | None


def tolerant(query: exp.Query, table: str, dialect: Dialect) -> tuple[exp.Query, tuple[Unfit, ...]]:
    """A row-wise mapping of `table` whose values are null where an engine stops at them.

    It gives also the marks of what it returns. A row that the filter stops at is not filtered. It is shared, as that of
    `carry`.

    >>> from marketpulse.sql import DUCKDB, parse
    >>> found, unfit = tolerant(parse("select n * 2 as n from bronze.web"), "bronze.web", DUCKDB)
    >>> found.sql("spark"), unfit[0].name
    ("SELECT _TRIED(n * 2) AS n, CASE WHEN _STOPS(n * 2) THEN 'n' END AS _unfit_0 FROM bronze.web", 'n')
    """
    return _tolerant(Same(query), table, dialect)


@lru_cache(MOST)
def _tolerant(same: Same[exp.Query], table: str, dialect: Dialect) -> tuple[exp.Query, tuple[Unfit, ...]]:
    copy = same.query.copy()
    found: list[Unfit] = []
    steps, _ = steps_of(copy, table)
    for number, select in enumerate(steps):
        mark = _MARK.format(number)
        names = _mark(select, mark, dialect)
        found += [Unfit(mark, name, name if number == 0 and name != _FILTER else None) for name in names]
        for outer in steps[:number] if names else ():
            if not any(isinstance(column, exp.Star) for column in outer.expressions):
                outer.append("expressions", exp.column(mark))
    return copy, tuple(found)


def _mark(select: exp.Select, mark: str, dialect: Dialect) -> list[str]:
    """Replace what may stop in one step, and give the step a column that says what did. Names of all that may."""
    doubted: dict[str, exp.Expr] = {}
    for column in select.expressions:
        value = column.unalias()
        if isinstance(column, exp.Alias) and dialect.may_stop(value):
            doubted[column.alias] = value.copy()
            column.set("this", _call(TRIED, value))
    where = select.args.get("where")
    if where is not None and dialect.may_stop(where.this):
        doubted[_FILTER] = exp.Paren(this=where.this.copy())
        kept = _call(STOPS, where.this)
        where.set("this", exp.Or(this=_call(TRIED, where.this), expression=kept))
    if doubted:
        whens = [exp.If(this=_call(STOPS, value), true=exp.Literal.string(name)) for name, value in doubted.items()]
        select.append("expressions", exp.alias_(exp.Case(ifs=whens), mark))
    return list(doubted)


def _call(name: str, value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[value.copy()])
