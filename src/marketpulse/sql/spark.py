"""Writes an authored tree as the Spark SQL that runs: what the author wrote, without numbers that wrap around.

Spark (ANSI off, which the lenient reading of text needs) lets whole numbers overflow silently. Here such a result
is null, which rules can see.
"""

from __future__ import annotations

from sqlglot import exp

from marketpulse.sql.dialect import name_of
from marketpulse.sql.kinds import is_double, is_text, is_whole

_SAFE: dict[type[exp.Expr], str] = {exp.Add: "try_add", exp.Sub: "try_subtract", exp.Mul: "try_multiply"}
_SMALL = (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT)


def spark_text(tree: exp.Expr, *, pretty: bool = False) -> str:
    """Spark's text of an authored tree.

    >>> from marketpulse.sql import parse
    >>> spark_text(parse("select sum(a * 2) as b, cast('7' as bigint) as c from gold.x"))
    "SELECT TRY_SUM(TRY_MULTIPLY(a, 2)) AS b, CAST('7' AS BIGINT) AS c FROM gold.x"
    """
    root = exp.Paren(this=tree.copy())
    for node in reversed(list(root.this.walk())):
        safe = _safe(node)
        if safe is not node:
            node.replace(safe)
    return str(root.this.sql("spark", pretty=pretty, comments=False))


def _safe(node: exp.Expr) -> exp.Expr:
    name = _SAFE.get(type(node))
    if name and _may_overflow(node):
        return exp.Anonymous(this=name, expressions=[node.this.copy(), node.expression.copy()])
    if isinstance(node, exp.Anonymous) and name_of(node) == "sum":
        return exp.Anonymous(this="try_sum", expressions=[e.copy() for e in node.expressions])
    if type(node) is exp.Cast:
        return _whole(node)
    return node


def _may_overflow(node: exp.Expr) -> bool:
    sides = (node.this, node.expression)
    if any(isinstance(side, exp.Interval) for side in sides) or all(isinstance(side, exp.Literal) for side in sides):
        return False
    return not is_double(node)


def _whole(node: exp.Cast) -> exp.Expr:
    """A cast to a whole number: null for what does not fit."""
    operand, kind = node.this, node.to.this
    if kind in _SMALL:
        return exp.TryCast(this=_long(operand), to=node.to.copy(), safe=True)
    return _long(operand) if kind == exp.DType.BIGINT else node


def _long(operand: exp.Expr) -> exp.Expr:
    plain = exp.cast(operand.copy(), "bigint")
    if is_text(operand) or is_whole(operand):
        return plain
    # The optimizer knows the type of the operand and keeps one branch; text is read as Spark's cast reads it.
    kind = exp.Anonymous(this="typeof", expressions=[operand.copy()])
    checked = exp.TryCast(this=operand.copy(), to=exp.DataType.build("bigint"), safe=True)
    return exp.Anonymous(
        this="if", expressions=[exp.EQ(this=kind, expression=exp.Literal.string("string")), plain, checked]
    )
