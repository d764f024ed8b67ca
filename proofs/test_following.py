"""Rows that follow what they look up are those of a rebuild, for many more histories than the tests try."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.silver.looking import KINDS, Landing, check, histories


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
@given(history=histories())
def test_any_history_of_both_gives_the_tables_of_one_run_and_of_a_rebuild(kind: str, history: list[Landing]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(history, Path(folder), kind)
