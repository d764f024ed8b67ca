"""What an expression is certain to give, as far as its own text tells."""

from __future__ import annotations

from sqlglot import exp

from marketpulse.sql.dialect import name_of

_TEXT = {
    "concat", "concat_ws", "date_format", "from_unixtime", "get_json_object", "initcap", "lower", "lpad", "ltrim",
    "md5", "regexp_extract", "regexp_replace", "repeat", "replace", "rpad", "rtrim", "sha2", "split_part", "substr",
    "substring", "translate", "trim", "upper", "left", "right", "parse_url",
}  # fmt: skip
_WHOLE = {"count", "count_if", "datediff", "timestampdiff", "length", "size", "year", "month", "day", "row_number"}
_DOUBLE = {
    "avg", "mean", "percentile", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "sqrt",
    "exp", "ln", "log", "log10", "pow", "power", "try_divide", "median",
}  # fmt: skip
_SAME = {"nullif", "coalesce", "ifnull", "nvl"}


def is_double(node: exp.Expr) -> bool:
    """Whether `node` is certainly a double in DuckDB."""
    if isinstance(node, exp.Paren | exp.Neg | exp.Window | exp.Filter):
        return is_double(node.this)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return is_double(node.this) or is_double(node.expression)
    if isinstance(node, exp.Cast):
        return node.to.this in (exp.DType.DOUBLE, exp.DType.FLOAT)
    if isinstance(node, exp.Anonymous) and name_of(node) in _SAME:
        return is_double(node.expressions[0])
    return isinstance(node, exp.Div) or (isinstance(node, exp.Anonymous) and name_of(node) in _DOUBLE)


def is_decimal(node: exp.Expr) -> bool:
    """Whether `node` is certainly a decimal."""
    if isinstance(node, exp.Paren | exp.Neg | exp.Window | exp.Filter):
        return is_decimal(node.this)
    if isinstance(node, exp.Cast):
        return bool(node.to.this == exp.DType.DECIMAL)
    if isinstance(node, exp.Literal):
        return bool(node.is_number)
    return isinstance(node, exp.Anonymous) and name_of(node) in _SAME and is_decimal(node.expressions[0])


def is_text(node: exp.Expr) -> bool:
    """Whether `node` is certainly text."""
    if isinstance(node, exp.Paren):
        return is_text(node.this)
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.TEXT_TYPES
    if isinstance(node, exp.Anonymous) and name_of(node) in _SAME:
        return is_text(node.expressions[0])
    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    return isinstance(node, exp.DPipe) or (isinstance(node, exp.Anonymous) and name_of(node) in _TEXT)


def is_whole(node: exp.Expr) -> bool:
    """Whether `node` is certainly an integer."""
    if isinstance(node, exp.Paren | exp.Neg | exp.Window | exp.Filter):
        return is_whole(node.this)
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.INTEGER_TYPES
    if isinstance(node, exp.Literal):
        return bool(node.is_int)
    return isinstance(node, exp.Anonymous) and name_of(node) in _WHOLE
