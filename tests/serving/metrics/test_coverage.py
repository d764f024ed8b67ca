"""Days of metrics whose source does not have a row for each: up to when they tell all, and by which time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.metrics.question import Question
from marketpulse.serving.metrics import ask
from marketpulse.serving.query import Moment
from tests.serving.metrics.counting import METRICS, asked, with_metrics
from tests.shop import MiniShop, contract

SINCE = """
  - name: firsts
    description: Sizes by the day on which they were sold first.
    source: gold.mart_firsts
    time: first_day
    until: newest
    expression: count(distinct size)
    unit: count
    additive: false
"""


def with_firsts(shop: MiniShop) -> MiniShop:
    """The shop with a table in which most days have no row: a row a size, with the newest day of all."""
    columns = [("size", "string", "key"), ("first_day", "date", "required"), ("newest", "date", "required")]
    shop.write("gold/mart_firsts/contract.yaml", contract("gold.mart_firsts", columns))
    model = (
        "with ends as (select max(day) as newest from gold.fct_lines)\n"
        "select l.size, min(l.day) as first_day, e.newest from gold.fct_lines as l cross join ends as e\n"
        "group by l.size, e.newest\n"
    )
    shop.write("gold/mart_firsts/model.sql", model)
    return with_metrics(shop, METRICS + SINCE)


def test_a_day_on_which_nothing_is_new_is_loaded_and_has_none(shop: MiniShop) -> None:
    with_firsts(shop).land_sales("2026-03-09", "a,2026-03-01,1,1", "b,2026-03-04,9,1", "c,2026-03-09,1,1")
    assert shop.run().ok
    found = asked(shop, "firsts", "lines", grain="day", first_day="2026-03-03", last_day="2026-03-09")
    assert [line.values[0] for line in found.lines] == [0, 1, 0, 0, 0, 0, 0]
    assert [line.mark for line in found.lines] == [None] * 7
    assert not [note for note in found.notes if note.startswith("Firsts")]
    assert str(asked(shop, "firsts", last="2d").period) == "2026-03-08 to 2026-03-09"
    later = asked(shop, "firsts", grain="day", first_day="2026-03-09", last_day="2026-03-10")
    assert [(line.values[0], line.mark) for line in later.lines] == [(0, None), (None, "not loaded")]


def test_the_newest_day_up_to_which_all_is_told_may_have_only_begun(shop: MiniShop) -> None:
    with_firsts(shop)
    shop.edit("metrics/lines.yaml", "    until: newest", "    until: newest\n    days: gold.fct_lines.day")
    whole = [f"{day}-{n},2026-03-{day:02},1,1" for day in range(1, 9) for n in range(20)]
    shop.land_sales("2026-03-09", *whole, "b,2026-03-09,9,1")
    assert shop.run().ok
    found = asked(shop, "firsts", grain="day", last="2d")
    assert [(line.values[0], line.mark) for line in found.lines] == [(0, None), (1, "just begun")]
    beside = asked(shop, "firsts", last="3d", compare="previous")
    assert (str(beside.period), str(beside.left_out)) == ("2026-03-07 to 2026-03-08", "2026-03-09")
    assert str(asked(shop, "firsts", last="2d", full=True).period) == "2026-03-07 to 2026-03-08"


def test_rows_that_the_first_run_still_makes_say_of_no_day_whether_it_is_over(shop: MiniShop) -> None:
    with_firsts(shop).edit("metrics/lines.yaml", "    until: newest", "    until: newest\n    days: gold.fct_lines.day")
    shop.land_sales("2026-03-09", "a,2026-03-01,1,1", "b,2026-03-09,9,1")
    assert shop.run().ok
    with shop.open() as context:
        moment = Moment.now(context)
        state = {name: each for name, each in (moment.state or {}).items() if name != "gold.fct_lines"}
        found = ask(context, Question(("firsts",)), replace(moment, state=state))
    assert [line.values for line in found.lines] == [(2,)]


@pytest.mark.parametrize("days", ["", "\n    days: gold.fct_lines.day"])
def test_a_day_in_the_future_is_none_up_to_which_all_is_told(shop: MiniShop, days: str) -> None:
    with_firsts(shop).edit("metrics/lines.yaml", "    until: newest", f"    until: newest{days}")
    shop.land_sales("2026-03-09", "a,2026-03-01,1,1", "b,2026-03-09,9,1", "c,2099-01-01,1,1")
    assert shop.run().ok
    period = asked(shop, "firsts", last="2d").period
    assert period is not None
    assert period.last == asked(shop, "lines", last="2d").period.last if days else period.last.year < 2099


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("gold.fct_lines.size", "days names gold.fct_lines.size, which is a string"),
        ("gold.fct_lines.dy", "gold.fct_lines has no column dy"),
        ("silver.sales.day", "there is no gold table silver.sales"),
        ("day", "there is no gold table"),
    ],
)
def test_days_are_those_of_a_gold_table(shop: MiniShop, days: str, told: str) -> None:
    with_firsts(shop).edit("metrics/lines.yaml", "    until: newest", f"    until: newest\n    days: {days}")
    with pytest.raises(DefinitionError, match=told):
        asked(shop, "firsts")


def test_up_to_when_all_is_told_is_a_day_of_the_source(shop: MiniShop) -> None:
    with_firsts(shop)
    shop.edit("metrics/lines.yaml", "    until: newest", "    until: size")
    with pytest.raises(DefinitionError, match="until names size, which is a string"):
        asked(shop, "firsts")
    shop.edit("metrics/lines.yaml", "    time: first_day\n    until: size", "    until: newest")
    with pytest.raises(DefinitionError, match="says until and no time"):
        asked(shop, "firsts")


STOCKED = """
  - name: stocked
    description: Sizes by the newest day.
    source: gold.mart_firsts
    time: newest
    expression: count(*)
    unit: count
    additive: true
"""


def test_each_metric_of_a_table_has_the_days_of_its_own_time(shop: MiniShop) -> None:
    with_firsts(shop).land_sales("2026-03-09", "a,2026-03-01,1,1", "b,2026-03-04,9,1", "c,2026-03-09,1,1")
    (shop.project_dir / "metrics/lines.yaml").write_text(METRICS + STOCKED + SINCE, encoding="utf-8")
    assert shop.run().ok
    found = asked(shop, "stocked", "firsts", grain="day", first_day="2026-03-03", last_day="2026-03-09")
    assert [line.values for line in found.lines] == [(None, 0), (None, 1), *[(None, 0)] * 4, (2, 0)]
    (told,) = [note for note in found.notes if "nothing on" in note]
    assert told.startswith("Stocked: nothing on 6 of 7 days")
