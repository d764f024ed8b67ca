"""Incremental equals full refresh, for many more histories than the tests try."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from tests.flow.history import Landing, check, histories


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(histories())
def test_any_history_of_files_gives_the_tables_of_one_run(history: list[Landing]) -> None:
    check(history)
