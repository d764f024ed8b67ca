"""Incremental equals full refresh for any shuffle, split, copy and delay of the files (`make proof` tries more)."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings

from tests.flow.history import Landing, check, histories

LATE_NIGHT = [
    Landing("clicks", "f1", ({"id": "b", "ts": "2026-01-02T00:10:00Z", "name": "x"},), 0, 3),
    Landing("clicks", "f0", ({"id": "a", "ts": "2026-01-01T23:50:00Z", "name": "x"},), 1, None),
    Landing("sales", "f2", (("a", "2025-10-01", "1", "1"),), 2, None),
    Landing("sales", "f3", (("a", "2026-01-03", "2", "1"), ("b", "2026-01-01", "0", "")), 1, 2),
]


@settings(max_examples=3, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None)
@given(histories())
@example(LATE_NIGHT)
def test_any_history_of_files_gives_the_tables_of_one_run(history: list[Landing]) -> None:
    renewed = check(history)
    assert renewed == {"gold.sessions", "gold.labels"} or history != LATE_NIGHT
