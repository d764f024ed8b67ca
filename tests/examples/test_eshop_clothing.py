"""UCI e-shop clothing: a clickstream without times, and the totals of April 2008."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.examples.lab import Example, built, counts

HEADER = (
    "year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);"
    "colour;location;model photography;price;price 2;page\r\n"
)
LINES = (
    "2008;4;9;1;29;501;1;A3;2;4;1;43;1;1\r\n"
    "2008;4;9;2;29;501;1;A3;2;4;1;43;1;1\r\n"
    "2008;4;9;3;29;501;2;B7;14;6;2;38;2;3\r\n"
    "2008;4;9;4;29;501;4;A3;2;1;1;43;1;2\r\n"
    "2008;4;9;1;44;502;3;C12;9;2;1;57;2;1\r\n"
    "2008;4;9;2;44;502;4;P40;1;3;1;28;2;2\r\n"
    "2008;4;10;1;9;503;4;P40;1;3;1;28;2;2\r\n"
    "2008;4;10;2;9;503;4;P41;8;5;2;33;1;5\r\n"
    "2008;4;10;3;9;503;1;A3;2;4;1;43;1;1\r\n"
    "2008;4;10;1;16;504;2;B7;14;6;2;38;2;3\r\n"
)
FILE = "eshop_clothing/ingest_date=2008-05-01/clicks.csv"


@pytest.fixture
def shop(tmp_path: Path) -> Example:
    return Example("eshop_clothing", tmp_path)


@pytest.fixture(scope="module")
def ten_clicks(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The hand-written lines, landed and run."""
    example = Example("eshop_clothing", tmp_path_factory.mktemp("clicks"))
    example.land(FILE, HEADER + LINES)
    report = example.run()
    built(report)
    clicks = counts(report, "silver.clicks", "eshop_clothing")
    assert (clicks.read, clicks.accepted, clicks.filtered) == (11, 10, 1)
    return example


def test_clicks_of_a_visit_keep_their_order(ten_clicks: Example) -> None:
    found = ten_clicks.ask(
        "select event_id, event_at, product_id from silver.clicks where visitor_id = 'eshop-501' order by event_at"
    )
    assert found == [
        (f"eshop-501-{n}", datetime(2008, 4, 9, 0, 0, n), model) for n, model in enumerate(["A3", "A3", "B7", "A3"], 1)
    ]


def test_a_visit_of_the_shop_is_a_session(ten_clicks: Example) -> None:
    assert ten_clicks.ask(
        "select visitor_id, session_date, event_count, product_view_count, is_bot from gold.fct_sessions order by 1"
    ) == [
        ("eshop-501", date(2008, 4, 9), 4, 4, False),
        ("eshop-502", date(2008, 4, 9), 2, 2, False),
        ("eshop-503", date(2008, 4, 10), 3, 3, False),
        ("eshop-504", date(2008, 4, 10), 1, 1, False),
    ]
    assert ten_clicks.ask("select sum(session_count), sum(viewed_count) from gold.agg_funnel_daily") == [(4, 4)]
    assert [h.title for h in ten_clicks.headlines() if h.problem or not h.rows] == []


def test_numbers_are_put_into_words(ten_clicks: Example) -> None:
    texts = ten_clicks.ask(
        "select properties from silver.clicks where event_id in ('eshop-501-3', 'eshop-502-1') order by 1"
    )
    generic, polish = sorted((json.loads(text) for (text,) in texts), key=lambda p: p["country"] or "")
    assert polish == {
        "category": "skirts",
        "colour": "white",
        "country": "PL",
        "country_code": 29,
        "location": "bottom right",
        "photo_view": "profile",
        "is_above_average_price": False,
        "catalogue_page": 3,
    }
    assert (generic["country"], generic["country_code"]) == (None, 44)
    # Shown under another category as well, a model is still one product.
    assert ten_clicks.ask(
        "select product_id, category, price, currency from gold.dim_product where product_id = 'A3'"
    ) == [("A3", "trousers", Decimal("43.0000"), "USD")]


def test_the_same_clicks_in_another_file_add_nothing(shop: Example) -> None:
    shop.land(FILE, HEADER + LINES)
    shop.run()
    shop.land(FILE.replace("clicks", "repeated"), HEADER.replace(";order;", ";order(sells);") + LINES)
    clicks = counts(shop.run(), "silver.clicks", "eshop_clothing")
    assert (clicks.accepted, clicks.deduplicated, clicks.filtered) == (0, 10, 1)
    assert shop.ask("select count(*) from silver.clicks") == [(10,)]


def test_a_file_with_commas_is_no_such_file(shop: Example) -> None:
    shop.land(FILE, (HEADER + LINES).replace(";", ","))
    report = shop.run()
    assert not report.ok
    assert next(t for t in report.tables if t.name == "silver.clicks").status == "blocked"


@pytest.mark.realdata
def test_april_2008(real_data: Path, shop: Example) -> None:
    file = real_data / "eshop_clothing_2008" / "clicks-2008-04.csv"
    shop.land(FILE, file.read_text(encoding="utf-8"))
    report = shop.run()
    built(report)
    clicks = counts(report, "silver.clicks", "eshop_clothing")
    assert (clicks.accepted, clicks.deduplicated, clicks.quarantined, clicks.filtered) == (48_199, 0, 0, 1)
    assert shop.ask(
        "select count(*), count(distinct visitor_id), count(distinct product_id), count(distinct event_date),"
        " sum(price) from silver.clicks"
    ) == [(48_199, 6_941, 217, 30, Decimal("2100924.0000"))]
    assert shop.ask("select count(*), sum(event_count), max(event_count) from gold.fct_sessions") == [
        (6_941, 48_199, 112)
    ]
    assert shop.ask("select sum(view_count) from gold.agg_product_daily") == [(48_199,)]
    assert shop.ask("select sum(session_count), sum(viewed_count) from gold.agg_funnel_daily") == [(6_941, 6_941)]
    assert shop.ask("select count(*) from gold.dim_product where product_id <> 'unknown'") == [(217,)]
    assert [h.title for h in shop.headlines() if h.problem or not h.rows] == []
