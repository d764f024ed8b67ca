"""What of a table somebody may see who is no steward: the same here and in Redshift's copies.

Public columns are as they are, personal identifiers are pseudonyms (SHA-256: they still join and count people),
other personal columns are left out. Of what no contract describes, such as bronze, nothing is known to be public.
Metrics are numbers of whoever they count, and no personal column is a dimension: they are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketpulse.project.contract import Column, Contract
from marketpulse.project.owned import owned
from marketpulse.project.project import Project


def is_identifier(column: Column, contract: Contract) -> bool:
    """A text that names something: part of the key, or called `…_id` or `…_key`."""
    return column.type == "string" and (column.name in contract.key or column.name.endswith(("_id", "_key")))


def shown(contract: Contract) -> list[Column]:
    """Columns that analysts see: public ones, and personal identifiers as pseudonyms."""
    return [c for c in contract.columns if c.classification == "public" or is_identifier(c, contract)]


def masks(project: Project, table: str) -> Mapping[str, bool]:
    """Columns of a table that analysts see, each with whether it is a pseudonym; none where no contract says so."""
    contract = contract_of(project, table)
    return {column.name: column.classification != "public" for column in shown(contract)} if contract else {}


def contract_of(project: Project, table: str) -> Contract | None:
    """The contract of a table of the project, or of one that is the platform's own."""
    found = project.tables.get(table)
    return found.contract if found else owned().get(table)
