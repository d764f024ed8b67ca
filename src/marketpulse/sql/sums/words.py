"""What amounts and quantities, currencies and units are called in a refusal, and how a product treats them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class About:
    """One kind of numbers that are in something. `is_kept`: a product with any number is in the same as before."""

    one: str
    several: str
    kind: str
    kinds: str
    convert: str
    is_kept: bool

    @property
    def join(self) -> str:
        """What to do about two of two kinds."""
        return f"join on the {self.kind}, or convert one of them"

    @property
    def alike(self) -> str:
        """What to do about two that may be of two kinds."""
        apart = f"keep each {self.kind} apart (group by, partition by)"
        return f"{apart}, ask whether the two are alike in a case, or convert first"

    @property
    def give(self) -> str:
        """What to do about a column of which nobody can tell the kind."""
        return f"give the {self.kind} in a column of its own, or filter one {self.kind}"


MONEY = About("an amount", "amounts", "currency", "currencies", "convert the amounts first", is_kept=True)
SIZES = About("a quantity", "quantities", "unit", "units", "convert them into one unit first", is_kept=False)
