"""Progress for logs: a line for a step that took its time, none for the others."""

from __future__ import annotations

import time

import pytest

from marketpulse.cli.progress import Lines, watching


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which a test moves."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_step_that_took_its_time_is_a_line_with_its_seconds(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = Lines(quiet=False)
    for step, took in (("silver.sales", 2.25), ("gold.agg_daily", 0.4)):
        lines.start(step, 10)
        clock[0] += took
        lines.advance(step, 10)
        lines.finish(step)
    assert capsys.readouterr().err == "silver.sales: 2.2 s\n"


def test_a_step_that_is_told_in_parts_ends_once(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines(quiet=False)
    for done in (1, 2, 3):
        clock[0] += 1
        lines.report("landing", done, 3)
    lines.finish("landing")
    assert capsys.readouterr().err == "landing: 2.0 s\n"


def test_where_nobody_watches_there_are_lines_and_quiet_says_nothing(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    for quiet in (True, False):
        with watching(quiet) as progress:
            assert isinstance(progress, Lines)
            progress.start("x", 1)
            clock[0] += 1
            progress.finish("x")
    assert capsys.readouterr().err == "x: 1.0 s\n"
