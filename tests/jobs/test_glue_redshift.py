"""The step that runs Redshift's SQL: to the end, and a failure is told. A script plays AWS's client."""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.loading import load_script

step: Any = load_script("glue_redshift")
ARGUMENTS = ["--workgroup", "w", "--database", "d", "--secret-arn", "arn:s", "--statements-uri", "s3://b/k.json"]


@dataclass
class DataApi:
    """Redshift's Data API: each statement goes through `states`."""

    states: list[dict[str, Any]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def execute_statement(self, **given: Any) -> dict[str, str]:
        self.asked.append(given)
        return {"Id": str(len(self.asked))}

    def describe_statement(self, **_: str) -> dict[str, Any]:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def cancel_statement(self, Id: str) -> None:  # noqa: N803
        self.cancelled.append(Id)


@dataclass
class Bucket:
    """S3 with one object."""

    text: str

    def get_object(self, **_: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.text.encode())}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def run(api: DataApi, minutes: float = 1) -> str | None:
    arguments = step.parse([*ARGUMENTS, "--timeout-minutes", "1", "--JOB_NAME", "Glue's own"])
    return step.run(api, arguments, "select 1", time.monotonic() + 60 * minutes)


def test_a_statement_is_followed_to_its_end() -> None:
    api = DataApi([{"Status": "SUBMITTED"}, {"Status": "STARTED"}, {"Status": "FINISHED"}])
    assert run(api) is None
    assert api.asked == [{"Sql": "select 1", "WorkgroupName": "w", "Database": "d", "SecretArn": "arn:s"}]
    assert api.cancelled == []


def test_what_keys_pseudonyms_is_a_parameter_and_no_text() -> None:
    api, deadline = DataApi([{"Status": "FINISHED"}]), time.monotonic() + 60
    arguments = step.parse(ARGUMENTS)
    assert step.run(api, arguments, "call p.key(:pseudonyms)", deadline, "s3cret") is None
    assert step.run(api, arguments, "select 1", deadline, "s3cret") is None
    told, other = api.asked
    assert (told["Sql"], told["Parameters"]) == (
        "call p.key(:pseudonyms)",
        [{"name": "pseudonyms", "value": "s3cret"}],
    )
    assert "Parameters" not in other
    assert "--pseudonyms-uri" in str(step.run(api, arguments, "call p.key(:pseudonyms)", deadline))
    assert len(api.asked) == 2


def test_with_a_new_secret_copies_are_made_anew() -> None:
    class Glue:
        def get_paginator(self, _: str) -> Glue:
            return self

        def paginate(self, **_: str) -> list[dict[str, Any]]:
            return [{"TableList": [{"Name": "t", "Parameters": {"metadata_location": "s3://m"}}]}]

    arguments = step.parse(ARGUMENTS)
    found = {step.gold(Glue(), arguments, secret) for secret in ("a", "b", "b")}
    assert len(found) == 2


def test_a_failure_says_what_redshift_says() -> None:
    assert run(DataApi([{"Status": "FAILED", "Error": "relation x does not exist"}])) == "relation x does not exist"
    assert run(DataApi([{"Status": "ABORTED"}])) == "aborted"


def test_one_that_takes_too_long_is_cancelled() -> None:
    api = DataApi([{"Status": "STARTED"}])
    assert "more than 1 minutes" in str(run(api, minutes=-1))
    assert api.cancelled == ["1"]


@pytest.mark.parametrize("text", ["{}", '["select 1", ""]', '["select 1", 2]', "no JSON"])
def test_a_file_that_holds_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - either JSON's words or ours
        step.read_statements(Bucket(text), "s3://b/k.json")


def test_a_list_of_sql_is_read() -> None:
    assert step.read_statements(Bucket(json.dumps(["a", "b"])), "s3://b/k.json") == ["a", "b"]


def test_it_runs_on_the_python_of_glues_python_shell() -> None:
    import ast

    text = Path(step.__file__).read_text()
    ast.parse(text, feature_version=(3, 9))
    assert "from __future__ import annotations" in text
