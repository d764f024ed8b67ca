"""Conditions, arrays, structs, maps and the functions that make rows of arrays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from marketpulse.sql.function import Function, UnsupportedError, literal, made, quoted, row


def _named_struct(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    pairs = zip(arguments[::2], texts[1::2], strict=True)
    return "{" + ", ".join(f"{quoted(literal(name, 'field name'))}: {value}" for name, value in pairs) + "}"


def _map(_: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    return f"map([{', '.join(texts[::2])}], [{', '.join(texts[1::2])}])"


def _sequence(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    if len(texts) == 2:
        return f"generate_series({texts[0]}, {texts[1]})"
    step = arguments[2]
    if isinstance(step, exp.Interval) and str(step.unit).upper().rstrip("S") in ("DAY", "WEEK", "MONTH", "YEAR"):
        dates = f"generate_series(cast({texts[0]} as timestamp), cast({texts[1]} as timestamp), {texts[2]})"
        return f"list_transform({dates}, lambda _d: cast(_d as date))"
    raise UnsupportedError("sequence of times with this step", "a sequence of dates: interval 1 day, week or month")


def _aggregate(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    if not isinstance(arguments[2], exp.Lambda):
        raise UnsupportedError("aggregate needs a lambda", "(total, x) -> total + x")
    return f"list_reduce({texts[0]}, {texts[2]}, {texts[1]})"


_CONTAINS = (
    "case when list_contains({0}, {1}) then true "
    "when {0} is null or {1} is null or len(list_filter({0}, lambda _e: _e is null)) > 0 then null else false end"
)


def _quantified(decides: str, otherwise: str) -> str:
    """Template of `exists` and `forall`: what decides it, else null beside nulls."""
    holds = "list_transform({0}, {1})"
    unknown = f"{{0}} is null or len(list_filter({holds}, lambda _b: _b is null)) > 0"
    return f"case when list_contains({holds}, {decides}) then {decides} when {unknown} then null else {otherwise} end"


NESTED = {
    "_subscripts": row("generate_subscripts({0}, 1) - 1", note="places of posexplode"),
    "aggregate": made(_aggregate, 3, note="order of the array"),
    "array": row("[{*}]", least=0),
    "array_contains": row(_CONTAINS, note="null when not found beside nulls"),
    "array_join": row("array_to_string({0}, {1})", note="skips nulls"),
    "array_max": row("list_max({0})"),
    "array_min": row("list_min({0})"),
    "array_size": row("cast(len({0}) as int)"),
    "array_sort": row("list_sort({0}, 'ASC', 'NULLS LAST')", note="nulls last"),
    "cardinality": row("coalesce(cast(len({0}) as int), -1)"),
    "coalesce": row("coalesce({*})", gives="same"),
    "element_at": row("({0})[{1}]", note="1 is the first element"),
    "exists": row(_quantified("true", "false"), note="of an array and a lambda"),
    "explode": Function(("unnest({0})",), kind="generator"),
    "filter": row("list_filter({0}, {1})"),
    "flatten": row("flatten({0})"),
    "forall": row(_quantified("false", "true")),
    "greatest": row("greatest({*})", least=2, note="skips nulls"),
    "if": row("case when {0} then {1} else {2} end"),
    "ifnull": row("coalesce({0}, {1})", gives="same"),
    "isnotnull": row("({0} is not null)"),
    "isnull": row("({0} is null)"),
    "least": row("least({*})", least=2, note="skips nulls"),
    "map": made(_map, *range(0, 41, 2)),
    "map_keys": row("map_keys({0})"),
    "map_values": row("map_values({0})"),
    "named_struct": made(_named_struct, *range(2, 81, 2)),
    "nullif": row("nullif({0}, {1})", gives="same"),
    "nvl": row("coalesce({0}, {1})", gives="same"),
    "nvl2": row("case when {0} is not null then {1} else {2} end"),
    "posexplode": Function(("unnest({0})",), kind="generator", note="in a lateral view"),
    "sequence": made(_sequence, 2, 3, note="dates stay dates"),
    "size": row("coalesce(cast(len({0}) as int), -1)", note="-1 for null, as Spark gives", gives="whole"),
    "slice": row("array_slice({0}, {1}, {1} + {2} - 1)"),
    "sort_array": row("list_sort({0}, 'ASC', 'NULLS FIRST')", note="nulls first"),
    "transform": row("list_transform({0}, {1})"),
}
