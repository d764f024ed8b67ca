"""Whether a value of one type may become another: what no engine casts, or every engine to something else."""

from __future__ import annotations

_NUMBERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
    "DECIMAL", "DOUBLE", "FLOAT",
}  # fmt: skip
#: Contract types (`number` for all numbers) that a value of a class may become.
_MAY_BECOME = {
    "text": {"boolean", "number", "string", "date", "timestamp"},
    "boolean": {"boolean", "number", "string"},
    "number": {"boolean", "number", "string", "timestamp"},
    "date": {"string", "date", "timestamp"},
    "timestamp": {"string", "date", "timestamp"},
    "other": set(),
}


def class_of(kind: str) -> str:
    """Text, boolean, number, date, timestamp or other, for a type as DuckDB describes it.

    >>> class_of("DECIMAL(18,4)"), class_of("INTEGER[]"), class_of('"NULL"')
    ('number', 'other', 'text')
    """
    if kind in ("VARCHAR", '"NULL"', "NULL"):  # a null may become anything, as a text may
        return "text"
    if kind in ("BOOLEAN", "DATE"):
        return kind.lower()
    if kind.startswith("TIMESTAMP") and not kind.endswith("]"):
        return "timestamp"
    return "number" if kind.split("(", maxsplit=1)[0] in _NUMBERS and not kind.endswith("]") else "other"


def may_become(kind: str, contract_type: str) -> bool:
    """Whether a value of DuckDB's type `kind` may be cast to a type of a contract."""
    number = contract_type in ("int", "long", "double") or contract_type.startswith("decimal")
    return ("number" if number else contract_type) in _MAY_BECOME[class_of(kind)]
