"""An authored query in the SQL of an engine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp

from marketpulse.sql.dialect import Dialect
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.rewriting import rename_tables
from marketpulse.sql.same import MOST, Same

#: Stands for the name of a view in what is remembered: no query has this word.
_VIEW = f"v{secrets.token_hex(8)}_{{}}_"


def translate(
    query: exp.Query | str, dialect: Dialect, tables: Mapping[str, str] | None = None, *, pretty: bool = False
) -> str:
    """SQL of `query` for an engine; `tables` says what each `layer.table` is bound as.

    >>> from marketpulse.sql import SPARK
    >>> translate("select dayofweek(d) as weekday from gold.calendar", SPARK, {"gold.calendar": "gold_calendar"})
    'SELECT DAYOFWEEK(d) AS weekday FROM `gold_calendar` AS calendar'
    """
    bound = tables or {}
    if not all(map(str.isidentifier, bound.values())):  # such a name is written as the dialect quotes it
        return _written(query, dialect, bound, pretty)
    text = _translated(Same(query), dialect, tuple(bound), pretty)
    for number, name in enumerate(bound.values()):
        text = text.replace(_VIEW.format(number), name)
    return text


@lru_cache(MOST)
def _translated(same: Same[exp.Query | str], dialect: Dialect, names: tuple[str, ...], pretty: bool) -> str:
    """The SQL with a word for each view: so it is the same the next time, when the views are others."""
    return _written(same.query, dialect, {name: _VIEW.format(number) for number, name in enumerate(names)}, pretty)


def _written(query: exp.Query | str, dialect: Dialect, tables: Mapping[str, str], pretty: bool) -> str:
    tree: exp.Expr = (parse_query(query) if isinstance(query, str) else query).copy()
    return dialect.write(rename_tables(tree, tables), pretty=pretty)
