"""Metrics as views: the same numbers as metrics, for SQL of people, and no way around the masks."""

from __future__ import annotations

from typing import Any

import pytest

from marketpulse.errors import UsageError
from marketpulse.metrics.question import Question, Span
from marketpulse.serving.metrics import ask
from marketpulse.serving.query import Moment, metric_schemas, stream
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop


def rows(shop: MiniShop, query: str) -> list[dict[str, Any]]:
    with shop.open() as context:
        return stream(context, query).read_all().to_pylist()


def test_a_view_says_what_the_metric_says_and_grows_with_it(shop: MiniShop) -> None:
    with_metrics(shop)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,7,2", "3,2026-01-02,2,2")
    shop.run()
    by_size = "select period, size, lines from metrics.lines order by all"
    assert [tuple(row.values())[1:] for row in rows(shop, by_size)] == [("small", 1), ("big", 1), ("small", 1)]
    both = "select a.period, sizes, pieces_per_line from metrics.sizes a join METRICS.Pieces_Per_Line b using (period)"
    assert [tuple(row.values())[1:] for row in rows(shop, f"{both} order by 1")] == [(1, 1.0), (2, 4.5)]
    shop.land_sales("2026-01-03", "4,2026-01-03,1,1")
    shop.run()
    with shop.open() as context:
        (line,) = ask(context, Question(("lines",), span=Span(everything=True))).lines
        assert [{"n": line.values[0]}] == stream(
            context, "select sum(lines) as n from metrics.lines"
        ).read_all().to_pylist()
        seen = {view.metric.name: schema.names for view, schema in metric_schemas(context, Moment.now(context))}
    assert seen["lines"] == ["period", "size", "id", "lines"]
    assert seen["sizes"] == ["period", "sizes"]  # who adds up rows of a day would count a size twice
    assert seen["total"] == ["total"]


def test_what_is_no_metric_and_what_stands_behind_one_cannot_be_read(shop: MiniShop) -> None:
    with_metrics(shop)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    for query, hint in {
        "select * from metrics.lnes, metrics.lines": "metrics.lines",
        "select * from metrics.lnes": "status",
        "select * from whole_gold.fct_lines, metrics.lines": "gold.fct_lines",
        "with whole_gold as (select 1) select * from whole_gold.fct_lines, metrics.lines": "gold.fct_lines",
    }.items():
        with pytest.raises(UsageError, match="there is no table") as caught:
            rows(shop, query)
        assert hint in (caught.value.hint or "")
