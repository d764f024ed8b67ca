"""A count of distinct things is added up only over what each is alike in, unless its contract says otherwise."""

from __future__ import annotations

import pytest

from marketpulse import sql
from marketpulse.sql.sums import Measure, Promise, Sums, judge

LINES = Promise(("order_id", "line", "day", "store", "customer", "at"), ("order_id", "line"), {})
ORDERS = Promise(("order_id", "day", "customer"), ("order_id",), {})
TABLES = {"gold.lines": LINES, "gold.orders": ORDERS}
DAILY = "select day, store, count(distinct customer) as n from gold.lines group by day, store"


def judged(text: str, tables: dict[str, Promise] = TABLES, promised: dict[str, Measure] | None = None) -> Sums:
    query = sql.parse(text)
    sql.check(query)
    return judge(query, tables, None, promised)


@pytest.mark.parametrize(
    "text",
    [
        f"with d as ({DAILY}) select day, store, sum(n) as n from d group by day, store",
        f"with d as ({DAILY}) select avg(n) as n, max(n) as m from d",
        f"with d as ({DAILY}) select store, sum(n) as n from d where day = 3 group by store, day",
        "with d as (select day, count(distinct order_id) as n from gold.orders group by day) select sum(n) as n from d",
        "with d as (select count(distinct customer) as n from gold.lines) select sum(n) as n from d",
        "with d as (select date_trunc('month', at) as m, count(distinct customer) as n from gold.lines"
        " group by date_trunc('month', at)) select m, sum(n) as n from d group by m",
        "select count(distinct customer) as n, count(*) as lines from gold.lines",
        "with d as (select customer, count(distinct customer) as n from gold.lines group by customer)"
        " select sum(n) as n from d",
    ],
)
def test_what_each_thing_is_counted_in_once_is_added(text: str) -> None:
    assert judged(text).problems == ()


@pytest.mark.parametrize(
    ("text", "over"),
    [
        (f"with d as ({DAILY}) select day, sum(n) as n from d group by day", "gold.lines.store"),
        (f"with d as ({DAILY}) select sum(coalesce(n, 0)) as n from d", "gold.lines.day, gold.lines.store"),
        (f"with d as ({DAILY}) select day, sum(n) over (partition by day) as n from d", "gold.lines.store"),
        (f"with d as ({DAILY}), e as (select *, n * 2 as m from d) select sum(m) as m from e", "gold.lines.day"),
        ("with d as (select day, count(distinct order_id) as n from gold.lines group by day) select sum(n) as n from d",
         "gold.lines.day"),
        ("with d as (select date_trunc('month', at) as m, count(distinct customer) as n from gold.lines group by m)"
         " select sum(n) as n from d", "several m"),
        ("with d as (select day, count(distinct case when line > 1 then customer end) as n from gold.lines"
         " group by day) select sum(n) as n from d", "gold.lines.day"),
        ("with u as (select day, count(distinct customer) as n from gold.lines group by day union all select 1, 2)"
         " select sum(n) as n from u", "day"),
    ],
)  # fmt: skip
def test_what_may_be_counted_twice_is_not_added(text: str, over: str) -> None:
    (found,) = judged(text).problems
    assert "counts of distinct things that may be the same in several" in found.message
    assert over in found.message
    assert (found.hint or "").startswith("count them anew at this grain")


def test_the_table_of_a_count_knows_it_and_its_contract_may_know_better() -> None:
    found = judged(DAILY, promised={})
    assert found.measures["n"] == Measure(additive=False, not_over=("day", "store"))
    known = judged(DAILY, promised={"n": Measure(additive=True)})
    assert (known.problems, known.measures["n"]) == ((), Measure(additive=True))
    for measure, wrong in ((found.measures["n"], 1), (known.measures["n"], 0)):
        daily = Promise(("day", "store", "n"), ("day", "store"), {"n": measure})
        sums = judged("select day, sum(n) as n from gold.daily group by day", {"gold.daily": daily})
        assert len(sums.problems) == wrong


def test_what_is_certain_is_still_told_of_its_contract() -> None:
    share = Promise(("day", "share"), ("day",), {"share": Measure(additive=False)})
    found = judged("select day, share from gold.daily", {"gold.daily": share}, {"share": Measure(additive=True)})
    assert len(found.problems) == 1
