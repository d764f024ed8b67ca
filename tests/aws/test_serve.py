"""The step that serves wakes Redshift when gold changed, and not more often than it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.aws.conftest import Cloud
from tests.jobs.loading import load_script

step: Any = load_script("glue_redshift")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements that Redshift was given."""
    found: list[str] = []
    monkeypatch.setattr(step, "run", lambda _client, _arguments, sql, _deadline, _secret: found.append(sql))
    return found


@pytest.fixture
def serve(cloud: Cloud) -> Any:
    """Run the step, told more; the catalog has one table of gold."""
    database = f"{cloud.name}_gold".replace("-", "_")
    glue = cloud.client("glue")
    glue.create_database(DatabaseInput={"Name": database})
    table = {"Name": "fct_sales", "Parameters": {"metadata_location": "s3://gold/1.json"}}
    glue.create_table(DatabaseName=database, TableInput=table)
    cloud.put("hash/redshift.json", json.dumps(["select 1"]), "logs")
    given = {
        "--workgroup": "w",
        "--database": "d",
        "--secret-arn": "arn:s",
        "--statements-uri": f"s3://{cloud.name}-logs/hash/redshift.json",
        "--gold-database": database,
        "--state-uri": f"s3://{cloud.name}-logs/tmp/served",
    }

    def run(location: str = "", **more: str) -> int:
        if location:
            changed = {"Name": "fct_sales", "Parameters": {"metadata_location": location}}
            glue.update_table(DatabaseName=database, TableInput=changed)
        told = given | {f"--{name.replace('_', '-')}": value for name, value in more.items()}
        code: int = step.main([text for pair in told.items() for text in pair])
        return code

    return run


def test_gold_that_did_not_change_wakes_nobody(serve: Any, ran: list[str]) -> None:
    assert [serve(), serve()] == [0, 0]
    assert ran == ["select 1"]
    assert serve("s3://gold/2.json") == 0
    assert ran == ["select 1"] * 2


def test_what_is_new_waits_until_it_is_time(serve: Any, ran: list[str]) -> None:
    serve(every_minutes="60")
    serve("s3://gold/2.json", every_minutes="60")
    assert ran == ["select 1"]
    serve(every_minutes="0")
    assert ran == ["select 1"] * 2


def test_other_statements_run_though_gold_is_the_same(serve: Any, ran: list[str], cloud: Cloud) -> None:
    serve()
    cloud.put("other/redshift.json", json.dumps(["select 2"]), "logs")
    serve(statements_uri=f"s3://{cloud.name}-logs/other/redshift.json")
    assert ran == ["select 1", "select 2"]


def test_what_failed_is_tried_again(serve: Any, ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "run", lambda *_: "no such table")
    assert serve() == 1
    monkeypatch.setattr(step, "run", lambda _client, _arguments, sql, _deadline, _secret: ran.append(sql))
    assert serve() == 0
    assert ran == ["select 1"]


def test_what_keys_pseudonyms_comes_from_the_bucket_and_a_new_one_makes_copies_anew(
    serve: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[str] = []
    monkeypatch.setattr(step, "run", lambda _client, _arguments, _sql, _deadline, secret: given.append(secret))
    uri = f"s3://{cloud.name}-logs/people/pseudonyms"
    assert serve(pseudonyms_uri=uri) == 1
    assert "the first ingest makes it" in capsys.readouterr().out
    for secret in ("one", "one", "two"):
        cloud.put("people/pseudonyms", secret, "logs")
        assert serve(pseudonyms_uri=uri) == 0
    assert given == ["one", "two"]
    assert "two" not in capsys.readouterr().out
