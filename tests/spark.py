"""Spark for tests: one small session a process, started when the first test needs it.

Where the Iceberg runtime and the SQLite driver are installed, plain Spark can read and change our tables too.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from marketpulse.engines.spark_session import open_session
from marketpulse.errors import MissingEngineError
from marketpulse.settings import Settings

_SQLITE = Path("/usr/share/java/sqlite-jdbc.jar")
#: Where `make spark-s3` puts Hadoop's S3A and the SDK that it speaks through; nothing where that was not asked for.
S3A_JARS = sorted((Path(__file__).parents[1] / "build" / "spark-s3").glob("*.jar"))


@cache
def iceberg_jars() -> list[Path]:
    """Iceberg's Spark runtime and a SQLite driver; empty when one of them is missing."""
    found = importlib.util.find_spec("snowpark_connect_deps_iceberg")
    if found is None or found.origin is None:
        return []
    jars = sorted(Path(found.origin).parent.glob("jars/iceberg-spark-runtime-3.5_2.12-*.jar"))
    driver = Path(os.environ.get("SQLITE_JDBC_JAR", _SQLITE))
    return [*jars, driver] if jars and driver.is_file() else []


#: Small data: what counts is the time to plan a query, not to run it.
CONF = {
    "spark.master": "local[2]",
    "spark.driver.memory": "900m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.extraClassPath": ":".join(str(jar) for jar in [*iceberg_jars(), *S3A_JARS]),
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
}
if iceberg_jars():
    CONF["spark.sql.extensions"] = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"


def need_spark() -> None:
    """Skip loudly where Spark is not installed; fail where it must be."""
    try:
        open_session(Settings(engine="spark", spark=CONF))
    except MissingEngineError as error:
        _missing(str(error))


def catalog(warehouse: Path) -> dict[str, str]:
    """What plain Spark is told of the catalog of a warehouse."""
    options = {
        "": "org.apache.iceberg.spark.SparkCatalog",
        ".type": "jdbc",
        ".uri": f"jdbc:sqlite:{warehouse}/catalog.db",
        ".warehouse": str(warehouse),
        ".jdbc.schema-version": "V1",
    }
    return {f"spark.sql.catalog.marketpulse{key}": value for key, value in options.items()}


@contextmanager
def native(warehouse: Path) -> Iterator[Any]:
    """Plain Spark on the catalog of a warehouse: `marketpulse.<layer>.<table>`, through Iceberg's own code."""
    need_spark()
    if not iceberg_jars():
        _missing("Iceberg's Spark runtime or /usr/share/java/sqlite-jdbc.jar: see docs/spark.md")
    session = open_session(Settings(engine="spark", spark=CONF))
    for key, value in {**catalog(warehouse), "spark.sql.catalog.marketpulse.cache-enabled": "false"}.items():
        session.conf.set(key, value)
    try:
        yield session
    finally:
        # Its connection to SQLite keeps a lock for as long as it is open.
        session._jsparkSession.sessionState().catalogManager().catalog("marketpulse").icebergCatalog().close()


def _missing(what: str) -> None:
    if os.environ.get("NEEDS_SPARK"):
        pytest.fail(f"not installed: {what}")
    pytest.skip(f"NOT TESTED ON SPARK: {what}")
