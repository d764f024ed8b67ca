"""Facts of sales, orders and identities: keys valid at the sale, amounts, one row for an order."""

from __future__ import annotations

from typing import Any

from tests.retail.lab import build, touched


def line(sold_at: str, quantity: int | str = 1, price: str = "10", discount: str = "0", **more: Any) -> dict[str, Any]:
    """A line of silver.sales."""
    plain = {"transaction_id": "t", "line_number": 1, "sold_at": sold_at, "sold_date": sold_at[:10], "store_id": "s"}
    amounts = {"quantity": quantity, "unit_price": price, "discount_amount": discount, "currency": "EUR"}
    return {**plain, **amounts, "product_id": "p", "customer_id": "c", "channel": "store", **more}


def member(dimension: str, number: int, start: str, end: str | None, **more: Any) -> dict[str, Any]:
    """A version of p, c or s."""
    entity = dimension[0]
    ids = {f"{dimension}_key": f"{entity}@{number}", f"{dimension}_id": entity}
    return {**ids, "valid_from": start, "valid_to": end, "is_current": end is None, **more}


PRODUCTS = [
    member("product", 1, "1970-01-01", "2026-03-02 12:00:00", category="tea"),
    member("product", 2, "2026-03-02 12:00:00", None, category="herbs"),
]


def test_a_line_gets_the_versions_valid_at_the_moment_of_the_sale() -> None:
    sales = [
        line("2026-03-02 11:59:59", line_number=1),
        line("2026-03-02 12:00:00", line_number=2),
        line("2026-03-02 12:00:00", line_number=3, product_id="new", customer_id=None, store_id="unknown"),
    ]
    found = build(
        "gold.fct_sales",
        "product_key, category, customer_key, store_key, customer_id",
        {
            "silver.sales": sales,
            "gold.dim_product": PRODUCTS,
            "gold.dim_customer": [member("customer", 1, "1970-01-01", None)],
            "gold.dim_store": [
                member("store", 1, "1970-01-01", None),
                {"store_key": "unknown", "store_id": "unknown", "valid_from": "1970-01-01", "is_current": True},
            ],
        },
    )
    assert found == [
        ("p@1", "tea", "c@1", "s@1", "c"),
        ("p@2", "herbs", "c@1", "s@1", "c"),
        ("unknown", "unknown", "unknown", "unknown", None),
    ]


def test_gross_discount_net_and_returns() -> None:
    sales = [
        line("2026-03-02 10:00:00", 3, "9.99", "2.5", line_number=1),
        line("2026-03-02 10:00:00", -3, "9.99", "-2.5", line_number=2),
    ]
    found = build("gold.fct_sales", "gross_amount, discount_amount, net_amount, is_return", {"silver.sales": sales})
    assert [tuple(str(value) for value in row) for row in found] == [
        ("29.9700000000", "2.500000", "27.4700000000", "False"),
        ("-29.9700000000", "-2.500000", "-27.4700000000", "True"),
    ]


SALES = [line(f"2026-03-0{day} 12:00:00", line_number=day) for day in (1, 2, 3, 4)]


def moved(before: list[dict[str, Any]], after: list[dict[str, Any]], dimension: str = "product") -> list[Any]:
    return touched("gold.fct_sales", f"gold.dim_{dimension}", before, after, {"silver.sales": SALES})


def test_a_new_version_reaches_the_sales_from_its_start_only() -> None:
    one = [member("product", 1, "1970-01-01", None, category="tea")]
    two = [
        member("product", 1, "1970-01-01", "2026-03-03", category="tea"),
        member("product", 2, "2026-03-03", None, category="tea"),
    ]
    assert moved(one, two) == ["2026-03-03", "2026-03-04"]
    assert moved(two, one) == ["2026-03-03", "2026-03-04"]


def test_a_version_that_arrives_late_reaches_its_own_time_only() -> None:
    before = [member("product", 1, "1970-01-01", "2026-03-04"), member("product", 4, "2026-03-04", None)]
    after = [
        member("product", 1, "1970-01-01", "2026-03-02"),
        member("product", 2, "2026-03-02", "2026-03-04"),
        member("product", 4, "2026-03-04", None),
    ]
    assert moved(before, after) == ["2026-03-02", "2026-03-03"]


def test_a_version_before_the_first_one_takes_its_time_over() -> None:
    before = [member("product", 3, "1970-01-01", None)]
    after = [member("product", 1, "1970-01-01", "2026-03-03"), member("product", 3, "2026-03-03", None)]
    assert moved(before, after) == ["2026-03-01", "2026-03-02"]


def test_a_corrected_category_reaches_the_whole_version_and_a_corrected_name_nothing() -> None:
    versions = [member("product", 1, "1970-01-01", "2026-03-02", category="tea", name="Tee"), PRODUCTS[1]]
    renamed = [{**versions[0], "name": "Tea"}, PRODUCTS[1]]
    recategorised = [{**versions[0], "category": "hot drinks"}, PRODUCTS[1]]
    assert moved(versions, renamed) == []
    assert moved(versions, recategorised) == ["2026-03-01"]


def test_customers_and_stores_that_move_reach_their_later_sales() -> None:
    for dimension in ("customer", "store"):
        before = [member(dimension, 1, "1970-01-01", None)]
        after = [member(dimension, 1, "1970-01-01", "2026-03-04"), member(dimension, 2, "2026-03-04", None)]
        assert moved(before, after, dimension) == ["2026-03-04"]
