"""What marketing cost and what it brought: silver.marketing_costs to gold.mart_channel_performance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.retail.feeds import Feeds
from tests.retail.lab import Row, build, rows_of, shop, touched
from tests.retail.rows import order, owner

DAY = "2026-03-02"
COSTS = "gold.fct_marketing_costs"
MART = "gold.mart_channel_performance"


def cost(amount: str, channel: str = "", campaign: str = "", **more: Any) -> Row:
    """A cost of 2 March in euros, in silver."""
    plain = {"cost_date": DAY, "campaign_source": "", "currency": "EUR", "click_count": 5, "impression_count": 90}
    return {**plain, "channel": channel, "campaign_name": campaign, "cost_amount": amount, **more}


def touch(session_id: str, channel: str = "direct", at: str = f"{DAY} 10:00:00", **more: Any) -> Row:
    """A touch of visitor v, the first of its visit."""
    plain = {"session_id": session_id, "session_date": at[:10], "touched_at": at, "touch_number": 1, "visitor_id": "v"}
    return {**plain, "channel": channel, **more}


def performance(columns: str, currency: str = "", owners: tuple[Row, ...] = (), **rows: list[Row]) -> list[Any]:
    """Rows of the mart over costs, touches, orders and rates."""
    project = shop(reporting_currency=currency) if currency else None
    touches, orders = rows.get("touches", []), rows.get("orders", [])
    made = {"gold.fct_touches": touches, "gold.fct_orders": orders}
    who = {"gold.fct_orders": orders, "gold.dim_visitor": list(owners)}
    spent = {"silver.marketing_costs": rows.get("costs", []), "gold.fct_touches": touches}
    spent["gold.dim_exchange_rate"] = rows.get("rates", [])
    made[COSTS] = rows_of(COSTS, spent, project)
    owned = {"gold.fct_order_owners": rows_of("gold.fct_order_owners", who)}
    made["gold.fct_first_orders"] = rows_of("gold.fct_first_orders", owned)
    made["gold.mart_attribution"] = rows_of("gold.mart_attribution", {**who, **owned, "gold.fct_touches": touches})
    return build(MART, columns, made, project)


def test_costs_are_checked_and_the_last_delivery_of_a_day_holds(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    head = "cost_date,channel,campaign_source,campaign_name,cost,currency,clicks,impressions"
    good = [f"2026-03-{n:02},Paid Search,,,1.5,eur,3,100" for n in range(1, 29)]
    fine = ["2026-03-01,,google, Spring ,2,EUR,,", "2026-03-01,Paid-Social,,,-4,EUR,,"]
    fine += ["2026-03-29,Organic Social,,,1,EUR,,", "2026-03-29,organic_video,,,1,EUR,,"]
    bad = [
        "2026-04-01, ,google,,1,EUR,,",
        "2026-04-01,email,,,1,XXX,,",
        "2026-04-01,email,,,1,EUR,-1,",
        "2206-04-01,email,,,1,EUR,1,",
        "2026-04-02,email,,,1,EUR,9223372036854775807,",
        "2026-04-01,sms,,,1.1234567,EUR,1,",
    ]
    feeds.land("marketing_costs", head, *good, *fine, *bad)
    feeds.land("marketing_costs", "cost_date,channel,cost,currency", "2026-03-01,paid_search,9,EUR", name="b")
    assert feeds.run("silver.marketing_costs") == {"cost_not_negative": 1}
    found = feeds.ask("channel, campaign_name, currency, cost_amount", "silver.marketing_costs", "cost_date, 1, 2")
    assert len(found) == 32
    assert [row[0] for row in found[-2:]] == ["social", "video"]
    assert found[:3] == [
        ("", "Spring", "EUR", "2.000000"),
        ("paid_search", "", "EUR", "9.000000"),
        ("paid_social", "", "EUR", "-4.000000"),
    ]
    rules = [
        "channel_or_campaign_told",
        "cost_date_plausible",
        "counts_plausible",
        "counts_plausible",
        "currency_known",
        "type",
    ]
    assert sorted(feeds.reasons().values()) == [[rule] for rule in rules]


def test_a_campaign_has_the_channel_of_its_visits_on_that_day() -> None:
    touches = [
        touch("a", "email", campaign_name="Spring", campaign_source="crm"),
        touch("b", "paid_search", campaign_name="spring ", campaign_source="Google"),
        touch("c", "paid_search", campaign_name="spring", campaign_source="google"),
        touch("d", "video", campaign_name="tie"),
        touch("e", "display", campaign_name="tie"),
        touch("f", "email", "2026-03-03 10:00:00", campaign_name="later"),
    ]
    costs = [
        cost("1", campaign="SPRING"),
        cost("2", campaign="spring", campaign_source="CRM"),
        cost("3", campaign="tie"),
        cost("4", campaign="later"),
        cost("5", campaign="nobody"),
        cost("6", "billboards", "spring"),
        cost("7", campaign="spring", campaign_source="bing"),
    ]
    inputs = {"silver.marketing_costs": costs, "gold.fct_touches": touches}
    found = build(COSTS, "cast(cost_amount as int), channel, channel_from", inputs)
    assert sorted(found) == [
        (1, "paid_search", "visits"),
        (2, "email", "visits"),
        (3, "display", "visits"),
        (4, "unknown", "unknown"),
        (5, "unknown", "unknown"),
        (6, "billboards", "told"),
        (7, "unknown", "unknown"),
    ]


def test_costs_are_converted_at_the_rate_of_the_day_and_one_that_is_missing_leaves_no_number() -> None:
    rate = {"currency": "USD", "reporting_currency": "EUR", "valid_from": "2026-03-01", "rate": "0.9"}
    sek = {"currency": "SEK"}
    costs = [cost("10", "email", currency="USD"), cost("5", "email"), cost("7", "sms"), cost("8", "sms", **sek)]
    costs += [cost("-3", "video")]  # paid back: no return on it
    columns = "channel, currency, cost_amount::float, click_count, return_on_ad_spend"
    found = performance(columns, "EUR", costs=costs, rates=[rate], touches=[touch("a")])
    assert len(found) == 20
    assert sorted(set(found)) == [
        ("direct", "EUR", 0, None, None),
        ("email", "EUR", 14, 10, 0),
        ("sms", "EUR", None, 10, None),
        ("video", "EUR", -3, 5, None),
    ]


def test_without_a_reporting_currency_every_currency_stands_alone_and_visits_beside_each() -> None:
    found = performance(
        "channel, currency, cost_amount::int, visit_count, order_count::int, revenue_amount::int",
        costs=[cost("10", "email", currency="USD")],
        touches=[touch("a", "email"), touch("b", at="2026-03-05 10:00:00")],
        orders=[order("o", f"{DAY} 11:00:00")],
    )
    assert sorted(set(found)) == [
        ("direct", "unknown", 0, 1, 0, 0),
        ("email", "EUR", 0, 1, 1, 100),
        ("email", "USD", 10, 1, 0, 0),
    ]


def test_each_model_credits_channels_and_ratios_are_of_what_there_is() -> None:
    columns = (
        "channel, cost_amount::int, visit_count, order_count::float, revenue_amount::int, new_customer_count::float,"
        " return_on_ad_spend::float, cost_per_order::float, acquisition_cost::float"
    )
    touches = [
        touch("a", "paid_search", "2026-03-01 10:00:00"),
        touch("b", "email", f"{DAY} 10:00:00"),
        touch("b", "video", f"{DAY} 10:05:00", touch_number=2),  # another campaign in the same visit is no other visit
    ]
    found = performance(
        f"model, activity_date, {columns}",
        costs=[cost("10", "email"), cost("20", "paid_search"), cost("5", campaign="lost")],
        touches=touches,
        orders=[order("o", f"{DAY} 10:01:00")],
    )
    linear = [row[2:] for row in found if row[:2] == ("linear", DAY)]
    assert linear == [
        ("email", 10, 1, 0.5, 50, 0.5, 5.0, 20.0, 20.0),
        ("paid_search", 20, 0, 0.5, 50, 0.5, 2.5, 40.0, 40.0),
        ("unknown", 5, 0, 0.0, 0, 0.0, 0.0, None, None),
    ]
    last = {row[2]: row[3:] for row in found if row[:2] == ("last", DAY)}
    assert last["email"] == (10, 1, 1.0, 100, 1.0, 10.0, 10.0, 10.0)
    assert last["paid_search"] == (20, 0, 0.0, 0, 0.0, 0.0, None, None)


def test_orders_without_a_known_revenue_are_counted_and_a_missing_rate_leaves_no_number() -> None:
    orders = [
        order("a", f"{DAY} 10:00:00"),
        order("b", f"{DAY} 10:01:00", None),
        order("c", "2026-03-03 10:00:00", currency="SEK", reporting_currency="EUR", reporting_revenue_amount=None),
    ]
    found = performance("activity_date, order_count::int, unknown_count::int, revenue_amount::int", orders=orders)
    assert sorted(set(found)) == [("2026-03-02", 2, 1, 100), ("2026-03-03", 1, 0, None)]


def test_a_customer_is_new_once_on_whatever_browser() -> None:
    owners = [owner(browser, "ann", "2026-02-01", "2026-05-01") for browser in ("v", "w")]
    orders = [
        order("first", "2026-03-01 10:00:00"),
        order("second", "2026-03-02 10:00:00", visitor_id="w"),
        order("other", "2026-03-02 11:00:00", visitor_id="x"),
        order("again", "2026-03-03 11:00:00", visitor_id="x"),
    ]
    found = performance("activity_date, new_customer_count::int", owners=tuple(owners), orders=orders)
    assert sorted(set(found)) == [("2026-03-01", 1), ("2026-03-02", 1), ("2026-03-03", 0)]


def test_a_rate_rebuilds_the_days_it_holds_for() -> None:
    def rate(day: str, until: str | None, value: str) -> Row:
        return {"currency": "USD", "reporting_currency": "EUR", "valid_from": day, "valid_to": until, "rate": value}

    costs = [cost("1", "email", cost_date=f"2026-03-0{day}", currency="USD") for day in (1, 3, 5, 7)]
    before = [rate("2026-03-02", None, "0.9")]
    after = [rate("2026-03-02", "2026-03-05", "0.9"), rate("2026-03-05", None, "0.8")]
    inputs = {"silver.marketing_costs": costs}
    days = touched(COSTS, "gold.dim_exchange_rate", before, after, inputs)
    assert days == ["2026-03-03", "2026-03-05", "2026-03-07"]


def test_another_first_order_rebuilds_both_days() -> None:
    before = [{"person_id": "ann", "order_id": "b", "order_date": "2026-03-05"}]
    after = [{"person_id": "ann", "order_id": "a", "order_date": "2026-03-01"}]
    assert touched(MART, "gold.fct_first_orders", before, after, {}) == ["2026-03-01", "2026-03-05"]
