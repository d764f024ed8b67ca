"""What analysts see: one view a gold table, over the external schema.

Personal data is left out, except for identifiers: they become pseudonyms (SHA-256), the same everywhere, so that tables
can still be joined and people counted.
"""

from __future__ import annotations

from marketpulse.project.contract import Column, Contract
from marketpulse.serving.redshift.access import Place
from marketpulse.serving.redshift.names import name, text
from marketpulse.serving.redshift.types import is_identifier


def view(place: Place, contract: Contract) -> list[str]:
    """Statements that replace the view of one table.

    Dropped and made anew, since a view can only be replaced by one of the same columns; inside one transaction.
    A table that has nothing to show has no view.
    """
    target = f"{place.views}.{name(_short(contract))}"
    shown = [shape for column in contract.columns if (shape := _shown(column, contract))]
    if not shown:
        return []
    source = f"{place.external}.{name(_short(contract))}"
    return [
        f"drop view if exists {target}",
        f"create view {target} as select {', '.join(shown)} from {source} with no schema binding",
        f"comment on view {target} is {text(contract.grain)}",
        f"grant select on {target} to group {place.analysts}, group {place.stewards}",
    ]


def _short(contract: Contract) -> str:
    return contract.name.split(".")[1]


def _shown(column: Column, contract: Contract) -> str | None:
    """The column as analysts see it; None when they do not."""
    written = name(column.name)
    if column.classification == "public":
        return written
    return f"sha2({written}, 256) as {written}" if is_identifier(column, contract) else None
