"""One silver table while it is being built."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketpulse.engines import Engine
from marketpulse.engines.views import View
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import LakeTable
from marketpulse.names import LINEAGE
from marketpulse.project.contract import Contract
from marketpulse.project.source import Source
from marketpulse.project.table import Table
from marketpulse.run.context import Context
from marketpulse.run.looking import Heads
from marketpulse.run.report import FeedCounts
from marketpulse.silver.checks import Checks
from marketpulse.silver.kept import Kept
from marketpulse.sql import Dialect


@dataclass(frozen=True)
class Staged:
    """Rows of one bronze `chunk`, mapped, typed and marked by `checks`; of rejected ones also the landed record.

    `record` says what the columns of the landed record are called beside those of the table.
    """

    source: str
    chunk: View
    rows: View
    checks: Checks
    record: dict[str, str]


@dataclass
class Build:
    """One table while it is built. `rejected` are files of rows that are kept out, not yet part of quarantine.

    `heads` are what its mappings look up, see `marketpulse.run.looking`.

    `gated` says that deliveries may not take too many rows out of it: in a rebuild, of those that were in it before.
    """

    context: Context
    table: Table
    target: LakeTable
    buckets: Buckets
    counts: dict[str, FeedCounts] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    steps: int = 0
    heads: Heads = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)
    rebuild: bool = False
    gated: bool = True

    @property
    def contract(self) -> Contract:
        """The promise of the table."""
        return self.table.contract

    @property
    def sources(self) -> list[Source]:
        """The feeds of the table."""
        known = self.context.project.sources
        return [known[feed] for name in self.table.queries if (feed := name.partition(".")[2]) in known]

    @property
    def engine(self) -> Engine:
        """What computes."""
        return self.context.engine

    @property
    def dialect(self) -> Dialect:
        """Its SQL."""
        return self.context.engine.dialect

    @property
    def types(self) -> dict[str, str]:
        """Columns of the table, lineage included."""
        return {**self.contract.types, **LINEAGE}

    def scratch(self, what: str) -> str:
        """New folder for files of this build that are part of no table."""
        self.steps += 1
        return self.context.staging(self.table.name, f"{self.steps:04d}-{what}")
