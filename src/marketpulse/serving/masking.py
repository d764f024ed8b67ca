"""What of a table somebody may see who is no steward: the same everywhere, and in Redshift's copies.

Public columns are as they are, personal identifiers are pseudonyms (keyed hashes: they still join and count people),
other personal columns are left out. Of what no contract describes, such as bronze, nothing is known to be public.
Metrics are numbers of whoever they count, and no personal column is a dimension: they are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from marketpulse.errors import UsageError
from marketpulse.names import LINEAGE
from marketpulse.project.contract import Column, Contract
from marketpulse.run.pseudonyms import Pseudonyms
from marketpulse.sql import DUCKDB

#: What somebody does who may see more.
STEWARD = "to see personal columns: --role steward, or the setting role"
_MOST = 8


def is_identifier(column: Column, contract: Contract) -> bool:
    """A text that names something: part of the key, or called `…_id` or `…_key`."""
    return column.type == "string" and (column.name in contract.key or column.name.endswith(("_id", "_key")))


def shown(contract: Contract) -> list[Column]:
    """Columns that analysts see: public ones, and personal identifiers as pseudonyms."""
    return [c for c in contract.columns if c.classification == "public" or is_identifier(c, contract)]


def masks(contract: Contract | None) -> Mapping[str, bool]:
    """Columns of a table that analysts see, each with whether it is a pseudonym.

    Those are what its contract says, and the platform's own that say where a row came from.
    """
    told = {column.name: column.classification != "public" for column in shown(contract)} if contract else {}
    return told | dict.fromkeys(LINEAGE, False)


def seen_as(seen: Mapping[str, bool], pseudonyms: Pseudonyms) -> Mapping[str, str]:
    """The same as DuckDB's SQL: what stands for each column. The secret is read where there is a pseudonym."""
    names = {name: DUCKDB.name(name) for name in seen}
    return {name: pseudonyms.duckdb(text) if seen[name] else text for name, text in names.items()}


def public(table: str, contract: Contract | None) -> Mapping[str, bool]:
    """The same for a page that is of one table. Raise UsageError where nothing is known to be public."""
    if contract is None:
        raise UsageError(f"{_unknown(table)}: its rows are for stewards", hint=STEWARD)
    return masks(contract)


def _unknown(table: str) -> str:
    return f"no contract says what of {table} is public"


@dataclass(frozen=True)
class Read:
    """A table that a query reads: its name, the columns it has, what is promised of them."""

    name: str
    columns: Collection[str]
    contract: Contract | None

    @property
    def hidden(self) -> dict[str, str]:
        """Columns that analysts do not see, in lower case, each with why."""
        why = "it is personal" if self.contract else _unknown(self.name)
        return {name.lower(): why for name in self.columns if name not in masks(self.contract)}


def note(tables: Iterable[Read], named: Collection[str], takes_all: bool) -> str | None:
    """What an analyst must know of an answer from some tables: what lacks in it, what is no name.

    `named` are columns that the query names, in lower case; what lacks is told where it `takes_all` there are.
    """
    parts: list[str] = []
    for table in tables:
        seen = masks(table.contract)
        lacking = [name for name in table.columns if takes_all and name not in seen]
        parts += [f"not shown of {table.name}: {_listed(lacking)}"] if lacking else []
        used = [name for name, hashed in seen.items() if hashed and (takes_all or name.lower() in named)]
        parts += [f"pseudonyms in {table.name}: {_listed(used)}"] if used else []
    return f"{'; '.join(parts)}; {STEWARD}" if parts else None


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
