"""A line as small as a word: how a number went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketpulse.console.charts.scale import across, areas, paths, scale


@dataclass(frozen=True)
class Spark:
    """Its line, the area below it, the last point, and what it says in words."""

    line: str
    area: str
    dot: str
    words: str


def spark(values: Sequence[float | None], texts: Sequence[str], whole: Sequence[bool]) -> Spark | None:
    """The line of some values; days that are not `whole` are left out of it. None where there are not two points."""
    kept = [value if is_whole else None for value, is_whole in zip(values, whole, strict=True)]
    known = [n for n, value in enumerate(kept) if value is not None]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    kept, texts = kept[first : last + 1], texts[first : last + 1]
    numbers = [value for value in kept if value is not None]
    held = scale(numbers, zero=min(numbers) < 0.5 * max(numbers))
    xs = [round(n * 1_000 / (len(kept) - 1), 1) for n in range(len(kept))] if len(kept) > 1 else across(1)
    ys = [None if value is None else held.up(value) for value in kept]
    low, high = kept.index(min(numbers)), kept.index(max(numbers))
    words = f"{texts[0]} at first, {texts[-1]} at last; least {texts[low]}, most {texts[high]}"
    return Spark(paths(xs, ys), areas(xs, ys, 1_000), f"M{xs[-1]:g} {ys[-1]:g}h0.1", words)
