"""Lines that belong together in a sample: columns that stand on the first line of each run of an equal value only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from marketpulse.authoring.column import Column
from marketpulse.authoring.numbers import is_called, is_measured

#: The place of a line in its group, as `groups` calls it, and as the table does.
_ROW, _LINE = "_group_row", "line_number"
#: So many groups of several lines, and so many columns of their first lines, are no chance.
_LEAST = 2


@dataclass(frozen=True)
class Grouping:
    """Lines agree in `by`. `filled` stand on their first lines only, as `kept` do, which are amounts of the group."""

    by: Column
    filled: tuple[Column, ...]
    kept: tuple[Column, ...]
    line: Column

    @property
    def why(self) -> str:
        """What was seen, as a sentence."""
        names = ", ".join(column.name for column in self.filled)
        return f"{names} stand on the first line of each {self.by.name} only"

    @property
    def asks(self) -> list[str]:
        """What only a person can say."""
        by, replaced = self.by.name, f"deliveries: {{replace: [{self.by.name}]}}"
        told = []
        if self.by in self.filled:
            told.append(f"groups: lines without {by} are taken for lines of the {by} above: if not, take groups out")
        told.append(
            f"groups: if each file holds every {by} whole, say {replaced}: lines that a later one lacks are gone"
        )
        if self.kept:
            names = ", ".join(column.name for column in self.kept)
            told.append(f"groups: {names} of the whole {by} is not filled down, as a sum would have it once a line")
        return told


def find_groups(columns: Sequence[Column]) -> Grouping | None:
    """The column whose runs of equal values are groups, and the columns of their first lines; None without any."""
    found = [(len(first), -place, column, first) for place, column in enumerate(columns)
             if (runs := _runs(column)) and (first := _on_first_lines(columns, runs))]  # fmt: skip
    if not found:
        return _of_merged(columns)
    *_, by, chosen = max(found, key=lambda each: each[:2])
    return _grouped(columns, by, chosen, _runs(by))


def _of_merged(columns: Sequence[Column]) -> Grouping | None:
    """Groups of which even what they are called stands on the first line only, as merged cells have it.

    What they are called stands first in the table: other columns that are blank together may be so by chance.
    """
    by = columns[0] if columns else None
    runs = _runs_of_merged(by) if by else []
    chosen = _on_first_lines(columns, runs) if runs else []
    if by is None or by not in chosen or is_measured(by):
        return None
    called = [column for column in chosen if is_called(column) and _runs_of_merged(column) == runs]
    return _grouped(columns, (called or [by])[0], chosen, runs)


def _grouped(columns: Sequence[Column], by: Column, chosen: Sequence[Column], runs: Sequence[int]) -> Grouping | None:
    filled = tuple(column for column in chosen if not is_measured(column))
    if not filled or any(column.name == _LINE for column in columns):
        return None
    line = Column("(place in its group)", _LINE, _ROW, _places(runs), "int", f"counted by {by.name}")
    return Grouping(by, filled, tuple(column for column in chosen if column not in filled), line)


def _runs(column: Column) -> list[int]:
    """How long the runs of equal values are; nothing where a value is lacking, or begins a second run."""
    values, runs = column.values, list[int]()
    for place, value in enumerate(values):
        if value in (None, ""):
            return []
        if place and values[place - 1] == value:
            runs[-1] += 1
        else:
            runs.append(1)
    several = sum(length > 1 for length in runs)
    return runs if several >= _LEAST and len(runs) == len(set(values)) else []


def _runs_of_merged(column: Column) -> list[int]:
    """Lengths of the runs of a value and the blanks below it; nothing where the first is blank, or one comes twice."""
    if column.values[:1] in ([], [None], [""]) or len(column.said) != len(set(column.said)):
        return []
    runs = list[int]()
    for value in column.values:
        if value in (None, ""):
            runs[-1] += 1
        else:
            runs.append(1)
    return runs if sum(length > 1 for length in runs) >= _LEAST else []


def _on_first_lines(columns: Sequence[Column], runs: Sequence[int]) -> list[Column]:
    """The columns that are blank but on the first lines, of which several have a value on each of these."""
    behind = [place > 0 for length in runs for place in range(length)]
    found = [column for column in columns if column.said and not any(compress(column.values, behind))]
    whole = [column for column in found if len(column.said) == len(runs)]
    return found if len(whole) >= _LEAST else []


def _places(runs: Sequence[int]) -> list[str | None]:
    return [str(place) for length in runs for place in range(1, length + 1)]
