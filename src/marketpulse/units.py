"""Numbers with their units, as people write them."""

from __future__ import annotations

import re

_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}


def size(count: float) -> str:
    """Bytes with a unit.

    >>> size(999), size(1_500), size(2.5e12)
    ('999 B', '1.5 kB', '2.5 TB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def plural(count: int, one: str, many: str = "") -> str:
    """A count and its noun.

    >>> plural(1, "row"), plural(1200, "row"), plural(2, "query", "queries")
    ('1 row', '1,200 rows', '2 queries')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def rows_break(count: int) -> str:
    """How many rows break a rule, as a sentence begins.

    >>> rows_break(1), rows_break(1_234)
    ('1 row breaks', '1,234 rows break')
    """
    return "1 row breaks" if count == 1 else f"{count:,} rows break"


def seconds(value: float) -> str:
    """Seconds as people say them.

    >>> seconds(0.25), seconds(12.34)
    ('250 ms', '12.3 s')
    """
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def duration(text: str) -> int:
    """Seconds of a length of time as people write it. Raise ValueError for what is none.

    >>> duration("0"), duration("90"), duration("45s"), duration("10m"), duration("2 h"), duration("1d")
    (0, 90, 45, 600, 7200, 86400)
    """
    found = re.fullmatch(r"([0-9]{1,9}) ?([a-z]*)", text.strip().lower())
    if found is None or found[2] not in _SECONDS:
        raise ValueError(text)
    return int(found[1]) * _SECONDS[found[2]]
