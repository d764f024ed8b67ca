"""A table of 100,000 files in S3: what a commit and a plan cost the driver, which looks into no data file.

MANY_FILES says how many. No file is there: whoever looked into one would fail. Seconds are told, requests are held to.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.aws.conftest import Cloud, cloud, emulator

from marketpulse.lake import remembered
from marketpulse.lake.datafile import Measured
from marketpulse.lake.lake import Lake
from marketpulse.settings import Settings
from marketpulse.storage.remembered import Remembered
from marketpulse.storage.s3 import s3_data_filesystem

__all__ = ["cloud", "emulator"]

MANY = int(os.environ.get("MANY_FILES", "100000"))
FIRST, DAYS = date(2020, 1, 1), 2_000
TYPES = {"id": "string", "day": "date", **{f"c{number}": "string" for number in range(20)}}


def test_a_commit_and_a_plan_of_many_files_ask_a_few_times(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(Settings(), catalog={"type": "glue"}, **cloud.settings)

    def step(name: str, requests: int, does: Callable[[], Any]) -> Any:
        before, wall, cpu = len(cloud.emulator.requests), time.perf_counter(), time.process_time()
        found = does()
        asked = len(cloud.emulator.requests) - before
        spent = f"{time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} s of a core"
        print(f"{MANY:,} files: {name}: {spent}, {asked} requests", flush=True)
        assert asked <= requests, name
        return found

    lake = Lake(settings.layout, settings.catalog_properties())
    table = lake.ensure("silver.t", TYPES, "day", ["id"])
    place = f"{settings.layout.location('silver.t')}/data/20261130T000000-r-0000-abcd"
    wrote = {one.path: one for one in (measured(place, number) for number in range(MANY))}
    files = step("entries", 0, lambda: lake.describe(table, list(wrote), None, wrote))
    step("the commit", 20, lambda: lake.commit(table, files, [], {}, {}))
    for cache in ("_LISTS", "_ENTRIES", "_METADATA"):  # as a new process begins
        monkeypatch.setattr(remembered, cache, Remembered(30_000))
    s3_data_filesystem.cache_clear()
    other = Lake(settings.layout, settings.catalog_properties())
    again = step("the table's metadata", 20, lambda: other.find("silver.t"))
    live = step("a plan", 20, again.files)
    assert len(live) == MANY
    day = FIRST + timedelta(days=3)
    gone = [each for each in live if each.bucket == day]
    new = [replace(wrote[each.path], path=f"{each.path}.new") for each in gone[:3]]
    added = other.describe(again, [each.path for each in new], None, {each.path: each for each in new})
    step("a day of 2,000 replaced", 20, lambda: other.commit(again, added, gone, {}, {}))
    assert len(other.find("silver.t").files()) == MANY - len(gone) + len(added)


def measured(place: str, number: int) -> Measured:
    """What a task says of a file that it wrote."""
    day = FIRST + timedelta(days=number % DAYS)
    path = f"{place}/_bucket={day}/part-{number:05d}-9a2b1c3d-0000-4000-8000-0123456789ab.c000.zstd.parquet"
    ids = tuple((name, field) for field, name in enumerate(TYPES, 1))
    return Measured(path, 1_000, 100_000, ids, (day, day), (f"a{number:08d}", f"b{number:08d}"))
