"""What a session on a cluster is started with."""

from __future__ import annotations

import pytest

from marketpulse.engines.spark_session import submitted_options


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_s3_and_executors_are_told_the_region(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for each in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "eu-west-9")
    found = submitted_options()
    assert found["spark.hadoop.fs.s3a.endpoint.region"] == "eu-west-9"
    assert found["spark.executorEnv.AWS_REGION"] == found["spark.executorEnv.AWS_DEFAULT_REGION"] == "eu-west-9"


def test_spark_asks_no_catalog_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(each, raising=False)
    assert submitted_options() == {"spark.sql.catalogImplementation": "in-memory"}
