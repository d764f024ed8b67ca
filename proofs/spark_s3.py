"""Jobs by spark-submit whose `s3://` is Hadoop's S3A, on the emulated AWS (`make spark-s3`)."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.aws.conftest import SETTINGS, Cloud
from tests.aws.emulator import REGION, Emulator
from tests.spark import CONF, S3A_JARS

from marketpulse.engines.spark_session import open_session
from marketpulse.settings import Settings

ROOT = Path(__file__).parents[1]
#: Two cores and two gigabytes: what is tried is small.
_SIZE = ("--master", "local[2]", "--driver-memory", "2g")


def need() -> tuple[Path, list[Path]]:
    """Home of Spark, and the jars of S3A. Skip loudly without them, or fail where NEEDS_SPARK_S3 asks for them."""
    found = importlib.util.find_spec("pyspark")
    if found and found.submodule_search_locations and len(S3A_JARS) == 2 and shutil.which("java"):
        return Path(found.submodule_search_locations[0]), S3A_JARS
    what = "pyspark, Java 17 and the two jars in build/spark-s3 are needed: make spark-s3"
    if os.environ.get("NEEDS_SPARK_S3"):
        pytest.fail(what)
    pytest.skip(f"NOT TESTED, Spark on S3: {what}")


#: What makes `s3://` S3A on the emulator: EMR (from 7.10) and Glue 5.1 have it so by themselves, on AWS. The emulator
#: has no names of buckets in its host, and no version of what an open file is read from.
_S3A = {
    "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "fs.s3a.path.style.access": "true",
    "fs.s3a.connection.ssl.enabled": "false",
    "fs.s3a.change.detection.mode": "none",
}


@dataclass(frozen=True)
class Submit:
    """Jobs on one cloud: scripts run by `python`, an environment with marketpulse in it and no pyspark."""

    cloud: Cloud
    python: Path
    more: Mapping[str, str]

    def __call__(self, script: Path, stage: str, run: str, *arguments: str) -> list[dict[str, Any]]:
        """Run a stage to its end; the lines it wrote."""
        ended = self.ended(script, stage, run, *arguments)
        assert ended.returncode == 0, (
            f"{stage} ended with {ended.returncode}:\n{ended.stdout[-5000:]}{ended.stderr[-5000:]}"
        )
        return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]

    def ended(self, script: Path, stage: str, run: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a stage, however it ends."""
        home, jars = need()
        hadoop = {**_S3A, "fs.s3a.endpoint": self.cloud.emulator.endpoint}
        conf = {f"spark.hadoop.{key}": value for key, value in hadoop.items()} | dict(self.more)
        command = [
            str(home / "bin" / "spark-submit"), *_SIZE, "--jars", ",".join(map(str, jars)),
            *(text for key, value in conf.items() for text in ("--conf", f"{key}={value}")),
            str(script), "--environment", "dev", "--stage", stage, "--run-id", run, "--catalog", "glue",
            "--engine", "spark", "--landing-uri", self.cloud.landing, "--warehouse-uri", self.cloud.warehouse,
            "--namespace", self.cloud.namespace, "--region", REGION, *arguments,
        ]  # fmt: skip
        environment = {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", "SPARK_HOME": str(home),
            "PYSPARK_PYTHON": str(self.python), "PYSPARK_DRIVER_PYTHON": str(self.python),
            **SETTINGS, "SPARK_LOCAL_IP": "127.0.0.1", "AWS_ENDPOINT_URL": self.cloud.emulator.endpoint,
        }  # fmt: skip
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=3600, check=False)


def point_at(emulator: Emulator, **more: str) -> None:
    """Let the Spark of this process meet the emulator: its S3A, and the tasks that read landed files."""
    need()
    context = open_session(Settings(engine="spark", spark=CONF)).sparkContext
    keys = {"fs.s3a.access.key": SETTINGS["AWS_ACCESS_KEY_ID"], "fs.s3a.secret.key": SETTINGS["AWS_SECRET_ACCESS_KEY"]}
    for key, value in {**_S3A, "fs.s3a.endpoint": emulator.endpoint, **keys, **more}.items():
        context._jsc.hadoopConfiguration().set(key, value)
    context.environment.update({**SETTINGS, "AWS_ENDPOINT_URL": emulator.endpoint})
