"""Bad weather between a run and its buckets (`make chaos`): it is told, bounded, and when it clears nothing is lost."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from tests.aws.conftest import SETTINGS, Cloud, new_cloud
from tests.kills import first_wave, second_wave, third_wave
from tests.shop import MiniShop
from tests.tables import everything

from marketpulse.errors import MarketPulseError
from proofs.soaking.weather import KINDS, StormyEmulator, Weather

STORMS = int(os.environ.get("CHAOS_STORMS", "40"))
#: Runs in a storm: each ends, well or not.
TRIES = 4


@pytest.fixture(scope="module")
def sky() -> Iterator[StormyEmulator]:
    emulator = StormyEmulator()
    with mock.patch.dict(os.environ, {**SETTINGS, "AWS_ENDPOINT_URL": emulator.endpoint}):
        for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN"):
            os.environ.pop(name, None)
        yield emulator
    emulator.stop()


class Pair:
    """A shop on a disk, which nothing happens to, and one in buckets, whose engine may be another."""

    def __init__(self, root: Path, sky: StormyEmulator, engine: str = "duckdb") -> None:
        self.sky = sky
        sky.weather = Weather(random.Random(0))  # whatever the one before ended in
        self.here = MiniShop(root)
        self.there = MiniShop(root / "there")
        self.store: Cloud = new_cloud(sky)
        self.there.settings = replace(self.here.settings, engine=engine, **self.store.settings)
        self.ended: Counter[str] = Counter()

    def lands(self) -> None:
        """What lies here lies there too."""
        self.sky.weather = Weather(random.Random(0))
        self.store.upload(self.here.landing)

    def run(self) -> None:
        """A run in whatever the weather is: it ends well, or says what is wrong."""
        try:
            report = self.there.run()
        except MarketPulseError as error:
            self.ended[f"{type(error).__name__}: {str(error)[:60]}"] += 1
        else:
            self.ended["well" if report.ok else "some tables kept out"] += 1

    def clears(self) -> None:
        """In calm weather one run makes the tables what they are here."""
        self.sky.weather = Weather(random.Random(0))
        self.here.run()
        assert self.there.run().ok
        expected, found = everything(self.here), everything(self.there)
        assert found.keys() == expected.keys()
        for name, rows in expected.items():
            assert found[name] == rows, name
        assert {table.status for table in self.there.run().tables} == {"up to date"}


@pytest.mark.parametrize("seed", range(STORMS))
def test_after_a_storm_the_tables_are_as_if_there_had_been_none(tmp_path: Path, sky: StormyEmulator, seed: int) -> None:
    chance = random.Random(seed)
    pair = Pair(tmp_path, sky)
    for wave in (first_wave, second_wave, third_wave):
        wave(pair.here)
        pair.lands()
        kinds = tuple(chance.sample(KINDS, chance.randrange(1, len(KINDS))))
        for _ in range(TRIES):
            sky.weather = Weather(chance, kinds, chance.choice([0.005, 0.02, 0.1, 0.5]))
            pair.run()
        pair.clears()
    print(dict(pair.ended))


@pytest.mark.parametrize("kind", KINDS)
def test_one_trouble_at_any_request_of_a_load(tmp_path: Path, sky: StormyEmulator, kind: str) -> None:
    pair = Pair(tmp_path, sky)
    first_wave(pair.here)
    pair.lands()
    pair.clears()
    day, number = 1, 0
    while True:
        day += 1
        pair.here.land_sales("2026-02-01", f"{day},2026-01-0{1 + day % 5},1,1", name=f"more-{day}.csv")
        pair.lands()
        sky.weather = Weather(random.Random(day), (kind,), only=number)
        pair.run()
        over = sky.weather.number <= number
        pair.clears()
        if over:
            break
        number += 1 + number // 12
    assert number > 50
    print(kind, dict(pair.ended))


def test_when_nothing_answers_a_run_ends_and_has_asked_a_bounded_number_of_times(
    tmp_path: Path, sky: StormyEmulator
) -> None:
    pair = Pair(tmp_path, sky)
    first_wave(pair.here)
    pair.lands()
    sky.weather = Weather(random.Random(1))
    pair.run()
    calm = sky.weather.number
    for kind in KINDS:
        pair.here.land_sales("2026-02-01", "1,2026-01-01,1,1", name=f"{kind}.csv")
        pair.lands()
        sky.weather = Weather(random.Random(1), (kind,), 1.0)
        pair.run()
        assert sky.weather.number < calm, kind
    pair.clears()


def test_a_region_away_a_run_is_the_same(tmp_path: Path, sky: StormyEmulator) -> None:
    pair = Pair(tmp_path, sky)
    first_wave(pair.here)
    pair.lands()
    sky.weather = Weather(random.Random(1), delay=0.08)
    pair.run()
    assert pair.ended == {"well": 1}
    pair.clears()
