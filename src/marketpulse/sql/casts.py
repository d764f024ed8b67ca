"""Spark's casts in DuckDB, where the two disagree on which texts are a number, a date or a boolean."""

from __future__ import annotations

from datetime import datetime

from sqlglot import exp

from marketpulse.sql.function import UnsupportedError
from marketpulse.sql.kinds import is_double, is_text, is_whole

_KINDS = {
    exp.DType.TINYINT: "tinyint", exp.DType.SMALLINT: "smallint", exp.DType.INT: "int", exp.DType.BIGINT: "bigint",
    exp.DType.DOUBLE: "double", exp.DType.FLOAT: "float", exp.DType.DECIMAL: "decimal", exp.DType.BOOLEAN: "boolean",
    exp.DType.TEXT: "varchar", exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp", exp.DType.TIMESTAMPTZ: "timestamp",
}  # fmt: skip
_WHOLE = ("tinyint", "smallint", "int", "bigint")
_NUMBER = r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*"
_NUMBERS = "('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'DOUBLE')"
_INTEGER = r"\s*[+-]?\d+\s*"
_LENIENT = r"^\s*([+-]?\d+)(?:\.\d*)?\s*$"
_OFFSET = r"[+-]\d{2}(:?\d{2})?"
_CLOCK = r"([01]?\d|2[0-3]):\d{1,2}(:\d{1,2}(\.\d*)?)?"
_DAY = r"\d{4}-\d{1,2}-\d{1,2}"
_DATE = rf"(?s)\s*{_DAY}([ T].*|\s*)"
_MOMENT = rf"\s*{_DAY}([ T]{_CLOCK} ?(Z|UTC|GMT|[A-Z][A-Za-z]+/[A-Za-z_/]+)?|[ T]{_CLOCK}{_OFFSET})?\s*"
_PARTED = rf"\s*{_DAY}[ T]{_CLOCK} {_OFFSET}\s*"
#: What clients send by the million, `2026-03-02T10:00:00.000Z`, is known without a regular expression or time zone.
_USUAL = "____-__-__T__:__:__.___Z"
_HOUR = rf"\s*{_DAY}[ T]\d{{1,2}}\s*"
_SIGNED_DATE, _SIGNED = rf"(?s)\s*\+{_DAY}([ T].*|\s*)", rf"\s*\+{_MOMENT[3:]}"
_MONTH, _YEAR = r"\s*\d{4}-\d{1,2}\s*", r"\s*\d{4}\s*"


def cast_text(operand: exp.Expr, text: str, to: exp.DataType, strict: bool = True) -> str:
    """DuckDB's text of a cast of `operand`; `strict` is try_cast's reading of numbers."""
    kind = duckdb_type(to)
    name = kind.split("(")[0]
    if name == "varchar":
        return f"cast({text} as varchar)"
    if _is_moment(operand, name):
        return f"{name} {text}"
    from_text, from_other = _from_text(text, kind, strict), _from_other(operand, text, kind)
    if is_text(operand):
        return from_text
    if is_whole(operand) or is_double(operand) or isinstance(operand, exp.Literal) or from_text == from_other:
        return from_other
    # The optimizer knows the type of the operand and keeps one branch.
    return f"case when typeof({text}) = 'VARCHAR' then {from_text} else {from_other} end"


def _is_moment(operand: exp.Expr, name: str) -> bool:
    """Whether a literal is written as every engine writes it."""
    if not isinstance(operand, exp.Literal) or not operand.is_string or name not in ("date", "timestamp"):
        return False
    try:
        parsed = datetime.strptime(operand.this, "%Y-%m-%d" if len(operand.this) < 11 else "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return False
    return operand.this in (str(parsed), str(parsed.date()))


def duckdb_type(to: exp.DataType) -> str:
    """DuckDB's name of a type; refuse what has no equal."""
    if to.this not in _KINDS:
        raise UnsupportedError(
            f"casts to {to.sql('spark').lower()} are not supported",
            "cast to boolean int bigint double decimal(p, s) string date or timestamp",
        )
    kind = _KINDS[to.this]
    if kind != "decimal":
        return kind
    sizes = [parameter.name for parameter in to.expressions]
    return f"decimal({', '.join(sizes)})" if sizes else "decimal(10, 0)"


def _from_text(text: str, kind: str, strict: bool) -> str:
    source = f"cast({text} as varchar)"
    name = kind.split("(", maxsplit=1)[0]
    if name in _WHOLE and not strict:
        return f"try_cast(regexp_extract({source}, '{_LENIENT}', 1) as {kind})"
    if name == "date":
        return f"try_cast({_day(source)} as date)"
    if name == "timestamp":
        usual = f"{source} like '{_USUAL}' and {source} >= '0' and not contains({source}, ' ')"
        usual += f" and substring({source}, 12, 2) < '24'"
        other = f"timezone('UTC', try_cast({_moment(source)} as timestamptz))"
        return f"case when {usual} then try_cast({source} as timestamp) else {other} end"
    if name in ("double", "float"):
        usual = f"try_cast(case when not contains({source}, '_') then {source} end as {kind})"
        suffixed = f"case when lower(right({source}, 1)) in ('d', 'f') then left({source}, -1) end"
        return f"coalesce({usual}, try_cast({suffixed} as {kind}))"
    if name == "boolean":
        return f"try_cast(lower(trim({source})) as boolean)"
    pattern = _INTEGER if name in _WHOLE else _NUMBER
    return f"try_cast(case when regexp_full_match({source}, '{pattern}') then trim({source}) end as {kind})"


def _choice(source: str, *readings: tuple[str, str]) -> str:
    """The text that DuckDB reads, for each pattern that Spark reads; the usual one first."""
    cases = " ".join(f"when regexp_full_match({source}, '{pattern}') then {text}" for pattern, text in readings)
    return f"case {cases} end"


def _day(source: str) -> str:
    text = f"trim({source})"
    day = f"regexp_extract({source}, '{_DAY}')"
    return _choice(
        source, (_DATE, day), (_MONTH, f"{text} || '-01'"), (_YEAR, f"{text} || '-01-01'"), (_SIGNED_DATE, day)
    )


def _moment(source: str) -> str:
    text = f"trim({source})"
    return _choice(
        source,
        (_MOMENT, text),
        (_PARTED, f"regexp_replace({text}, ' ([+-])', '\\1')"),
        (_HOUR, f"{text} || ':00'"),
        (_MONTH, f"{text} || '-01'"),
        (_YEAR, f"{text} || '-01-01'"),
        (_SIGNED, f"ltrim({text}, '+')"),
    )


def _from_other(operand: exp.Expr, text: str, kind: str) -> str:
    name = kind.split("(", maxsplit=1)[0]
    if name in _WHOLE and not is_whole(operand):
        if is_double(operand):
            return f"try_cast(trunc({text}) as {kind})"
        exact = f"trunc(try_cast({text} as decimal(38, 10)))"
        double = f"trunc(try_cast({text} as double))"
        choice = f"case when typeof({text}) in ('DOUBLE', 'FLOAT') then try_cast({double} as {kind})"
        choice += f" when typeof({text}) like 'DECIMAL%' then try_cast({exact} as {kind})"
        return f"{choice} else try_cast({text} as {kind}) end"
    if name == "decimal" and not is_whole(operand):
        # Through text: Spark rounds the decimal text of a double, DuckDB its binary value.
        if is_double(operand):
            return f"try_cast(cast({text} as varchar) as {kind})"
        choice = f"when typeof({text}) in ('DOUBLE', 'FLOAT') then try_cast(cast({text} as varchar) as {kind})"
        return f"case {choice} else try_cast({text} as {kind}) end"
    if name == "timestamp":
        seconds = f"make_timestamp(cast(try_cast({text} as decimal(38, 6)) * 1000000 as bigint))"
        return f"case when typeof({text}) in {_NUMBERS} then {seconds} else try_cast({text} as timestamp) end"
    return f"try_cast({text} as {kind})"
