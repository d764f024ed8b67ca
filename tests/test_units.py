"""Numbers with their units, as people write them."""

from __future__ import annotations

import pytest

from marketpulse.units import seconds, size


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_234_567, "1.2 MB"), (5e9, "5.0 GB"), (7.25e12, "7.2 TB")],
)
def test_bytes_have_a_unit(count: float, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(("value", "text"), [(0.0004, "0 ms"), (0.25, "250 ms"), (1, "1.0 s"), (61.26, "61.3 s")])
def test_seconds_are_said_short(value: float, text: str) -> None:
    assert seconds(value) == text
