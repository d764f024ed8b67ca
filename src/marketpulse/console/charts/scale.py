"""Scales with round marks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BOX = 1_000.0


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`, with marks at round values in between."""

    low: float
    high: float
    marks: tuple[float, ...]

    def up(self, value: float) -> float:
        """Where a value stands, from the top of the box."""
        return round(BOX - (value - self.low) / (self.high - self.low) * BOX, 1)


def scale(values: Iterable[float], most: int = 4, zero: bool = True) -> Scale:
    """A scale that holds all values, from zero where `zero`.

    >>> scale([3, 870]).marks
    (0.0, 250.0, 500.0, 750.0, 1000.0)
    """
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(known), max(known)
    low, high = (min(low, 0.0), max(high, 0.0)) if zero else (low, high)
    if low == high:
        high = low + (abs(low) or 1.0)
    step = _round((high - low) / most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return Scale(first * step, last * step, tuple(round(n * step, 10) for n in range(first, last + 1)))


def _round(step: float) -> float:
    """The next round number: 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(part for part in (1, 2, 2.5, 5, 10) if part * power >= step * 0.999) * power


def across(count: int) -> list[float]:
    """Where so many values stand from left to right, each in the middle of its part."""
    return [round((n + 0.5) * BOX / count, 1) for n in range(count)]


def paths(xs: Sequence[float], ys: Sequence[float | None]) -> str:
    """A line through what is known; a gap where it is not, a dot where a value stands alone."""
    found, is_open = [], False
    for index, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if y is None:
            is_open = False
            continue
        found.append(f"{'L' if is_open else 'M'}{x:g} {y:g}")
        alone = not is_open and (index + 1 == len(ys) or ys[index + 1] is None)
        found += ["h0.1"] if alone else []
        is_open = True
    return " ".join(found)


def areas(xs: Sequence[float], ys: Sequence[float | None], base: float) -> str:
    """The area between a line and its base, a piece for each part without gaps."""
    found: list[str] = []
    piece: list[tuple[float, float]] = []
    for x, y in [*zip(xs, ys, strict=True), (0.0, None)]:
        if y is not None:
            piece.append((x, y))
        elif piece:
            line = " L".join(f"{a:g} {b:g}" for a, b in piece)
            found.append(f"M{piece[0][0]:g} {base:g} L{line} L{piece[-1][0]:g} {base:g}Z")
            piece = []
    return " ".join(found)
