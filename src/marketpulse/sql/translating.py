"""An authored query in the SQL of an engine."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from marketpulse.sql.dialect import Dialect
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.rewriting import rename_tables


def translate(
    query: exp.Query | str, dialect: Dialect, tables: Mapping[str, str] | None = None, *, pretty: bool = False
) -> str:
    """SQL of `query` for an engine; `tables` says what each `layer.table` is bound as.

    >>> from marketpulse.sql import SPARK
    >>> translate("select dayofweek(d) as weekday from gold.calendar", SPARK, {"gold.calendar": "gold_calendar"})
    'SELECT DAYOFWEEK(d) AS weekday FROM `gold_calendar` AS calendar'
    """
    tree: exp.Expr = (parse_query(query) if isinstance(query, str) else query).copy()
    return dialect.write(rename_tables(tree, tables or {}), pretty=pretty)
