"""What is certain of an expression as it is written, settings being values in the text."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from marketpulse.sql.authored import name_of

_CHANGES: dict[str, Callable[[str], str]] = {
    "btrim": str.strip,
    "lcase": str.lower,
    "lower": str.lower,
    "trim": str.strip,
    "ucase": str.upper,
    "upper": str.upper,
}


def text_of(node: exp.Expr) -> str | None:
    """The text that an expression is in every row; None where it is not written there."""
    if isinstance(node, exp.Literal):
        return str(node.this) if node.is_string else None
    if isinstance(node, exp.Paren):
        return text_of(node.this)
    change = _CHANGES.get(name_of(node)) if isinstance(node, exp.Anonymous) and len(node.expressions) == 1 else None
    text = text_of(node.expressions[0]) if change else None
    return change(text) if change and text is not None else None


def written(condition: exp.Expr) -> bool | None:
    """Whether a comparison of two texts that stand there holds; None for any other condition."""
    if isinstance(condition, exp.Paren):
        return written(condition.this)
    if not isinstance(condition, exp.EQ | exp.NEQ):
        return None
    one, other = text_of(condition.this), text_of(condition.expression)
    return None if one is None or other is None else (one == other) == isinstance(condition, exp.EQ)


def is_null(node: exp.Expr) -> bool:
    """Whether an expression is certainly null."""
    if isinstance(node, exp.Paren | exp.Cast):
        return is_null(node.this)
    if isinstance(node, exp.Anonymous) and name_of(node) == "nullif" and len(node.expressions) == 2:
        one, other = map(text_of, node.expressions)
        return one is not None and one == other
    return isinstance(node, exp.Null)
