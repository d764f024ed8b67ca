"""What somebody should be told of: the last run, late feeds, metrics beyond their bounds; or nothing."""

from __future__ import annotations

from marketpulse.alerts.finding import alerts
from tests.serving.metrics.counting import METRICS, with_metrics
from tests.shop import MiniShop


def found(shop: MiniShop) -> dict[str, str]:
    with shop.open() as context:
        return {alert.about: alert.text for alert in alerts(context)}


def sold(shop: MiniShop, **days: int) -> MiniShop:
    """So many lines on each day of March 2026."""
    shop.land_sales(
        "2026-03-09", *(f"{day}{n},2026-03-{day[1:]},1,1" for day, count in days.items() for n in range(count))
    )
    assert shop.run().ok
    return shop


def test_of_a_metric_the_newest_whole_period_counts(shop: MiniShop) -> None:
    with_metrics(shop)
    assert found(sold(shop, d02=1, d03=3)) == {}  # a day before was low, and it is over
    shop.land_sales("2026-03-10", "x,2026-03-04,1,1")
    shop.run()
    assert found(shop) == {"metric lines": "2026-03-04: Lines 1 is below 2"}


def test_a_metric_without_days_is_as_it_is_now(shop: MiniShop) -> None:
    ever = "expression: sum(qty)\n    unit: count\n    additive: true\n  - name: pieces_per_line"
    with_metrics(shop, METRICS.replace(ever, ever.replace("true\n", "true\n    alert: {below: 10}\n")))
    assert found(sold(shop, d02=3)) == {"metric total": "now: Total 3 is below 10"}
    shop.land_sales("2026-03-10", "x,2026-03-02,9,1")
    shop.run()
    assert found(shop) == {}


def test_a_metric_that_cannot_be_asked_is_a_trouble_too(shop: MiniShop) -> None:
    with_metrics(shop)
    shop.land_sales("2026-03-09", "a,2026-03-02,1,1")
    shop.run("silver.sales")
    assert found(shop)["metric lines"].startswith("Lines cannot be asked: ")


def test_a_metric_that_is_defined_wrongly_is_named(shop: MiniShop) -> None:
    with_metrics(shop)
    sold(shop, d02=3)
    with_metrics(shop, METRICS.replace("expression: count(*)", "expression: sum(nothing)"))
    assert "metric lines" in found(shop)


def test_a_run_that_was_blocked_is_told_until_one_is_well_and_without_a_word_of_the_rows(shop: MiniShop) -> None:
    shop.land_sales("2026-03-09", "secret-1,no day,1,1", "secret-2,no day,1,1")
    assert not shop.run().ok
    (text,) = found(shop).values()
    assert (text.startswith("blocked, begun "), "silver.sales blocked" in text, "secret" in text) == (True, True, False)
    shop.land_sales("2026-03-10", *(f"{n},2026-03-02,1,1" for n in range(40)))
    assert shop.run().ok
    assert found(shop) == {}


def test_a_feed_that_stopped_is_told(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\nexpect: daily by 06:00\n")
    shop.land_sales("2026-03-09", "1,2026-03-02,1,1")
    assert shop.run().ok
    told = found(shop)
    assert list(told) == ["bronze.sales is late"]
    assert "expected daily by 06:00" in told["bronze.sales is late"]
