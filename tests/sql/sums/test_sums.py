"""Amounts of several currencies are never added up, whatever the way from the table to the sum."""

from __future__ import annotations

import pytest

from marketpulse import sql
from marketpulse.errors import Place
from marketpulse.sql.sums import Measure, Promise, Sums, judge
from tests.sql.sums.right import RIGHT, TABLES
from tests.sql.sums.scaled import odd_growths
from tests.sql.sums.wrong import APART, WRONG

COLUMNS = "a.line_id, a.store_id, a.currency, a.amount"


def judged(text: str, promised: dict[str, Measure] | None = None) -> Sums:
    query = sql.parse(text)
    sql.check(query)
    assert list(sql.unresolved(query, {name: promise.columns for name, promise in TABLES.items()})) == []
    return judge(query, TABLES, None, promised)


def told(text: str, promised: dict[str, Measure] | None = None) -> list[str]:
    return [str(problem) for problem in judged(text, promised).problems]


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_is_of_one_currency_is_added(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_amounts_of_several_currencies_are_not_added(text: str, words: str) -> None:
    (found,) = told(text)
    assert words in found


@pytest.mark.parametrize(("text", "words"), APART.values(), ids=APART)
def test_what_does_not_add_up_is_not_summed(text: str, words: str) -> None:
    (found,) = told(text)
    assert words in found


@pytest.mark.parametrize(
    "text",
    [
        "select day, category, sum(orders) as n from gold.daily group by day, category",
        "select day, sum(orders) as n from gold.daily where category = 'shoes' group by day",
        "select sum(case when category = 'shoes' then orders end) as n from gold.daily",
        "select sum(orders) filter (where category = 'shoes') as n from gold.daily",
        "select max(orders) as n, avg(orders) as m, percentile(share, 0.5) as s, sum(amount) as a from gold.daily",
        "select sum(share * amount) / sum(amount) as s from gold.daily",
        "select day, store, category, sum(share) as s from gold.daily group by day, store, category",
        "select currency, sum(price * quantity) as a from gold.prices cross join (select quantity from gold.lines) as l"
        " group by currency",
    ],
)
def test_what_adds_up_there_is_summed(text: str) -> None:
    assert told(text) == []


#: Right for another reason than that one currency is added, or not judged.
OTHERWISE = ("converted", "divided", "share", "count", "equality in a case", "cannot be followed", "nobody described")
#: Wrong in a condition, or only with rows that these tables do not have.
UNSEEN = (
    "in a condition",
    "having",
    "order by",
    "exists",
    "may be missing",
    "one side",
    "another row",
    "part of the currency",
)


@pytest.mark.parametrize("name", [name for name in RIGHT if not any(word in name for word in OTHERWISE)])
def test_what_is_accepted_grows_with_one_currency(name: str) -> None:
    assert list(odd_growths(RIGHT[name])) == []


@pytest.mark.parametrize("name", [name for name in WRONG if not any(word in name for word in UNSEEN)])
def test_what_is_refused_grows_with_none(name: str) -> None:
    assert list(odd_growths(WRONG[name][0])) != []


def test_a_refusal_says_where_and_what_to_write() -> None:
    text = "select\n  store_id,\n  sum(amount) as a\nfrom gold.lines group by store_id"
    (found,) = judged(text).problems
    assert (found.place, found.hint) == (
        Place("query", 3, 3),
        "add currency to the group by (or partition by), filter one currency,"
        " or take reporting_amount and add reporting_currency to the group by",
    )


def test_each_hint_works_as_it_is_typed() -> None:
    def lines(amount: str, more: str = "", where: str = "") -> str:
        return f"select store_id, sum({amount}) as a from gold.lines {where} group by store_id{more}"

    assert len(told(lines("amount"))) == len(told(lines("reporting_amount"))) == 1
    assert told(lines("amount", ", currency")) == []
    assert told(lines("amount", where="where currency = 'EUR'")) == []
    assert told(lines("reporting_amount", ", reporting_currency")) == []


def test_a_column_that_is_one_currency_in_all_rows_need_not_be_grouped_by() -> None:
    table = "select line_id, amount, currency, 'USD' as reporting_currency, reporting_amount from gold.lines"
    found = judged(table, {"reporting_amount": Measure("reporting_currency")})
    assert found.constants == {"reporting_currency": "USD"}
    names = ("line_id", "amount", "currency", "reporting_currency", "reporting_amount")
    said = {"amount": Measure("currency"), "reporting_amount": Measure("reporting_currency")}
    tables = {"gold.sold": Promise(names, ("line_id",), said, found.constants)}
    assert judge(sql.parse("select sum(reporting_amount) as a from gold.sold"), tables).problems == ()
    (wrong,) = judge(sql.parse("select sum(amount) as a from gold.sold"), tables).problems
    assert (wrong.hint or "").endswith("or take reporting_amount")
    (two,) = judge(sql.parse("select amount + reporting_amount as a from gold.sold"), tables).problems
    assert "reporting_amount in USD" in two.message


def test_all_wrong_sums_of_a_query_are_told() -> None:
    text = "select sum(amount) as a, sum(tax_amount) as t, sum(exchange_rate) as r from gold.lines"
    assert len(told(text)) == 3


def test_a_long_way_from_the_table_to_the_sum_is_followed() -> None:
    step = (
        ", s{} as (select a.*, a.amount + b.amount as both from s{} as a"
        " join s{} as b on a.line_id = b.line_id and a.currency = b.currency)"
    )
    steps = "".join(step.format(number, number - 1, number - 1).replace("a.*", COLUMNS) for number in range(1, 60))
    query = f"with s0 as (select * from gold.lines){steps} select {{}} sum(amount) as a from s59 {{}}"
    assert told(query.format("currency,", "group by currency")) == []
    assert len(told(query.format("", ""))) == 1


@pytest.mark.parametrize(
    ("text", "name", "measure"),
    [
        ("select currency as c, sum(amount) as a from gold.lines group by currency", "a", Measure("c")),
        ("select sum(amount) as a from gold.lines where currency = 'EUR'", "a", Measure("EUR")),
        ("select list_amount * 2 as a from gold.lines", "a", Measure("EUR")),
        ("select sum(quantity) as a from gold.lines", "a", Measure()),
        ("select amount * exchange_rate as a from gold.lines", "a", Measure()),
        ("select day, category, orders as a from gold.daily", "a", Measure(None, False, ("category",))),
        ("select day, orders as a from gold.daily", "a", Measure(None, False)),
        ("select day, orders as a from gold.daily where category = 'shoes'", "a", Measure()),
        ("select share as a from gold.daily", "a", Measure(None, False)),
        ("select currency, revenue as a from gold.orders union all select currency, amount from gold.lines", "a",
         Measure("currency")),
    ],
)  # fmt: skip
def test_what_a_contract_does_not_say_is_what_the_query_says(text: str, name: str, measure: Measure) -> None:
    found = judged(text, {})
    assert found.problems == ()
    assert found.measures[name] == measure


@pytest.mark.parametrize(
    ("text", "measure", "words"),
    [
        ("select currency, reporting_currency, amount as a from gold.lines", Measure("reporting_currency"),
         "a is in gold.lines.currency, its contract says in reporting_currency (its currency is currency)"),
        ("select currency, amount as a from gold.lines", Measure("USD"), "its contract says in USD"),
        ("select amount as a from gold.lines where currency = 'EUR'", Measure("USD"), "(its currency is EUR)"),
        ("select amount as a from gold.lines", Measure(), "no column says so (give the currency in a column"),
        ("select order_id, sum(revenue) as a from gold.orders group by order_id", Measure(), "no column says so"),
        ("select category, orders as a from gold.daily", Measure(additive=True),
         "a does not add up over gold.daily.category, its contract says it does"),
        ("select share as a from gold.daily", Measure(additive=True), "a does not add up, its contract"),
    ],
)  # fmt: skip
def test_a_contract_does_not_say_otherwise_than_its_query(text: str, measure: Measure, words: str) -> None:
    (found,) = told(text, {"a": measure})
    assert words in found


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("select currency, amount as a from gold.lines", Measure("currency")),
        ("select currency, upper(currency) as c, amount as a from gold.lines", Measure("c")),
        ("select reporting_currency, amount * exchange_rate as a from gold.lines", Measure("reporting_currency")),
        ("select amount as a from gold.lines where currency = 'EUR'", Measure("EUR")),
        ("select case when count(distinct currency) = 1 then max(currency) end as c,"
         " case when count(distinct currency) = 1 then sum(amount) end as a from gold.lines group by store_id",
         Measure("c")),
        ("select max(currency) as c, sum(revenue) as a from gold.orders group by order_id", Measure("c")),
        ("select coalesce(o.revenue, l.amount) as a, coalesce(o.currency, l.currency) as c from gold.lines as l"
         " left join gold.orders as o on o.order_id = l.order_id", Measure("c")),
        ("select category, orders as a from gold.daily", Measure(additive=False)),
    ],
)  # fmt: skip
def test_a_contract_says_what_its_query_gives(text: str, measure: Measure) -> None:
    found = judged(text, {"a": measure})
    assert found.problems == ()
    assert found.measures["a"].currency == measure.currency
