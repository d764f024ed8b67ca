"""What an expression is certain to give, as far as its own text tells."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from marketpulse.sql.authored import name_of
from marketpulse.sql.function import FUNCTIONS, Gives

_THROUGH = (exp.Paren, exp.Neg, exp.Window, exp.Filter)


def is_double(node: exp.Expr) -> bool:
    """Whether `node` is certainly a double in DuckDB."""
    if isinstance(node, _THROUGH):
        return is_double(node.this)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return is_double(node.this) or is_double(node.expression)
    if isinstance(node, exp.Cast):
        return node.to.this in (exp.DType.DOUBLE, exp.DType.FLOAT)
    return isinstance(node, exp.Div) or _call_gives(node, "double", is_double)


def is_decimal(node: exp.Expr) -> bool:
    """Whether `node` is certainly a decimal."""
    if isinstance(node, _THROUGH):
        return is_decimal(node.this)
    if isinstance(node, exp.Cast):
        return bool(node.to.this == exp.DType.DECIMAL)
    if isinstance(node, exp.Literal):
        return bool(node.is_number)
    return _call_gives(node, "", is_decimal)


def is_text(node: exp.Expr) -> bool:
    """Whether `node` is certainly text."""
    if isinstance(node, exp.Paren):
        return is_text(node.this)
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.TEXT_TYPES
    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    return isinstance(node, exp.DPipe) or _call_gives(node, "text", is_text)


def is_whole(node: exp.Expr) -> bool:
    """Whether `node` is certainly an integer."""
    if isinstance(node, _THROUGH):
        return is_whole(node.this)
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.INTEGER_TYPES
    if isinstance(node, exp.Literal):
        return bool(node.is_int)
    # Not through coalesce and the like: what stands in for a whole number may be none.
    return isinstance(node, exp.Anonymous) and _gives(node) == "whole"


def _call_gives(node: exp.Expr, wanted: Gives, first: Callable[[exp.Expr], bool]) -> bool:
    """Whether `node` is a call that gives what is wanted, by itself or because its first argument is such."""
    if not isinstance(node, exp.Anonymous):
        return False
    found = _gives(node)
    return first(node.expressions[0]) if found == "same" else found != "" and found == wanted


def _gives(call: exp.Anonymous) -> Gives:
    entry = FUNCTIONS.get(name_of(call))
    return entry.gives if entry else ""
