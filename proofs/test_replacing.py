"""Deliveries that replace each other give the table of their definition, for many more histories than the tests try."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.silver.replacing import TERMS, Delivery, check, histories


@pytest.mark.parametrize("terms", TERMS)
@settings(max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_any_history_of_deliveries_gives_the_table_of_its_definition(terms: str, history: list[Delivery]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(history, terms, Path(folder))
