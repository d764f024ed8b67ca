"""What is known of one column or expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

_numbers = count(1)


class Id(NamedTuple):
    """A column of one reading of a table, or (number 0) a constant: the same wherever it is passed on to."""

    number: int
    label: str

    @property
    def is_constant(self) -> bool:
        """Whether it is one value for all rows."""
        return self.number == 0


Ids = frozenset[Id]
NONE: Ids = frozenset()


def new(label: str) -> Id:
    """An id that nothing else has; `label` is what people read of it."""
    return Id(next(_numbers), label)


def constant(text: str) -> Id:
    """The id of a text that is written in a query."""
    return Id(0, text)


@dataclass(frozen=True)
class Value:
    """One column or expression. Nothing of it is known where all sets are empty.

    `holds` are the ids it has the value of, `fixes` those that are alike in rows that are alike in it.
    `units` are the ids of the currencies its amount may be in, `apart` those of columns over which it does not add up.
    `reads` are ids that it was chosen by. `is_scaled` says that the amount was multiplied. `picked` are the currencies
    of an amount that is one of several, as the row before has it: it may stand alone, but adds up with none but those.
    `is_counted` says that it counts distinct things: `apart` are columns over which one of them may be counted twice.
    """

    holds: Ids = NONE
    fixes: Ids = NONE
    units: Ids = NONE
    apart: Ids = NONE
    reads: Ids = NONE
    is_scaled: bool = False
    picked: Ids = NONE
    is_counted: bool = False

    @property
    def ids(self) -> Ids:
        """Every id in it."""
        return self.holds | self.fixes | self.units | self.apart | self.reads | self.picked

    def renamed(self, to: Callable[[Id], Id]) -> Value:
        """The same with other ids."""

        def each(ids: Ids) -> Ids:
            return frozenset(map(to, ids))

        units, apart = each(self.units), each(self.apart)
        holds, fixes, read = each(self.holds), each(self.fixes), each(self.reads)
        return Value(holds, fixes, units, apart, read, self.is_scaled, each(self.picked), self.is_counted)


UNKNOWN = Value()


def reads(values: Iterable[Value]) -> Ids:
    """Ids that an expression of some values is chosen by."""
    return frozenset(each for value in values for each in value.fixes | value.reads)
