"""Bars beside numbers: how long each is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any


def lengths(values: Sequence[Any], of: Sequence[Hashable] = ()) -> list[float | None]:
    """Lengths in percent of the largest, nothing for what is below zero; None each where none is above.

    What is `of` one thing, such as a currency, is as long as others of it.

    >>> lengths([4, 1, None, -2]), lengths(["a"]), lengths([4, 1, 2], ["EUR", "USD", "USD"])
    ([100.0, 25.0, 0.0, 0.0], [None], [100.0, 50.0, 100.0])
    """
    numbers = [float(value) if isinstance(value, int | float | Decimal) else 0.0 for value in values]
    most: dict[Hashable, float] = {}
    groups = list(of) or [None] * len(numbers)
    for group, value in zip(groups, numbers, strict=True):
        most[group] = max(most.get(group, 0.0), value)
    if not any(value > 0 for value in most.values()):
        return [None] * len(numbers)
    return [round(max(v, 0.0) / (most[g] or 1) * 100, 1) for g, v in zip(groups, numbers, strict=True)]
