"""What a source says of its deliveries: which is the later one (docs/deliveries.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from marketpulse.strict import Strict


@dataclass(frozen=True)
class Terms:
    """How the deliveries of one feed follow each other: `order` by their names, or by their arrival."""

    order: Literal["name", "arrival"] = "name"


#: Deliveries of changes, ordered by name.
USUAL = Terms()


class TermsModel(Strict):
    """The same as a source file says it."""

    order: Literal["name", "arrival"] = "name"

    @property
    def terms(self) -> Terms:
        """See `Terms`."""
        return Terms(self.order)
