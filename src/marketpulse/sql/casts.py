"""Spark's casts in DuckDB, where the two disagree on which texts are a number, a date or a boolean."""

from __future__ import annotations

from sqlglot import exp

from marketpulse.sql.functions.entry import UnsupportedError
from marketpulse.sql.kinds import is_double, is_text, is_whole

_KINDS = {
    exp.DType.TINYINT: "tinyint", exp.DType.SMALLINT: "smallint", exp.DType.INT: "int", exp.DType.BIGINT: "bigint",
    exp.DType.DOUBLE: "double", exp.DType.FLOAT: "float", exp.DType.DECIMAL: "decimal", exp.DType.BOOLEAN: "boolean",
    exp.DType.TEXT: "varchar", exp.DType.VARCHAR: "varchar", exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp", exp.DType.TIMESTAMPTZ: "timestamp", exp.DType.TIMESTAMPNTZ: "timestamp",
}  # fmt: skip
_WHOLE = ("tinyint", "smallint", "int", "bigint")
_NUMBER = r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*"
_INTEGER = r"\s*[+-]?\d+\s*"
_LENIENT = r"^\s*([+-]?\d+)(?:\.\d*)?\s*$"
_CLOCK = r"\d{1,2}:\d{1,2}(:\d{1,2}(\.\d*)?)?"
_DAY = r"\d{4}-\d{1,2}-\d{1,2}"
_DATE = rf"^\s*({_DAY})([ T].*)?\s*$"
_MOMENT = rf"\s*{_DAY}([ T]{_CLOCK} ?(Z|UTC|[+-]\d{{2}}(:?\d{{2}})?)?)?\s*"


def cast_text(operand: exp.Expr, text: str, to: exp.DataType, strict: bool = True) -> str:
    """DuckDB's text of a cast of `operand`; `strict` is try_cast's reading of numbers."""
    kind = duckdb_type(to)
    name = kind.split("(")[0]
    if name == "varchar":
        return f"cast({text} as varchar)"
    if isinstance(operand, exp.Literal) and operand.is_string and name in ("date", "timestamp"):
        return f"cast({text} as {kind})"
    from_text, from_other = _from_text(text, kind, strict), _from_other(operand, text, kind)
    if is_text(operand):
        return from_text
    if is_whole(operand) or is_double(operand) or isinstance(operand, exp.Literal) or from_text == from_other:
        return from_other
    # The optimizer knows the type of the operand and keeps one branch.
    return f"case when typeof({text}) = 'VARCHAR' then {from_text} else {from_other} end"


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
        return f"try_cast(regexp_extract({source}, '{_DATE}', 1) as date)"
    if name in ("double", "float"):
        return f"try_cast(replace(trim({source}), '_', 'x') as {kind})"
    if name == "boolean":
        return f"try_cast(lower(trim({source})) as boolean)"
    pattern = _INTEGER if name in _WHOLE else _NUMBER if name == "decimal" else _MOMENT
    fits = f"case when regexp_full_match({source}, '{pattern}') then trim({source}) end"
    return f"timezone('UTC', try_cast({fits} as timestamptz))" if name == "timestamp" else f"try_cast({fits} as {kind})"


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
    return f"try_cast({text} as {kind})"
