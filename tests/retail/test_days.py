"""Whose day it is: sales go by the clock of their store, the web by that of the project."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.project import load_project
from tests.retail.lab import Row, build, shop, touched
from tests.retail.rows import click, track

LA, BERLIN, KOLKATA = "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"


def line(sold_at: str, number: int = 1, **more: Any) -> Row:
    """A line of silver.sales in store s; its own day is UTC's."""
    plain = {"transaction_id": "t", "line_number": number, "store_id": "s", "product_id": "p", "channel": "store"}
    amounts = {"quantity": 1, "unit_price": "10", "discount_amount": "0", "currency": "EUR"}
    return {"sold_at": sold_at, "sold_date": sold_at[:10], **plain, **amounts, **more}


def store(zone: str | None, start: str = "1970-01-01", end: str | None = None, **more: Any) -> Row:
    """A version of store s; its day begins at midnight."""
    plain = {"store_key": f"s@{start}", "store_id": "s", "timezone": zone, "day_start_hour": 0}
    return {**plain, "valid_from": start, "valid_to": end, "is_current": end is None, **more}


def day(sold_at: str, *stores: Row) -> str:
    """Business day of one sale."""
    ((found,),) = build("gold.fct_sales", "sold_date", {"silver.sales": [line(sold_at)], "gold.dim_store": stores})
    return str(found)


@pytest.mark.parametrize(
    ("zone", "hour", "sold_at", "expected"),
    [
        # The clock of the place says the day, east and west.
        (LA, 0, "2026-03-03 04:30:00", "2026-03-02"),
        (LA, 0, "2026-03-03 07:59:59", "2026-03-02"),
        (LA, 0, "2026-03-03 08:00:00", "2026-03-03"),
        (BERLIN, 0, "2026-03-02 23:30:00", "2026-03-03"),
        (KOLKATA, 0, "2026-03-02 18:29:59", "2026-03-02"),
        (KOLKATA, 0, "2026-03-02 18:30:00", "2026-03-03"),
        ("Pacific/Kiritimati", 0, "2026-03-02 10:00:00", "2026-03-03"),
        ("Pacific/Pago_Pago", 0, "2026-03-02 10:59:59", "2026-03-01"),
        # Spring and autumn: midnight is another hour of UTC from one day to the next.
        (LA, 0, "2026-03-08 07:59:59", "2026-03-07"),
        (LA, 0, "2026-03-09 06:59:59", "2026-03-08"),
        (LA, 0, "2026-03-09 07:00:00", "2026-03-09"),
        (BERLIN, 0, "2026-10-24 22:00:00", "2026-10-25"),
        (BERLIN, 0, "2026-10-25 22:59:59", "2026-10-25"),
        (BERLIN, 0, "2026-10-25 23:00:00", "2026-10-26"),
        # A bar that closes at three.
        (BERLIN, 3, "2026-03-03 01:59:59", "2026-03-02"),
        (BERLIN, 3, "2026-03-03 02:00:00", "2026-03-03"),
        (BERLIN, 3, "2026-03-29 00:59:59", "2026-03-28"),
        (BERLIN, 3, "2026-03-29 01:00:00", "2026-03-29"),
        ("Etc/GMT+12", 23, "2026-03-03 10:59:59", "2026-03-01"),
        # Without a zone it is a UTC day, which may begin later too.
        (None, 0, "2026-03-02 23:59:59", "2026-03-02"),
        (None, 3, "2026-03-03 02:59:59", "2026-03-02"),
    ],
)
def test_a_sale_belongs_to_the_business_day_of_its_store(
    zone: str | None, hour: int, sold_at: str, expected: str
) -> None:
    assert day(sold_at, store(zone, day_start_hour=hour)) == expected


def test_the_zone_is_the_one_that_was_valid_at_the_sale() -> None:
    moved = (store(BERLIN, end="2026-03-02 00:00:00"), store(LA, "2026-03-02 00:00:00"))
    assert [day(f"2026-03-{at} 23:30:00", *moved) for at in ("01", "02")] == ["2026-03-02", "2026-03-02"]


def test_a_sale_of_a_store_that_nobody_knows_is_counted_on_its_utc_day() -> None:
    assert day("2026-03-02 23:30:00") == "2026-03-02"


def reached(before: list[Row], after: list[Row], *sold_at: str) -> list[Any]:
    sales = [line(at, number) for number, at in enumerate(sold_at)]
    return touched("gold.fct_sales", "gold.dim_store", before, after, {"silver.sales": sales})


def test_a_corrected_zone_reaches_the_days_that_are_left_and_those_that_are_reached() -> None:
    evening, morning = "2026-03-03 04:30:00", "2026-03-05 12:00:00"
    assert reached([store("UTC")], [store(LA)], evening, morning) == ["2026-03-02", "2026-03-03", "2026-03-05"]
    assert reached([store(LA)], [store("UTC")], evening) == ["2026-03-02", "2026-03-03"]
    assert reached([store(None)], [store(LA)], evening) == ["2026-03-02", "2026-03-03"]
    assert reached([], [store(LA)], evening) == ["2026-03-02", "2026-03-03"]
    assert reached([store(LA)], [], evening) == ["2026-03-02", "2026-03-03"]
    assert reached([store(LA)], [store(LA, name="Other")], evening) == []


def test_a_corrected_hour_reaches_both_days_and_a_later_version_only_its_time() -> None:
    night = "2026-03-03 01:00:00"
    assert reached([store(BERLIN)], [store(BERLIN, day_start_hour=6)], night) == ["2026-03-02", "2026-03-03"]
    later = [store(BERLIN, end="2026-03-05"), store(BERLIN, "2026-03-05", day_start_hour=6)]
    assert reached([store(BERLIN)], later, night, "2026-03-06 01:00:00") == ["2026-03-05", "2026-03-06"]


ZONES = (None, "UTC", LA, BERLIN, KOLKATA, "Pacific/Kiritimati", "Pacific/Pago_Pago")


def history(chance: random.Random) -> list[Row]:
    """Versions of the store that follow each other; none now and then."""
    starts = ["1970-01-01", *sorted(f"2026-03-0{n}" for n in chance.sample(range(1, 8), chance.randrange(3)))]
    ends = [*starts[1:], None]
    kinds = [(chance.choice(ZONES), chance.choice((0, 0, 5, 23))) for _ in starts]
    found = [
        store(zone, start, end, day_start_hour=hour)
        for start, end, (zone, hour) in zip(starts, ends, kinds, strict=True)
    ]
    return found if chance.random() > 0.1 else []


@pytest.mark.parametrize("seed", range(12))
def test_what_differs_after_a_change_of_stores_is_reached(seed: int) -> None:
    chance = random.Random(seed)
    before, after = history(chance), history(chance)
    sales = [line(f"2026-03-0{n % 8 + 1} {chance.randrange(24):02d}:30:00", n) for n in range(24)]
    columns = "sold_date, line_number, store_key"
    old, new = (
        set(build("gold.fct_sales", columns, {"silver.sales": sales, "gold.dim_store": stores}))
        for stores in (before, after)
    )
    found = touched("gold.fct_sales", "gold.dim_store", before, after, {"silver.sales": sales})
    assert {row[0] for row in old ^ new} <= set(found)


def test_a_change_of_a_product_reaches_the_business_days_of_its_sales() -> None:
    def product(category: str) -> list[Row]:
        return [{"product_key": "p@1", "product_id": "p", "category": category, "valid_from": "1970-01-01"}]

    inputs = {"silver.sales": [line("2026-03-03 04:30:00")], "gold.dim_store": [store(LA)]}
    found = touched("gold.fct_sales", "gold.dim_product", product("tea"), product("herbs"), inputs)
    assert found == ["2026-03-02"]


#: (zone, UTC, its day there)
WEB = [
    ("UTC", "2026-03-02 23:59:59", "2026-03-02"),
    (LA, "2026-03-02 07:59:59", "2026-03-01"),
    (LA, "2026-03-09 07:00:00", "2026-03-09"),
    (BERLIN, "2026-03-02 23:00:00", "2026-03-03"),
    (BERLIN, "2026-10-25 22:59:59", "2026-10-25"),
    (KOLKATA, "2026-03-02 18:30:00", "2026-03-03"),
]


@pytest.mark.parametrize(("zone", "at", "expected"), WEB)
def test_days_of_the_web_are_days_of_the_reporting_zone(zone: str, at: str, expected: str) -> None:
    own = shop(reporting_timezone=zone)
    clicks = {"silver.clicks": [click("a", at)]}
    assert build("gold.fct_sessions", "session_date", clicks, own) == [(expected,)]
    told = {"event_id": "a", "event_at": at, "event_date": at[:10], "order_id": "o", "visitor_id": "v"}
    reports = {"gold.fct_order_reports": [{**told, "told": kind, "amount": "5"} for kind in ("completed", "cancelled")]}
    assert build("gold.fct_orders", "order_date", reports, own) == [(expected,)]
    assert build("gold.fct_refunds", "refund_date", reports, own) == [(expected,)]
    clicks = {"silver.clicks": [track("a", at, "Product Viewed", product_id="p")]}
    assert build("gold.agg_product_daily", "activity_date", clicks, own) == [(expected,)]


def test_a_reporting_zone_that_is_none_is_told_once_at_its_line(tmp_path: Path) -> None:
    zone = "settings: {reporting_timezone: Europe/Belin}"
    (tmp_path / "project.yaml").write_text(f"name: shop\nextends: retail\n{zone}\n")
    with pytest.raises(DefinitionError) as caught:
        load_project(tmp_path)
    (told,) = map(str, caught.value.each)
    assert "project.yaml:3: setting reporting_timezone is 'Europe/Belin', which cannot be" in told
    assert "did you mean Europe/Berlin?" in told
