"""What a silver table keeps beside its rows, in the same commit, where deliveries replace each other or delete.

    gone     the newest row of each key that is no longer in the table: what lands late must still lose to it
    claims   of what each feed's deliveries are whole, and the latest that is
    begun    where lists end versions of a history: the first list that had each
    heard    keys of rejected rows: what a delivery said of them is not known, so they are not missing in it

They are Parquet files that properties of the table name: no reader of the table sees them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from marketpulse.names import INGEST_ID, INGESTED_AT, KEPT_KEY, LINEAGE, SOURCE_FILE
from marketpulse.project.contract import Contract
from marketpulse.silver.checks import ENDS

#: A delivery, where it stands among those of its feed, and its day; `_scope` is of what it is whole, by `_kind`.
PLACE = {"_place": "string", "_came": "timestamp", "_second": "string"}
CLAIM = {"_source": "string", "_kind": "string", "_scope": "string", **PLACE, "_day": "date"}
KINDS = ("gone", "claims", "heard", "begun")


@dataclass
class Kept:
    """Files of each kind."""

    gone: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, state: Mapping[str, str]) -> Kept:
        """What the properties of a table name."""
        return cls(*(state.get(KEPT_KEY + kind, "").splitlines() for kind in KINDS))

    def state(self) -> dict[str, str]:
        """Properties that name the files."""
        return {KEPT_KEY + kind: "\n".join(getattr(self, kind)) for kind in KINDS}

    @property
    def files(self) -> list[str]:
        """All of them."""
        return [*self.gone, *self.claims, *self.heard, *self.begun]


def gone_types(contract: Contract) -> dict[str, str]:
    """Columns of a row that is gone."""
    return {**{name: contract.types[name] for name in contract.given}, **LINEAGE, ENDS: "boolean"}


def heard_types(contract: Contract) -> dict[str, str]:
    """Columns of a key that was heard of."""
    key = {name: contract.types[name] for name in contract.key}
    return {**key, SOURCE_FILE: "string", INGESTED_AT: "timestamp", INGEST_ID: "string"}


def begun_types(contract: Contract) -> dict[str, str]:
    """Columns of a version and of the first list that had it."""
    return {**{name: contract.types[name] for name in contract.key}, "_source": "string", **PLACE}
