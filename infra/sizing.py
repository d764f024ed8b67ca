"""What a day of clicks needs of machines, from what was measured (docs/benchmarks.md): `python infra/sizing.py`.

The table in docs/sizing.md is this output; a test compares the two. Put your own numbers in at the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from costs import PRICE

GB = 1_000_000_000
#: Measured on two cores with 5 M clicks and 500 k sales lines (docs/benchmarks.md), per million clicks.
CPU_SECONDS = {"duckdb": 13.4, "spark": 60.0}
SHUFFLED_MB = 600.0
SILVER_MB = 42.0
#: Share of those CPU seconds that a load spends again on a bucket it adds rows to (silver's merge, and gold).
TOUCHED_AGAIN = 0.4
#: Bytes of a click as it lands, before compression.
CLICK_BYTES = 500
#: Assumed: part of the CPU of many cores that does work, and how much longer a minute of theirs is than of ours.
EFFICIENCY = 0.7
#: Late events come within two days: a load touches its own day and those two.
DAYS_TOUCHED = 3
EXECUTOR_CPUS, EXECUTOR_GB = 4, 16
#: So much shuffled is one task, and becomes a file of some 128 to 256 MB.
TASK_MB, FILE_MB = 512, 200


@dataclass(frozen=True)
class Plan:
    """A day's `gigabytes` of NDJSON in `loads` loads, each done within `minutes`."""

    name: str
    gigabytes: int
    loads: int
    minutes: int
    engine: str

    @property
    def millions(self) -> float:
        """Clicks a day, in millions."""
        return self.gigabytes * GB / CLICK_BYTES / 1e6

    @property
    def load_cpu_seconds(self) -> float:
        """CPU seconds of the day's last load, the largest: its own rows, and the days it touches as they are by then."""
        new = self.millions / self.loads * CPU_SECONDS[self.engine]
        again = self.millions * CPU_SECONDS[self.engine] * TOUCHED_AGAIN * DAYS_TOUCHED
        return new + (again if self.loads > 1 else again * (DAYS_TOUCHED - 1) / DAYS_TOUCHED)

    @property
    def cores(self) -> int:
        """Cores that do a load in time."""
        return ceil(self.load_cpu_seconds / EFFICIENCY / (self.minutes * 60))
