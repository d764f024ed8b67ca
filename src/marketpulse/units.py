"""Numbers with their units, as people write them."""

from __future__ import annotations


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


def seconds(value: float) -> str:
    """Seconds as people say them.

    >>> seconds(0.25), seconds(12.34)
    ('250 ms', '12.3 s')
    """
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
