"""What an environment costs a month, from its values, list prices and assumptions: `python infra/costs.py`.

The table in docs/aws.md is this output; a test compares the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

ENVS = Path(__file__).parent / "envs"
HOURS, DAYS = 730, 30
LOADS = {"idle": 0.0, "5 M events a day": 5.0, "500 M events a day": 500.0}

#: Of delivery's function (1 GiB) for a mebibyte of requests of 1 KB: assumed; 0.08 was measured on a core of a laptop.
DELIVERY_SECONDS = 0.3
#: Of an environment behind a gateway; a test counts them.
ALARMS, METRICS = 17, 6

#: List prices of us-east-2 in USD, from AWS's price pages.
PRICE = {
    "endpoint hour": 0.01,
    "stream hour": 0.04,
    "shard hour": 0.015,
    "million records of a shard": 0.014,
    "stream GB in and out": 0.08 + 0.04,
    "delivery GB": 0.029,
    "million calls of the key's function": 0.20 + 0.0021 * 5,
    "GB through delivery's function": 1_000 * (0.20 / 1e6 + DELIVERY_SECONDS * 0.0000166667),
    "DPU hour": 0.44,
    "EMR vCPU hour": 0.052624,
    "EMR GB hour": 0.0057785,
    "RPU hour": 0.36,
    "S3 GB month": 0.023,
    "log GB": 0.50,
    "key, secret, alarms, dashboard": 1 + 0.40 + ALARMS * 0.10 + METRICS * 0.30 + 3,
}

#: The endpoint's calls, of which many are cheaper: millions a month up to which a million costs so much.
CALLS = ((333, 3.50), (1_000, 2.80), (20_000, 2.38), (float("inf"), 1.51))

#: What is assumed of the events and of the work; put your own numbers here.
ENDPOINTS = 7  # modules/network, `services`
A_SHARD_A_SECOND = 1_000
EVENT_KB = 1.0
EVENTS_A_CALL = 1  # browser clients; servers send batches
PREFLIGHTS_AN_EVENT = 0.1  # browsers ask once in two hours and path
COMPRESSION = 5.0  # landed gzip, and about the same for each of bronze, silver and gold
MINUTES_TO_START = 2.0  # of every job run, before it does anything
MILLION_EVENTS_A_DPU_MINUTE = 0.5
STAGES_ON_GLUE = 3  # ingest, silver, maintain
SERVE_MINUTES = {0.0: 1.0, 5.0: 2.0, 500.0: 10.0}  # a load of Redshift, and until it falls asleep
QUERY_HOURS_A_DAY = {0.0: 0.0, 5.0: 1.0, 500.0: 4.0}


@dataclass(frozen=True)
class Values:
    """What of an environment's values costs."""

    standby: str
    endpoint_zones: int
    base_rpu: int
    rpu_hours_a_day: float
    workers: int
    run_minutes: int
    serve_minutes: int
    streams: bool = False

    @property
    def endpoints(self) -> int:
        """Interface endpoints that stand, each in each zone; where jobs read streams there is one for these."""
        return (ENDPOINTS + self.streams) * self.endpoint_zones if self.standby == "full" else 0

    def carries(self, millions: float) -> bool:
        """Whether the stream takes so many events a day, of which the busiest hour has twice its share."""
        return self.standby == "full" or millions * 1e6 / 86_400 * 2 <= A_SHARD_A_SECOND

    def runs(self, millions: float) -> int:
        """Runs a day: where events come all day or streams are read, as often as one may be; else the schedule's."""
        return 24 * 60 // self.run_minutes if millions or self.streams else 1

    def loads(self, millions: float) -> int:
        """Loads of Redshift a day: after a run that changed gold, as often as there may be one."""
        return min(self.runs(millions), 24 * 60 // self.serve_minutes) if millions else 1

    def serving(self, millions: float) -> float:
        """RPU hours a day that loads take of the day's limit."""
        return self.loads(millions) * SERVE_MINUTES[millions] / 60 * self.base_rpu

    @classmethod
    def of(cls, environment: str) -> Values:
        """Read them from envs/<environment>/main.tf."""
        text = (ENVS / environment / "main.tf").read_text(encoding="utf-8")

        def number(pattern: str) -> int:
            found = re.search(pattern + r"\s*=\s*(\d+)", text)
            if found is None:
                raise ValueError(f"envs/{environment}/main.tf does not say {pattern}")
            return int(found.group(1))

        found = re.search(r'standby\s*= "(\w+)"', text)
        return cls(
            found.group(1) if found else "full",
            number("endpoint_zones"),
            number(r"\bbase"),
            number("rpu_hours_a_day"),
            number(r"silver\s*= \{ workers"),
            number(r"arrivals = \{ minutes"),
            number("every_minutes"),
            re.search(r"^  streams = \{\}$", text, re.MULTILINE) is None,
        )


def costs(values: Values, millions: float) -> dict[str, float]:
    """USD a month by what it is for, in the first month (storage grows by as much each month)."""
    gb = millions * EVENT_KB * DAYS  # a million events of 1 KB are 1 GB
    runs = values.runs(millions) * DAYS
    calls = millions * DAYS * (1 / EVENTS_A_CALL + PREFLIGHTS_AN_EVENT)
    work = millions * DAYS / MILLION_EVENTS_A_DPU_MINUTE / 60  # DPU hours to touch every event once
    start = runs * MINUTES_TO_START / 60
    glue = STAGES_ON_GLUE * (work + start * 2) + runs * 0.0625 * 0.5
    asked = QUERY_HOURS_A_DAY[millions] * values.base_rpu
    query = min(values.serving(millions) + asked, values.rpu_hours_a_day) * DAYS
    return {
        "network": values.endpoints * HOURS * PRICE["endpoint hour"],
        "events in": stream_usd(values, millions, gb)
        + gb * (PRICE["delivery GB"] + PRICE["GB through delivery's function"])
        + calls_usd(calls)
        + calls * PRICE["million calls of the key's function"],
        "Glue": glue * PRICE["DPU hour"],
        "EMR": 4 * (work + start * 2) * (PRICE["EMR vCPU hour"] + 4 * PRICE["EMR GB hour"]),
        "Redshift": query * PRICE["RPU hour"],
        "storage": 4 * gb / COMPRESSION * PRICE["S3 GB month"],
        "the rest": PRICE["key, secret, alarms, dashboard"] + (0.5 + runs * 0.005) * PRICE["log GB"],
    }


def stream_usd(values: Values, millions: float, gb: float) -> float:
    """A month of the stream: by the hour and the GB, or by the hour and the record of one shard."""
    if values.standby == "full":
        return HOURS * PRICE["stream hour"] + gb * PRICE["stream GB in and out"]
    return HOURS * PRICE["shard hour"] + millions * DAYS / EVENTS_A_CALL * PRICE["million records of a shard"]


def calls_usd(millions: float) -> float:
    """What so many millions of calls of the endpoint cost."""
    usd, below = 0.0, 0.0
    for upto, price in CALLS:
        usd += max(0.0, min(millions, upto) - below) * price
        below = upto
    return usd


def table() -> str:
    """The table, in Markdown."""
    dev = Values.of("dev")
    names = list(costs(dev, 0))
    lines = ["| USD a month | | " + " | ".join(names) + " | **all** |", "|---|---|" + "--:|" * (len(names) + 1)]
    shown = {f'dev, `standby = "{each}"`': replace(dev, standby=each) for each in ("least", "full")}
    for environment, values in (shown | {each: Values.of(each) for each in ("stg", "prod")}).items():
        idle, *loads = [(load, millions) for load, millions in LOADS.items() if values.carries(millions)]
        lines.append(row(environment, *idle, values))
        lines.append(row(environment, "idle, with `streams`", 0, replace(values, streams=True)))
        lines += [row(environment, load, millions, values) for load, millions in loads]
    return "\n".join(lines)


def row(environment: str, load: str, millions: float, values: Values) -> str:
    """One line of the table."""
    found = costs(values, millions)
    cells = [f"{usd:,.0f}" for usd in found.values()]
    return f"| {environment} | {load} | {' | '.join(cells)} | **{sum(found.values()):,.0f}** |"


if __name__ == "__main__":
    print(table())
