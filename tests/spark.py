"""Spark for tests: one small session a process, started when the first test needs it."""

from __future__ import annotations

import os

import pytest

from marketpulse.engines.spark_session import open_session
from marketpulse.errors import MissingEngineError
from marketpulse.settings import Settings

#: Small data: what counts is the time to plan a query, not to run it.
CONF = {
    "spark.master": "local[2]",
    "spark.driver.memory": "900m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
}


def need_spark() -> None:
    """Skip loudly where Spark is not installed; fail where it must be."""
    try:
        open_session(Settings(engine="spark", spark=CONF))
    except MissingEngineError as error:
        if os.environ.get("MARKETPULSE_NEEDS_SPARK"):
            raise
        pytest.skip(f"NOT TESTED ON SPARK: {error}")
