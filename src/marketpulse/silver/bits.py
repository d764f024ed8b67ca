"""Which checks a row failed, as numbers: a bit a check, so that one pass over the data finds every reason of every row.

A number has 62 of them; a contract with more checks has further numbers in columns of their own. The first one is zero
only for a row that failed nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WIDTH = 62
#: Bit of the first number that says: look at the others too.
_MORE = 1 << _WIDTH


@dataclass(frozen=True)
class Bits:
    """The numbers of `count` checks, in the columns `<name>`, `<name>_1` and so on."""

    name: str
    count: int

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that hold the numbers."""
        words = max(1, -(-self.count // _WIDTH))
        return (self.name, *(f"{self.name}_{word}" for word in range(1, words)))

    def sql(self, violations: Sequence[str]) -> str:
        """Select list that computes the columns from the condition of each check."""
        sums = [
            " + ".join(f"case when {v} then {1 << bit} else 0 end" for bit, v in enumerate(violations[start:][:_WIDTH]))
            for start in range(0, max(1, self.count), _WIDTH)
        ]
        words = [f"cast({total or '0'} as bigint)" for total in sums]
        others = " or ".join(f"{word} <> 0" for word in words[1:])
        if others:
            words[0] = f"{words[0]} + case when {others} then {_MORE} else 0 end"
        return ", ".join(f"{word} as {column}" for word, column in zip(words, self.columns, strict=True))

    def of(self, places: Iterable[int]) -> str:
        """Condition that one of the checks at `places` was failed."""
        masks: dict[str, int] = {}
        for place in places:
            column = self.columns[place // _WIDTH]
            masks[column] = masks.get(column, 0) | 1 << place % _WIDTH
        return " or ".join(f"({column} & {mask}) <> 0" for column, mask in masks.items()) or "false"

    def places(self, words: Sequence[int]) -> list[int]:
        """Checks that a row's numbers name."""
        return [place for place in range(self.count) if words[place // _WIDTH] >> place % _WIDTH & 1]
