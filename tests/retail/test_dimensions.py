"""Dimensions from their histories: validity, versions without a change, and the unknown member."""

from __future__ import annotations

from typing import Any

import pytest

from tests.retail.lab import build


def version(product_id: str, valid_from: str, **more: Any) -> dict[str, Any]:
    return {"product_id": product_id, "valid_from": valid_from, "name": "Tea", "category": "drinks", **more}


def products(columns: str, *versions: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of dim_product but the unknown member, oldest version first."""
    rows = build("gold.dim_product", f"valid_from, {columns}", {"silver.products": versions})
    assert rows.count(next(row for row in rows if "unknown" in row)) == 1
    return [row[1:] for row in sorted(rows) if "unknown" not in row]


def test_a_change_of_an_attribute_is_a_new_version_and_the_first_is_valid_from_the_beginning() -> None:
    found = products(
        "product_key, price, valid_from, valid_to, is_current",
        version("p", "2026-02-01 00:00:00", price="3"),
        version("p", "2026-01-01 00:00:00", price="2"),
        version("unknown", "2026-01-01 00:00:00"),
    )
    key = ("p@1767225600000000", "p@1769904000000000")
    assert found == [
        (key[0], 2, "1970-01-01 00:00:00", "2026-02-01 00:00:00", False),
        (key[1], 3, "2026-02-01 00:00:00", None, True),
    ]


def test_versions_that_change_nothing_are_part_of_the_one_before() -> None:
    days = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04")
    names = ("Tea", "Tea", "Coffee", "Tea")
    found = products(
        "product_id, name, valid_to", *(version("p", day, name=name) for day, name in zip(days, names, strict=True))
    )
    assert found == [
        ("p", "Tea", "2026-01-03 00:00:00"),
        ("p", "Coffee", "2026-01-04 00:00:00"),
        ("p", "Tea", None),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "a|b", "category": "c"}, {"name": "a", "category": "b|c"}),
        ({"brand": None}, {"brand": "~"}),
        ({"brand": None}, {"brand": ""}),
        ({"price": None}, {"price": "0"}),
    ],
)
def test_attributes_are_compared_one_by_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    found = products("product_id", version("p", "2026-01-01", **one), version("p", "2026-01-02", **other))
    assert found == [("p",), ("p",)]


def test_the_unknown_member_is_there_once_also_when_a_feed_uses_its_id() -> None:
    for dimension, source in (("customer", "customers"), ("store", "stores"), ("product", "products")):
        row = {f"{dimension}_id": "unknown", "valid_from": "2026-01-01"}
        found = build(f"gold.dim_{dimension}", f"{dimension}_key, {dimension}_id", {f"silver.{source}": [row]})
        assert found == [("unknown", "unknown")]


def test_moves_of_customers_and_stores_are_versions() -> None:
    moved = [
        {"customer_id": "c", "city": "Bonn", "valid_from": "2026-01-01"},
        {"customer_id": "c", "city": "Köln", "valid_from": "2026-01-05"},
    ]
    found = build("gold.dim_customer", "city, is_current", {"silver.customers": moved})
    assert found == [("Bonn", False), ("Köln", True), (None, True)]
    moved = [
        {"store_id": "s", "name": "S", "region": "North", "valid_from": "2026-01-01"},
        {"store_id": "s", "name": "S", "region": "South", "valid_from": "2026-01-05"},
    ]
    found = build("gold.dim_store", "region, is_current", {"silver.stores": moved})
    assert found == [("North", False), ("South", True), (None, True)]


def zones(*versions: tuple[str, str | None]) -> list[Any]:
    """Zone of each version of store s in dim_store."""
    rows = [{"store_id": "s", "name": "S", "valid_from": day, "timezone": zone} for day, zone in versions]
    found = build("gold.dim_store", "valid_from, timezone, store_id", {"silver.stores": rows})
    return [zone for _, zone, store in sorted(found, key=lambda row: str(row[0])) if store == "s"]


def test_a_zone_that_is_none_moves_no_store() -> None:
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    berlin, tokyo = "Europe/Berlin", "Asia/Tokyo"
    assert zones((days[0], berlin), (days[1], "Europe/Belrin"), (days[2], tokyo)) == [berlin, tokyo]
    assert zones((days[0], "europe/berlin"), (days[1], None), (days[2], berlin)) == [berlin]
    assert zones((days[0], berlin), (days[1], None), (days[2], berlin)) == [berlin]
    assert zones((days[0], "PST"), (days[1], "+01:00")) == [None]
    assert zones((days[0], None)) == [None]


def test_the_hour_at_which_the_day_turns_is_midnight_unless_a_store_says_so() -> None:
    moved = [
        {"store_id": "s", "name": "S", "valid_from": "2026-01-01"},
        {"store_id": "s", "name": "S", "valid_from": "2026-01-05", "day_start_hour": 6},
        {"store_id": "s", "name": "S", "valid_from": "2026-01-06", "day_start_hour": 6},
    ]
    found = build("gold.dim_store", "day_start_hour, valid_to", {"silver.stores": moved})
    assert found == [(0, "2026-01-05 00:00:00"), (6, None), (0, None)]


def test_the_calendar() -> None:
    columns = "year, quarter, month, month_start_date, week_of_year, day_of_month, day_of_week, is_weekend"
    rows = {row[0]: row[1:] for row in build("gold.dim_date", f"calendar_date, {columns}", {})}
    assert len(rows) == 18_263
    assert rows["2024-02-29"] == (2024, 1, 2, "2024-02-01", 9, 29, 5, False)
    assert rows["2026-11-29"] == (2026, 4, 11, "2026-11-01", 48, 29, 1, True)
