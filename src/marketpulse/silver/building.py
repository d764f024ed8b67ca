"""One silver table while it is being built."""

from __future__ import annotations

from dataclasses import dataclass, field

from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import LakeTable
from marketpulse.project.contract import Contract
from marketpulse.project.project import Table
from marketpulse.run.context import Context
from marketpulse.run.report import FeedCounts
from marketpulse.silver.rejects import Rejected


@dataclass
class Build:
    """One table while it is built."""

    context: Context
    table: Table
    target: LakeTable
    buckets: Buckets
    counts: dict[str, FeedCounts] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    steps: int = 0

    @property
    def contract(self) -> Contract:
        """The promise of the table."""
        return self.table.contract

    def scratch(self, what: str) -> str:
        """New folder for files of this build that are part of no table."""
        self.steps += 1
        return self.context.staging(self.table.name, f"{self.steps:04d}-{what}")
