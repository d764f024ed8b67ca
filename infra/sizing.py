"""What a day of clicks needs of machines, from what was measured (docs/benchmarks.md): `python infra/sizing.py`.

The table in docs/sizing.md is this output; a test compares the two. Put your own numbers in at the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from costs import PRICE

GB = 1_000_000_000
DAYS = 30
#: Measured on two cores with a tenth as many sales lines (docs/benchmarks.md): what a load costs whatever it brings
#: (between 0.5 and 5 M clicks), and what a million clicks cost: on DuckDB up to 5 M at once, on Spark from 5 to 50 M.
START_SECONDS = {"duckdb": 5.0, "spark": 105.0}
CPU_SECONDS = {"duckdb": 14.2, "spark": 59.3}
SHUFFLED_MB = 701.0
SILVER_MB = 42.0
#: Share of that work that a load repeats on all rows of a bucket it adds to: silver's merge, and gold. Of DuckDB's time
#: it was 38 %; of Spark's gold was 30 %, and the merge is assumed to be a third of silver.
TOUCHED_AGAIN = {"duckdb": 0.4, "spark": 0.5}
#: Bytes of a click as it lands, before compression.
CLICK_BYTES = 500
#: Assumed: late events come within two days, so a load touches its own day and those two.
OLDER_DAYS = 2
#: Assumed: the part of many cores' time that is work.
EFFICIENCY = 0.7
EXECUTOR_CORES = 4
#: So much shuffled is a task (spark.sql.adaptive.advisoryPartitionSizeInBytes), and becomes a file of about FILE_MB.
TASK_MB, FILE_MB = 512, 200


@dataclass(frozen=True)
class Plan:
    """A day's `gigabytes` of NDJSON, uncompressed, in `loads` equal loads, each done within `minutes`."""

    name: str
    gigabytes: int
    loads: int
    minutes: int
    engine: str

    @property
    def millions(self) -> float:
        """Clicks a day, in millions."""
        return self.gigabytes * GB / CLICK_BYTES / 1e6

    def work(self, load: int) -> float:
        """Millions of clicks that load number `load` of the day (from 1) is worth: new ones, and touched again."""
        again = TOUCHED_AGAIN[self.engine] * ((load - 1) / self.loads + OLDER_DAYS)
        return self.millions * (1 / self.loads + again)

    @property
    def cores(self) -> int:
        """Cores that do the day's last load, the largest, in time."""
        return ceil(self.seconds(self.loads) / (self.minutes * 60))

    def seconds(self, load: int) -> float:
        """Core seconds of a load, paid for."""
        return (START_SECONDS[self.engine] + self.work(load) * CPU_SECONDS[self.engine]) / EFFICIENCY

    @property
    def core_hours(self) -> float:
        """Core hours a day, paid for."""
        return sum(self.seconds(load) for load in range(1, self.loads + 1)) / 3600

    @property
    def shuffled_gb(self) -> float:
        """Gigabytes that the last load shuffles; DuckDB does not."""
        return self.work(self.loads) * SHUFFLED_MB / 1000 if self.engine == "spark" else 0

    def row(self) -> str:
        """The plan as a line of the table."""
        spark = self.engine == "spark"
        executors = ceil(self.cores / EXECUTOR_CORES)
        machines = f"{executors:,} executor{'s' if executors > 1 else ''}" if spark else "one machine"
        silver = self.millions * SILVER_MB
        files = f" in {ceil(silver / FILE_MB):,} files" if spark else ""
        cells = [
            f"{self.millions:,.0f} M",
            f"{self.loads} in {self.minutes} min",
            self.engine,
            f"{self.cores:,} core{'s' if self.cores > 1 else ''}: {machines}",
            f"{self.shuffled_gb:,.0f} GB in {ceil(self.shuffled_gb * 1000 / TASK_MB):,} tasks" if spark else "",
            f"{silver / 1000:,.1f} GB{files}",
            f"{self.core_hours:,.1f}",
            f"{self.core_hours * DAYS * (PRICE['EMR vCPU hour'] + 4 * PRICE['EMR GB hour']):,.0f}",
        ]
        return f"| {self.name} | {' | '.join(cells)} |"


PLANS = (
    Plan("10 GB", 10, loads=24, minutes=30, engine="duckdb"),
    Plan("10 GB", 10, loads=24, minutes=30, engine="spark"),
    Plan("1 TB", 1_000, loads=4, minutes=120, engine="spark"),
    Plan("10 TB", 10_000, loads=1, minutes=240, engine="spark"),
)


def plans() -> str:
    """The table, in Markdown."""
    heads = ("a day", "clicks", "loads", "engine", "machines", "shuffled a load", "a bucket (day) of silver.clicks")
    heads = (*heads, "core hours a day", "USD a month")
    return "\n".join([f"| {' | '.join(heads)} |", "|---|--:|---|---|---|---|---|--:|--:|", *(p.row() for p in PLANS)])


if __name__ == "__main__":
    print(plans())
