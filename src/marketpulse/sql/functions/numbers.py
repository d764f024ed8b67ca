"""Numbers: arithmetic functions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from marketpulse.sql.function import ROUNDED, UnsupportedError, made, row
from marketpulse.sql.kinds import is_decimal, is_double, is_whole


def _round(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    places = texts[1] if len(texts) > 1 else "0"
    if not is_double(arguments[0]) and not is_decimal(arguments[0]) and not is_whole(arguments[0]):
        raise UnsupportedError(
            "round() must see whether a double or a decimal is rounded",
            hint=f"write round(cast(… as double), {places}), or as decimal(…)",
        )
    if not is_double(arguments[0]) or not places.isdigit():
        return f"round({', '.join(texts)})"
    # Spark rounds the shortest decimal text of a double, DuckDB its binary value: 1.005 differs.
    exact = f"try_cast(cast({texts[0]} as varchar) as decimal(38, {places}))"
    return f"coalesce(cast({exact} as double), round({', '.join(texts)}))"


def _quotient(numerator: str, denominator: str) -> str:
    return f"(({numerator}) / nullif({denominator}, 0))"


NUMBERS = {
    "abs": row("abs({0})"),
    "ceil": row("cast(ceil({0}) as bigint)", note="a bigint, as Spark gives"),
    "ceiling": row("cast(ceil({0}) as bigint)"),
    "exp": row("exp(cast({0} as double))", gives="double", within=ROUNDED),
    "floor": row("cast(floor({0}) as bigint)", note="a bigint, as Spark gives"),
    "isnan": row("coalesce(isnan(cast({0} as double)), false)", note="false for null"),
    "ln": row(
        "ln(case when {0} > 0 then cast({0} as double) end)",
        note="null at zero and below",
        gives="double",
        within=ROUNDED,
    ),
    "log": row(
        "ln(case when {0} > 0 then cast({0} as double) end)",
        "(ln(case when {1} > 0 then cast({1} as double) end) / ln(case when {0} > 0 then cast({0} as double) end))",
        note="natural with one argument",
        gives="double",
        within=ROUNDED,
    ),
    "log10": row("log10(case when {0} > 0 then cast({0} as double) end)", gives="double", within=ROUNDED),
    "mod": row("(({0}) % nullif({1}, 0))", note="sign of the dividend"),
    "nanvl": row("case when isnan(cast({0} as double)) then {1} else {0} end"),
    "negative": row("(-({0}))"),
    "pmod": row("((({0}) % nullif({1}, 0) + ({1})) % nullif({1}, 0))", note="never negative for a positive divisor"),
    "pow": row("pow(cast({0} as double), cast({1} as double))", gives="double", within=ROUNDED),
    "power": row("pow(cast({0} as double), cast({1} as double))", gives="double", within=ROUNDED),
    "round": made(_round, 1, 2, note="half up, on the decimal text of a double"),
    "sign": row("cast(sign({0}) as double)"),
    "signum": row("cast(sign({0}) as double)"),
    "sqrt": row("sqrt(cast({0} as double))", gives="double"),
    "try_divide": row(_quotient("{0}", "{1}"), note="null on zero", gives="double"),
}
