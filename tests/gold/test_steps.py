"""Which buckets a change reaches, and which of them are computed together."""

from __future__ import annotations

from datetime import date

import pytest

from marketpulse.gold.reach import reach
from marketpulse.gold.steps import WHOLE, Step, steps
from marketpulse.lake.table import Bucket
from marketpulse.run.work import find_work
from tests.shop import MiniShop, contract

COLUMNS = [("day", "date", "key bucket"), ("events", "long", "")]
MODEL = "select day, count(*) as events from silver.sales group by day\n"


def day(number: int) -> date:
    return date(2026, 1, number)


@pytest.fixture
def counted(shop: MiniShop) -> MiniShop:
    """A shop that has built a table whose days read the day before too."""
    inputs = "{property: inputs, value: [{table: silver.sales, column: day, before: 1}]}"
    shop.write("gold/agg_counts/contract.yaml", contract("gold.agg_counts", COLUMNS, inputs))
    shop.write("gold/agg_counts/model.sql", MODEL)
    shop.land_sales("2026-01-01", *[f"{n},2026-01-0{n},1,1" for n in range(1, 6)])
    shop.run()
    return shop


def planned(shop: MiniShop, full: bool = False, **settings: int) -> tuple[set[Bucket] | None, list[Step]]:
    """Touched buckets of the table as it is, and the steps that compute them."""
    with shop.open(**settings) as context:
        work = find_work(context, context.project.table("gold.agg_counts"), full)
        found = reach(context, work)
        return None if found.whole is None else set(found.whole), list(steps(context, work, found))


def test_a_day_that_changed_reaches_the_day_that_reads_it_too(counted: MiniShop) -> None:
    counted.land_sales("2026-01-02", "9,2026-01-03,1,1")
    counted.run("silver.sales")
    assert planned(counted) == ({day(3), day(4)}, [Step(frozenset({day(3), day(4)}))])


def test_a_step_takes_no_more_rows_than_it_is_told(counted: MiniShop) -> None:
    counted.land_sales("2026-01-02", "9,2026-01-03,1,1")
    counted.run("silver.sales")
    _, found = planned(counted, chunk_rows=1)
    assert found == [Step(frozenset({day(3)})), Step(frozenset({day(4)}))]


def test_a_rebuild_is_one_step_or_days_and_what_lies_in_no_day_that_is_known(counted: MiniShop) -> None:
    assert planned(counted, full=True) == (None, [WHOLE])
    touched, found = planned(counted, full=True, chunk_rows=2)
    every = frozenset(day(number) for number in range(1, 7))
    assert touched is None
    assert found[-1] == Step(every, others=True)
    assert frozenset().union(*(step.buckets for step in found[:-1])) == every
    assert max(len(step.buckets) for step in found[:-1]) <= 3


def test_an_input_without_a_rule_touches_everything(counted: MiniShop) -> None:
    counted.write("gold/agg_counts/contract.yaml", contract("gold.agg_counts", COLUMNS))
    counted.run()
    counted.land_sales("2026-01-02", "9,2026-01-03,1,1")
    counted.run("silver.sales")
    assert planned(counted)[0] is None


def test_a_query_says_which_days_a_change_touches(counted: MiniShop) -> None:
    touches = "select day from removed union select cast(date_add(day, 20) as date) as day from added"
    inputs = f"{{property: inputs, value: [{{table: silver.sales, touches: '{touches}'}}]}}"
    counted.write("gold/agg_counts/contract.yaml", contract("gold.agg_counts", COLUMNS, inputs))
    counted.run()
    counted.land_sales("2026-01-02", "1,2026-01-05,1,1")
    counted.run("silver.sales")
    assert planned(counted)[0] == {day(1), day(25)}


def test_a_query_says_what_to_build_and_a_column_what_that_reads(counted: MiniShop) -> None:
    touches = "select distinct cast(date_add(day, 1) as date) as day from changed"
    inputs = f"{{property: inputs, value: [{{table: silver.sales, column: day, before: 1, touches: '{touches}'}}]}}"
    counted.write("gold/agg_counts/contract.yaml", contract("gold.agg_counts", COLUMNS, inputs))
    counted.write(
        "gold/agg_counts/model.sql",
        "select cast(date_add(day, 1) as date) as day, count(*) as events from silver.sales group by day\n",
    )
    counted.run()
    counted.land_sales("2026-01-02", "9,2026-01-03,1,1")
    counted.run("silver.sales")
    assert planned(counted) == ({day(4)}, [Step(frozenset({day(4)}))])
    counted.run()
    assert (day(4), 2) in counted.rows("gold.agg_counts")
