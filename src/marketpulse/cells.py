"""Values of tables as people read them, on a screen, in a notebook, and as machines do."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from marketpulse.visible import visible

#: Last words of the names of columns whose whole numbers name something, or are moments.
_NAMES = frozenset(
    {"id", "number", "nr", "no", "key", "code", "ean", "gtin", "barcode", "zip", "year", "row"}
    | {"at", "created", "updated", "epoch", "timestamp", "ts"}
)


def plain(value: Any) -> Any:
    """Dataclasses, dates and decimals as what JSON knows: no digit of a decimal is lost.

    >>> plain([float("nan"), Decimal("1.50"), Decimal("0E-10")])
    ['NaN', '1.50', '0.0000000000']
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    return _word(value)


def _word(value: Any) -> Any:
    """A value that is no list, as JSON has it: what it has no word for is a text."""
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"  # 0.0000000000, not 0E-10
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value) if isinstance(value, (Path, timedelta, UUID)) else value


def column_texts(values: Sequence[Any], name: str = "") -> list[str]:
    """The values of one column below each other: its numbers have the same digits after the point.

    What it is called says whether its whole numbers are names.

    >>> from decimal import Decimal
    >>> column_texts([Decimal("1234.5"), None, Decimal("2")], "amount"), column_texts([1234], "order_id")
    (['1,234.50', '', '2.00'], ['1234'])
    """
    if is_name(name):
        values = [str(value) if type(value) is int else value for value in values]
    digits = _digits([v for v in values if isinstance(v, (float, Decimal))])
    return [
        f"{value:,.{digits}f}"
        if digits is not None and isinstance(value, (float, Decimal)) and math.isfinite(value)
        else shown(value)
        for value in values
    ]


def _digits(values: Sequence[float | Decimal]) -> int | None:
    """Digits after the point that no value of a column needs more of; None where each is written for itself.

    Decimals keep all that they have, and two at least; of doubles four digits count.
    """
    finite = [value for value in values if math.isfinite(value)]
    if all(isinstance(value, Decimal) and value == value.to_integral_value() for value in finite):
        exact = all(isinstance(value, Decimal) and value.as_tuple().exponent == 0 for value in finite)
        return None if exact else 2
    texts = [f"{v.normalize():f}" if isinstance(v, Decimal) else shown(v) for v in finite]
    if any("e" in text for text in texts):
        return None
    needed = max(len(text.partition(".")[2]) for text in texts)
    return max(needed, 2) if any(isinstance(value, Decimal) for value in finite) else needed


def is_name(column: str) -> bool:
    """Whether whole numbers of a column name something or are moments, by what it is called: nobody counts them.

    >>> [is_name(name) for name in ("order_id", "created_at", "year", "orders", "id_count")]
    [True, True, True, False, False]
    """
    return column.lower().rpartition("_")[2] in _NAMES


def called(value: Any, column: str) -> str:
    """A value of a column as people write it: a whole number that names something has no thousands separators."""
    return str(value) if type(value) is int and is_name(column) else shown(value)


def shown(value: Any) -> str:
    """A value as people write it: thousands separators, no trailing noise, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _number(value) if isinstance(value, (int, float, Decimal)) else visible(str(value))


def member(value: Any) -> str:
    """What a line of an answer is of: rows of nothing, and of an empty text, have a word; digits of ids stay together.

    >>> member("web"), member(2026), member(None), member("")
    ('web', '2026', '(none)', '(empty)')
    """
    if value is None or value == "":
        return "(none)" if value is None else "(empty)"
    return str(value) if type(value) is int else shown(value)


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, Decimal) and value.as_tuple().exponent != 0:
        return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
    return f"{value:,}"
