"""The numbers a project is proud of: its own, else those of the project it extends; a problem is said."""

from __future__ import annotations

import pytest

from marketpulse.run.validate import validate
from marketpulse.serving.headlines import Headline, headlines
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop

TEXT = """\
headlines:
  - title: By day
    bar: qty
    query: select day, qty from gold.agg_daily order by day
  - title: Later
    query: select count(*) as n from gold.not_yet
  - title: Drawn
    bar: amount
    query: select day from gold.agg_daily
"""


def answered(shop: MiniShop) -> list[Headline]:
    with shop.open() as context:
        return headlines(context)


@pytest.fixture
def sold(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    shop.run()
    return shop


def test_a_project_without_headlines_has_none(sold: MiniShop) -> None:
    assert answered(sold) == []


def test_each_is_answered_or_says_why_not(sold: MiniShop) -> None:
    sold.write("headlines.yaml", TEXT)
    by_day, later, drawn = answered(sold)
    assert (by_day.title, by_day.columns, by_day.bar) == ("By day", ["day", "qty"], "qty")
    assert [row[1] for row in by_day.rows] == [1, 2]
    assert "there is no table gold.not_yet" in (later.problem or "")
    assert drawn.problem == "bar: amount is no column of the query"


def test_a_project_that_extends_another_has_its_headlines_until_it_has_its_own(sold: MiniShop) -> None:
    sold.write("headlines.yaml", TEXT)
    base, sold.project_dir = sold.project_dir, sold.root / "own"
    sold.write("project.yaml", f"name: own\nextends: ../{base.name}\n")
    assert [item.title for item in answered(sold)] == ["By day", "Later", "Drawn"]
    sold.write("headlines.yaml", "headlines: [{title: Own, query: select 1 as one}]\n")
    assert [(item.title, item.rows) for item in answered(sold)] == [("Own", [(1,)])]


ASKED = """\
headlines:
  - {title: Sizes, metrics: [lines, pieces_per_line], by: [size], last: 1d, bar: lines}
  - {title: Steps, metrics: [pieces, lines], steps: true, bar: count}
  - {title: Nobody, metrics: [liens]}
"""


def test_headlines_ask_for_metrics(sold: MiniShop) -> None:
    with_metrics(sold).write("headlines.yaml", ASKED)
    sold.run()
    sizes, steps, nobody = answered(sold)
    assert (sizes.columns, sizes.rows, sizes.bar) == (
        ["size", "lines", "pieces_per_line"],
        [("small", 1, 2.0)],
        "lines",
    )
    assert sizes.texts == [("small", "1", "2.00")]
    assert steps.rows == [("Pieces", 3, None), ("Lines", 2, 0.6667)]
    assert steps.texts[1] == ("Lines", "2", "66.7 %")
    assert nobody.problem == "there is no metric 'liens'"
    assert [problem.message for problem in validate(sold.project_dir).problems] == ["there is no metric 'liens'"]


@pytest.mark.parametrize("wrong", ["{title: A}", "{title: A, metrics: [lines], query: select 1 as n}"])
def test_a_headline_says_a_query_or_metrics(sold: MiniShop, wrong: str) -> None:
    sold.write("headlines.yaml", f"headlines: [{wrong}]\n")
    assert "neither a query nor metrics, or both" in str(sold.project().headlines[0].problem)


def test_notes_are_told_beside_the_answer(sold: MiniShop) -> None:
    notes = "select concat('day ', cast(day as string)) as note from gold.agg_daily order by day"
    sold.write("headlines.yaml", f'headlines:\n- {{title: A, query: select 1 as n, notes: "{notes}"}}\n')
    (found,) = answered(sold)
    assert found.notes == ["day 2026-01-01", "day 2026-01-02"]


@pytest.mark.parametrize(
    ("notes", "problem"),
    [
        ("select 1 as a, 2 as b", "notes gives more than one column"),
        ("select n from gold.not_yet", "there is no table gold.not_yet"),
        ("select qty[ from gold.agg_daily", ""),
    ],
)
def test_notes_are_checked_like_the_question(sold: MiniShop, notes: str, problem: str) -> None:
    sold.write("headlines.yaml", f'headlines:\n- {{title: A, query: select 1 as n, notes: "{notes}"}}\n')
    (found,) = answered(sold)
    assert problem in (found.problem or "")
    assert found.problem
