"""What starts the workflow: no file of a burst is forgotten, many files are one run. A small Glue plays its part."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jobs.loading import load_script

starter: Any = load_script("start_workflow")
RUN, BACKFILL = "shop", "shop-backfill"


class TooManyError(Exception):
    """Glue's refusal of a second run."""


class _Exceptions:
    ConcurrentRunsExceededException = TooManyError


@dataclass
class Glue:
    """Workflows whose runs begin and end when the test says so; one run at a time."""

    now: float = 1000.0
    runs: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {RUN: [], BACKFILL: []})
    exceptions = _Exceptions

    def get_workflow(self, Name: str) -> dict[str, Any]:  # noqa: N803
        return {"Workflow": {"Name": Name} | ({"LastRun": self.runs[Name][-1]} if self.runs[Name] else {})}

    def start_workflow_run(self, Name: str) -> dict[str, str]:  # noqa: N803
        if self.runs[Name] and self.runs[Name][-1]["Status"] == "RUNNING":
            raise TooManyError
        began = datetime.fromtimestamp(self.now, UTC)
        self.runs[Name].append({"StartedOn": began, "Status": "RUNNING"})
        return {"RunId": f"wr_{len(self.runs[Name])}"}

    def end(self, name: str = RUN, status: str = "COMPLETED") -> None:
        self.runs[name][-1]["Status"] = status


@pytest.fixture
def glue(monkeypatch: pytest.MonkeyPatch) -> Glue:
    found = Glue()
    monkeypatch.setattr(starter.time, "time", lambda: found.now)
    return found


def message(sent: float, name: str = "m") -> dict[str, Any]:
    return {"messageId": name, "attributes": {"SentTimestamp": str(int(sent * 1000))}}


def ask(glue: Glue, *messages: dict[str, Any], pause: float = 0) -> list[str]:
    found: list[str] = starter.waiting(glue, list(messages), RUN, BACKFILL, pause)
    return found


def test_many_files_are_one_run(glue: Glue) -> None:
    assert ask(glue, *[message(999, str(number)) for number in range(100)]) == []
    assert len(glue.runs[RUN]) == 1


def test_a_file_that_lands_during_a_run_is_followed_by_another(glue: Glue) -> None:
    ask(glue, message(999))
    glue.now += 60
    late = message(1030, "late")
    assert ask(glue, message(990, "early"), late) == ["late"]
    glue.end()
    assert ask(glue, late) == []
    assert len(glue.runs[RUN]) == 2


@pytest.mark.parametrize("status", ["COMPLETED", "STOPPED", "ERROR"])
def test_a_file_from_before_a_run_asks_for_no_other(glue: Glue, status: str) -> None:
    ask(glue, message(999))
    glue.end(status=status)
    glue.now += 600
    assert ask(glue, message(999, "again")) == []
    assert len(glue.runs[RUN]) == 1


def test_nothing_starts_during_a_backfill(glue: Glue) -> None:
    glue.start_workflow_run(BACKFILL)
    assert ask(glue, message(1001, "m")) == ["m"]
    glue.end(BACKFILL)
    assert ask(glue, message(1001, "m")) == []


def test_runs_keep_their_distance(glue: Glue) -> None:
    ask(glue, message(999), pause=1800)
    glue.end()
    glue.now += 600
    assert ask(glue, message(1500, "m"), pause=1800) == ["m"]
    glue.now += 1300
    assert ask(glue, message(1500, "m"), pause=1800) == []
    assert len(glue.runs[RUN]) == 2


def test_two_that_start_at_a_time_are_one_run(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(glue, message(999))
    monkeypatch.setattr(starter, "last_run", lambda *_: None)
    assert ask(glue, message(999, "m")) == ["m"]


def test_what_aws_refuses_fails_the_function(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: str) -> None:
        raise PermissionError("not authorised")

    monkeypatch.setattr(glue, "start_workflow_run", denied)
    with pytest.raises(PermissionError):
        ask(glue, message(999))


@given(st.lists(st.sampled_from(["land", "ask", "end", "backfill", "end backfill", "wait"]), max_size=40))
def test_whatever_happens_a_run_begins_after_every_file(events: list[str]) -> None:
    glue, queue, landed = Glue(), [], []
    starter_time, starter.time.time = starter.time.time, lambda: glue.now
    try:
        for event in [*events, "end", "end backfill", "ask", "end", "ask"]:
            glue.now += 1
            if event == "land":
                landed.append(glue.now)
                queue.append(message(glue.now, str(glue.now)))
            elif event == "backfill":
                if not starter.is_on(starter.last_run(glue, BACKFILL)):
                    glue.start_workflow_run(BACKFILL)
            elif event.startswith("end") and glue.runs[BACKFILL if event != "end" else RUN]:
                glue.end(BACKFILL if event != "end" else RUN)
            elif event == "ask" and queue:
                again = ask(glue, *queue)
                queue = [each for each in queue if each["messageId"] in again]
    finally:
        starter.time.time = starter_time
    assert queue == []
    begun = [run["StartedOn"].timestamp() for run in glue.runs[RUN]]
    assert not landed or max(begun) >= max(landed)
