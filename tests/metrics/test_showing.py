"""Values as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from marketpulse.metrics.metric import Metric, Unit
from marketpulse.metrics.showing import change_of, change_written, written


@pytest.mark.parametrize(
    ("unit", "form", "value", "expected"),
    [
        ("money", "", Decimal("1234567.005"), "1,234,567.00"),
        ("money", "#,##0", Decimal("-0.4"), "0"),
        ("count", "", 1234567, "1,234,567"),
        ("count", "0", 1234567, "1234567"),
        ("share", "", 0.12345, "12.3 %"),
        ("share", "0.00%", 1, "100.00 %"),
        ("number", "", 2.5, "2.50"),
        ("duration", "", 3725.4, "1 h 02 min"),
        ("duration", "", 167, "2 min 47 s"),
        ("duration", "", 9.6, "10 s"),
        ("count", "", None, "–"),
    ],
)
def test_a_value_is_written_in_the_format_of_its_metric(unit: Unit, form: str, value: Any, expected: str) -> None:
    assert written(Metric("m", "", unit, format=form), value) == expected


@pytest.mark.parametrize(
    ("value", "before", "change", "text"),
    [
        (110, 100, 0.1, "+10.0 %"),
        (Decimal(5), 10, -0.5, "-50.0 %"),
        (-50, -100, 0.5, "+50.0 %"),
        (1, 0, None, "–"),
        (1, None, None, "–"),
        (None, 1, None, "–"),
        (100, 100, 0.0, "0.0 %"),
    ],
)
def test_a_change_is_of_what_was_before(value: Any, before: Any, change: float | None, text: str) -> None:
    assert change_of(value, before) == change
    assert change_written(change) == text
