"""What contracts say of the numbers of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Measure:
    """The unit of one number, and how it adds up.

    `currency` is the column that holds it, or an ISO code; `unit` the column that says what a quantity counts.
    `additive` is None where nobody says; `not_over` names the columns over which it does not add up, none of them being
    all: such a number adds up over nothing (False).
    """

    currency: str | None = None
    additive: bool | None = None
    not_over: tuple[str, ...] = ()
    unit: str | None = None

    @property
    def is_code(self) -> bool:
        """Whether the currency is one for the whole column: names of columns are lower case."""
        return self.currency is not None and self.currency.isupper()

    def or_else(self, other: Measure) -> Measure:
        """What is said here, else what `other` says."""
        adds = self if self.additive is not None else other
        return Measure(self.currency or other.currency, adds.additive, adds.not_over, self.unit or other.unit)


@dataclass(frozen=True)
class Promise:
    """A table as far as sums are concerned: its columns, those of its key, and what is said of its numbers.

    `constants` are columns that are one text in all rows, by what its model makes of them.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    measures: Mapping[str, Measure]
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def of_units(self) -> Promise:
        """The same, as if quantities were amounts and their units currencies."""
        measures = {name: Measure(said.unit) for name, said in self.measures.items() if said.unit}
        return replace(self, measures=measures)
