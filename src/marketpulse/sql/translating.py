"""An authored query in the SQL of an engine."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from marketpulse.sql.duckdb import Target
from marketpulse.sql.functions import UnsupportedError
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.places import refusal
from marketpulse.sql.rewriting import expand_laterals, rename_tables
from marketpulse.sql.spark import spark_text


def translate(
    query: exp.Query | str, dialect: str, tables: Mapping[str, str] | None = None, *, pretty: bool = False
) -> str:
    """SQL of `query` for `duckdb` or `spark`; `tables` says what each `layer.table` is bound as.

    >>> translate("select dayofweek(d) as weekday from gold.calendar", "spark", {"gold.calendar": "gold_calendar"})
    'SELECT DAYOFWEEK(d) AS weekday FROM `gold_calendar` AS calendar'
    """
    tree: exp.Expr = (parse_query(query) if isinstance(query, str) else query).copy()
    return write(rename_tables(tree, tables or {}), dialect, pretty=pretty)


def write(tree: exp.Expr, dialect: str, *, pretty: bool = False) -> str:
    """Text of a tree that may be changed."""
    if dialect == "spark":
        return spark_text(tree, pretty=pretty)
    try:
        return expand_laterals(tree).sql(Target, pretty=pretty, comments=False, copy=False)
    except UnsupportedError as error:
        raise refusal(str(error), error.hint) from None
