"""A heat map: members down, periods across, darker where there is more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Steps from little to much.
STEPS = 7


@dataclass(frozen=True)
class Cell:
    """One value as text, and its step: 0 for none, up to `STEPS`."""

    text: str
    step: int


def heat(values: Sequence[Sequence[float | None]], texts: Sequence[Sequence[str]]) -> list[list[Cell]]:
    """Rows of cells; steps are parts of the largest value there is."""
    most = max((value for row in values for value in row if value is not None), default=0.0)
    return [
        [Cell(text, _step(value, most)) for value, text in zip(row, words, strict=True)]
        for row, words in zip(values, texts, strict=True)
    ]


def _step(value: float | None, most: float) -> int:
    """Which part of the largest a value is.

    >>> [_step(value, 70.0) for value in (None, -3.0, 0.0, 1.0, 40.0, 70.0)]
    [0, 0, 0, 1, 5, 7]
    """
    return min(int(value / most * STEPS) + (value < most), STEPS) if value and value > 0 and most > 0 else 0
