"""An authored query in the SQL of an engine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp

from marketpulse.sql.dialect import Dialect
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.rewriting import rename_tables

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
    text = _translated(_Same(query), dialect, tuple(bound), pretty)
    for number, name in enumerate(bound.values()):
        text = text.replace(_VIEW.format(number), name)
    return text


class _Same:
    """A query that is the same only as itself, or as the same text: to compare trees takes as long as to write them."""

    def __init__(self, query: exp.Query | str) -> None:
        self.query = query

    def __hash__(self) -> int:
        return hash(self.query) if isinstance(self.query, str) else id(self.query)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Same):
            return NotImplemented
        return self.query is other.query or (isinstance(self.query, str) and self.query == other.query)


@lru_cache(maxsize=512)
def _translated(same: _Same, dialect: Dialect, names: tuple[str, ...], pretty: bool) -> str:
    """The SQL with a word for each view: a process that runs again and again writes its queries once."""
    return _written(same.query, dialect, {name: _VIEW.format(number) for number, name in enumerate(names)}, pretty)


def _written(query: exp.Query | str, dialect: Dialect, tables: Mapping[str, str], pretty: bool) -> str:
    tree: exp.Expr = (parse_query(query) if isinstance(query, str) else query).copy()
    return dialect.write(rename_tables(tree, tables), pretty=pretty)
