"""Bad weather between Spark and its buckets (`make spark-s3`): told, bounded, and when it clears nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.kills import first_wave, second_wave
from tests.tables import everything

from proofs.soaking.weather import KINDS, StormyEmulator, Weather
from proofs.spark_s3 import point_at
from proofs.test_chaos import Pair, sky

__all__ = ["sky"]

#: S3A tries as often as on AWS would take minutes: fewer times, with shorter pauses, it meets the same.
FEW = {
    "fs.s3a.attempts.maximum": "2",
    "fs.s3a.retry.limit": "2",
    "fs.s3a.retry.interval": "20ms",
    "fs.s3a.retry.throttle.limit": "2",
    "fs.s3a.retry.throttle.interval": "20ms",
    "fs.s3a.connection.timeout": "5000",
}


@pytest.fixture(scope="module")
def spark(sky: StormyEmulator) -> Iterator[StormyEmulator]:
    """The stormy emulator, with the Spark of this process on it."""
    point_at(sky, **FEW)
    yield sky
    sky.weather = Weather(random.Random(0))


def test_in_calm_weather_spark_in_buckets_makes_what_duckdb_makes_here(tmp_path: Path, spark: StormyEmulator) -> None:
    pair = Pair(tmp_path, spark, "spark")
    for wave in (first_wave, second_wave):
        wave(pair.here)
        pair.lands()
        pair.clears()


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_storm_the_tables_are_as_if_there_had_been_none(
    tmp_path: Path, spark: StormyEmulator, kind: str
) -> None:
    pair = Pair(tmp_path, spark, "spark")
    first_wave(pair.here)
    pair.lands()
    spark.weather = Weather(random.Random(kind), (kind,), 0.05)
    pair.run()
    seen = dict(spark.weather.seen)
    pair.clears()
    print(seen, dict(pair.ended), flush=True)


def test_when_nothing_answers_a_run_ends_and_has_asked_a_bounded_number_of_times(
    tmp_path: Path, spark: StormyEmulator
) -> None:
    pair = Pair(tmp_path, spark, "spark")
    first_wave(pair.here)
    pair.lands()
    spark.weather = Weather(random.Random(1))
    pair.run()
    calm, before = spark.weather.number, everything(pair.there)
    for kind in KINDS:
        spark.weather = Weather(random.Random(1), (kind,), 1.0)
        pair.run()
        assert spark.weather.number < calm, kind
    spark.weather = Weather(random.Random(1))
    assert everything(pair.there) == before
    pair.clears()
