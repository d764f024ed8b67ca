"""What is certain of an expression as it is written, settings being values in the text."""

from __future__ import annotations

from sqlglot import exp

from marketpulse.sql.authored import name_of


def written(condition: exp.Expr) -> bool | None:
    """Whether a comparison of two texts that stand there holds; None for any other condition."""
    if isinstance(condition, exp.Paren):
        return written(condition.this)
    if not isinstance(condition, exp.EQ | exp.NEQ) or not _are_texts(condition.this, condition.expression):
        return None
    are_equal = bool(condition.this == condition.expression)
    return are_equal == isinstance(condition, exp.EQ)


def is_null(node: exp.Expr) -> bool:
    """Whether an expression is certainly null."""
    if isinstance(node, exp.Paren | exp.Cast):
        return is_null(node.this)
    if isinstance(node, exp.Anonymous) and name_of(node) == "nullif" and len(node.expressions) == 2:
        one, other = node.expressions
        return _are_texts(one, other) and bool(one == other)
    return isinstance(node, exp.Null)


def _are_texts(*nodes: exp.Expr) -> bool:
    return all(isinstance(node, exp.Literal) and node.is_string for node in nodes)
