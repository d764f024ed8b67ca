"""The picture of the tables: none lies on another, every arrow has its way."""

from __future__ import annotations

import pytest

from marketpulse.serving.catalog.layout import arrange


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b", "c", "d"]])
def test_the_layout_keeps_tables_apart(names: list[str]) -> None:
    columns = {name: number // 2 * 2 for number, name in enumerate(names)}
    edges = [(a, b) for a in names for b in names if columns[a] < columns[b]]
    layout = arrange(columns, edges, {name: name for name in names})
    places = [(spot.column, spot.y) for spot in layout.spots]
    assert all(abs(y - z) >= 38 for i, (c, y) in enumerate(places) for d, z in places[:i] if c == d)
    assert all(len(route) == 3 for route in layout.routes)
    assert layout.height >= max((y for _, y in places), default=0)
