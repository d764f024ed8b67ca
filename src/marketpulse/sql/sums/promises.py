"""What contracts say of the numbers of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """The unit of one number, and how it adds up.

    `currency` is the column that holds it, or an ISO code. `additive` is None where nobody says; `not_over` names the
    columns over which it does not add up, none of them being all: such a number adds up over nothing (False).
    """

    currency: str | None = None
    additive: bool | None = None
    not_over: tuple[str, ...] = ()

    @property
    def is_code(self) -> bool:
        """Whether the currency is one for the whole column: names of columns are lower case."""
        return self.currency is not None and self.currency.isupper()

    def or_else(self, other: Measure) -> Measure:
        """What is said here, else what `other` says."""
        if self.additive is not None:
            return Measure(self.currency or other.currency, self.additive, self.not_over)
        return Measure(self.currency or other.currency, other.additive, other.not_over)


@dataclass(frozen=True)
class Promise:
    """A table as far as sums are concerned: its columns, those of its key, and what is said of its numbers."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    measures: Mapping[str, Measure]
