"""The Spark session of this process: started once, or the one that spark-submit, Glue or EMR gave us."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from marketpulse.errors import MissingEngineError
from marketpulse.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_INSTALL = "run make spark, or pip install 'pyspark>=3.5,<3.6' and a Java 17 runtime"
#: What makes a result the same everywhere; set on our own session, whatever the cluster's defaults are.
SAME_RESULTS = {
    # The models are written for these readings: null for what does not fit, also on Spark 4.
    "spark.sql.ansi.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    # A value from outside that looks like ${name} is that text.
    "spark.sql.variable.substitute": "false",
    # SQL reads what is bound, and no file that it names itself.
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
    # Days before 1582 are days of the calendar that every other reader uses.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.writeLegacyFormat": "false",
}
#: How work is cut into tasks and files, unless the settings say otherwise.
SIZES = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.sql.adaptive.optimizeSkewsInRebalancePartitions.enabled": "true",
    # HotSpot never compiles a method of more bytecodes than that: better several of them than one that is interpreted.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    # In memory a row takes some ten times what it takes in a file: else a side of a million rows is thought small
    # enough to be broadcast.
    "spark.sql.sources.fileCompressionFactor": "10",
    # The planner knows each file by name: it need not ask where it is.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "2000",
}
#: On a cluster: half a gigabyte of shuffled rows makes a Parquet file of some 128 to 256 MB.
CLUSTER_SIZES = {
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "512m",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    # In a store each file is asked for by requests of its own, one after the other: executors ask at once.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "64",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "256",
}
_LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "16",
}
_JAVA = "spark.driver.extraJavaOptions"
_QUIET = "-Dlog4j2.configurationFile=" + (Path(__file__).parent / "log4j2.xml").as_uri()


def open_session(settings: Settings) -> SparkSession:
    """A session of our own on the process's Spark. Raise MissingEngineError with what to install."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingEngineError("the Spark engine needs pyspark, which is not installed", hint=_INSTALL) from None
    running = SparkSession.getActiveSession()
    shared = running or (_submitted(SparkSession) if "PYSPARK_GATEWAY_PORT" in os.environ else _started(settings))
    session = shared.newSession()
    sizes = SIZES if is_local(session.sparkContext.master) else SIZES | CLUSTER_SIZES
    for key, value in {**sizes, **settings.spark, **SAME_RESULTS}.items():
        if key.startswith("spark.sql.") and session.conf.isModifiable(key):
            session.conf.set(key, value)
    return session


def is_local(master: str) -> bool:
    """True when Spark runs inside one process of this machine.

    >>> is_local("local[2]"), is_local("local-cluster[2,1,700]"), is_local("yarn")
    (True, False, False)
    """
    return re.match(r"local(\[|$)", master) is not None


def submitted_options() -> dict[str, str]:
    """What a session on a cluster is started with, besides what the job was submitted with.

    Tables are known by their files: a catalog of Spark's own would ask for databases that the job may not see. Of AWS's
    regions S3's client takes one for granted, and executors are not told what the driver is.
    """
    options = {"spark.sql.catalogImplementation": "in-memory"}
    if region := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"):
        options["spark.hadoop.fs.s3a.endpoint.region"] = region
        options |= {f"spark.executorEnv.{name}": region for name in ("AWS_REGION", "AWS_DEFAULT_REGION")}
    return options


def _submitted(session: type[SparkSession]) -> SparkSession:
    """Master, memory and executors are what the job was submitted with."""
    builder = session.builder.appName("marketpulse")
    for key, value in submitted_options().items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _started(settings: Settings) -> SparkSession:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    _need_java()
    # Workers run what this process runs.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    options = _LOCAL | {
        "spark.master": settings.spark_master or f"local[{settings.threads}]",
        "spark.driver.memory": f"{settings.memory_mb}m",
    }
    options |= settings.spark
    options[_JAVA] = f"{_QUIET} {options.get(_JAVA, '')}".strip()
    builder = SparkSession.builder.appName("marketpulse")
    for key, value in options.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except PySparkException as error:
        raise MissingEngineError(f"Spark does not start: {error}", hint=_INSTALL) from None
    atexit.register(session.stop)
    return session


def _need_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = Path(home) / "bin" / "java" if home else None
    if not (java.is_file() if java else shutil.which("java")):
        where = f"JAVA_HOME is {home}, which has no bin/java" if home else "no java on the PATH"
        raise MissingEngineError(f"the Spark engine needs Java: {where}", hint=_INSTALL)


def first_line(message: str) -> str:
    r"""What Spark says without its class names, plans and stack traces.

    >>> first_line("An error occurred while calling o1.\n: org.apache.spark.SparkException: [OVERFLOW] big\n at")
    '[OVERFLOW] big'
    """
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if lines and lines[0].startswith("An error occurred while calling") and len(lines) > 1:
        lines = lines[1:]
    first = lines[0] if lines else message
    return re.sub(r"^:?\s*(?:[a-z0-9_]+\.)+[A-Z]\w*:\s*", "", first)
