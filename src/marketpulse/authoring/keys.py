"""What makes a row of a sample that one and no other: the fewest columns of which no two rows have the same values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from marketpulse.authoring.column import Column
from marketpulse.authoring.numbers import is_measured

_NAMING = re.compile(
    r"(^|_)(id|no|nr|number|nummer|code|sku|key|ean|gtin|uuid|guid|line|line_number|item)$|_id$|nummer$"
)
_TYPES = ("string", "int", "long", "date")
#: So many columns are put together, and so many are looked at.
_MOST, _LOOKED_AT = 3, 12


def find_key(columns: Sequence[Column], rows: int) -> tuple[list[Column], str]:
    """The columns, none where no few of them do, and why."""
    fit = [column for column in columns if _fits(column)]
    ordered = sorted(fit, key=lambda column: (column.personal is not None, not _NAMING.search(column.name)))
    ordered = ordered[:_LOOKED_AT]
    for count in range(1, _MOST + 1):
        for chosen in combinations(ordered, count):
            if rows and _is_unique(chosen, rows):
                _ask_of_numbers(chosen)
                others = [c.name for c in ordered if count == 1 and c not in chosen and _is_unique([c], rows)]
                return list(chosen), _why(chosen, rows) + (f" (nor {', '.join(others)})" if others else "")
    what = "no column, and no two or three of them, tell every row apart from all others" if rows else "there is no row"
    return [], f"{what}: each row is kept under its own place"


def _fits(column: Column) -> bool:
    """Whether rows may be told apart by a column: what is measured is alike by chance, and other by chance."""
    return column.type in _TYPES and column.is_whole and not column.doubts and not is_measured(column)


def _ask_of_numbers(chosen: Sequence[Column]) -> None:
    for column in chosen:
        if column.type in ("int", "long") and not _NAMING.search(column.name):
            column.asks.append("is a number, and in the key: if it counts or measures something, choose another key")


def _is_unique(chosen: Sequence[Column], rows: int) -> bool:
    return len(set(zip(*(column.values for column in chosen), strict=True))) == rows


def _why(chosen: Sequence[Column], rows: int) -> str:
    names = " and ".join(column.name for column in chosen)
    if rows == 1:
        return f"{names}: a guess, as the sample has one row and every column is unique in it"
    return f"no two of the {rows:,} rows looked at have the same {names}"
