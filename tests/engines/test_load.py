"""Which engine a run gets, and what a person reads when it is not there."""

from __future__ import annotations

from pathlib import Path

from tests.command import marketpulse
from tests.shop import MiniShop


def test_an_engine_that_nobody_knows_is_refused_with_those_that_are(shop: MiniShop) -> None:
    found = marketpulse(shop, "run", "--engine", "flink")
    assert (found.returncode, found.stderr) == (2, "error unknown engine 'flink'\n hint known: duckdb, spark\n")


def test_without_java_one_line_says_what_to_install(shop: MiniShop) -> None:
    found = marketpulse(shop, "run", "--engine", "spark", JAVA_HOME="/nowhere")
    assert found.returncode == 2
    assert found.stderr.splitlines()[0].startswith("error the Spark engine needs ")
    assert "make spark" in found.stderr


def test_without_pyspark_one_line_says_what_to_install(shop: MiniShop, tmp_path: Path) -> None:
    (tmp_path / "pyspark.py").write_text("raise ImportError('no pyspark here')\n")
    found = marketpulse(shop, "run", "--engine", "spark", PYTHONPATH=str(tmp_path))
    assert found.returncode == 2
    assert found.stderr.splitlines()[0] == "error the Spark engine needs pyspark, which is not installed"
    assert "make spark" in found.stderr
