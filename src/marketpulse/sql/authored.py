"""The dialect that models are written in: Spark SQL, its functions kept as the author wrote them.

SQLGlot's own Spark dialect turns a call into what it takes it for (`date_sub` becomes an addition),
and prints something else. Here each call stays a plain call, so that Spark runs what the author wrote,
the allow-list sees its real name, and DuckDB's form of it comes from one table (`functions`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.parsers.spark import SparkParser

#: Mark of a column that is null or valid JSON, so that nobody need check it again.
VALID_JSON = "valid_json"
#: Calls that no author writes: a value, null where an engine stops at it; and whether it does.
TRIED, STOPS = "_tried", "_stops"


class AuthoredParser(SparkParser):
    """Spark's grammar without SQLGlot's opinion of what a function means."""

    STRICT_CAST = True
    FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
    FUNCTION_PARSERS = {name: SparkParser.FUNCTION_PARSERS[name] for name in ("CAST", "TRY_CAST", "EXTRACT")}
    NO_PAREN_FUNCTION_PARSERS = {"CASE": SparkParser.NO_PAREN_FUNCTION_PARSERS["CASE"]}
    FUNCTIONS_WITH_ALIASED_ARGS: ClassVar[set[str]] = set()


class Authored(Spark):
    """Spark SQL as authors write it."""

    Parser = AuthoredParser


def is_parameter(column: exp.Column) -> bool:
    """Whether what looks like a column is a parameter of a lambda around it."""
    name = column.parts[0].name
    node = column.find_ancestor(exp.Lambda)
    while node is not None:
        if any(parameter.name == name for parameter in node.expressions):
            return True
        node = node.find_ancestor(exp.Lambda)
    return False


def name_of(call: exp.Expr) -> str:
    """Name of a function call, in lower case."""
    return call.name.lower()
