"""Numbers, sizes and bars as people read them."""

from __future__ import annotations

from marketpulse.cli.render import bar


def test_a_bar_is_as_long_as_its_value() -> None:
    assert [bar(v, 8, width=2) for v in (8, 4, 5, 1, 0, -3)] == ["██", "█", "█▎", "▎", "", ""]
    assert bar(0, 0) == ""
