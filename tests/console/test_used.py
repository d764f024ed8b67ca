"""A table's columns lead to the metrics and pages that are made of them, and its snapshots to what each load took."""

from __future__ import annotations

from datetime import datetime

from starlette.testclient import TestClient

from marketpulse.console.used import loads, uses
from marketpulse.project.lineage import column_users
from marketpulse.serving.status import SnapshotStatus
from tests.console.house import Page
from tests.shop import MiniShop


def test_columns_lead_to_the_metrics_and_pages_that_are_made_of_them(sold: MiniShop) -> None:
    project = sold.project()
    found = uses(project, "gold.fct_lines", {})
    labels = {column: {metric.name for metric in metrics} for column, metrics in found.metrics.items()}
    assert {"pieces", "pieces_per_line"} <= labels["qty"]  # a ratio, by either of its parts
    assert found.pages == {"/": "Today", "/boards/sizes": "Sizes"}
    assert uses(project, "gold.dim_buyer", {}).pages == {"/": "Today", "/boards/sizes": "Sizes"}  # by their queries
    assert uses(project, "silver.sales", {}) == type(found)()


def test_columns_lead_to_the_metrics_of_what_is_computed_from_them(sold: MiniShop) -> None:
    project = sold.project()
    users = column_users(project)
    assert "gold.fct_lines.qty" in users["silver.sales.qty"]
    found = uses(project, "silver.sales", users)
    assert {"pieces", "pieces_per_line"} <= {metric.name for metric in found.metrics["qty"]}
    assert found.pages == {}


def test_a_load_is_what_a_snapshot_says_and_one_that_took_nothing_is_none() -> None:
    numbers = {"read": "8", "accepted": "5", "deduplicated": "0", "quarantined": "2", "filtered": "1"}
    told = {f"marketpulse.a.rows-{name}": value for name, value in numbers.items()} | {"marketpulse.b.rows-read": "0"}
    snapshots = [SnapshotStatus(n, datetime(2026, 1, n), "append", None, told) for n in (1, 2, 3)]
    found = loads([*snapshots, SnapshotStatus(4, datetime(2026, 1, 4), "replace", None, {})], 2)
    assert [(load.at.day, load.source, load.rejected) for load in found] == [(3, "a", 25.0), (2, "a", 25.0)]
    assert sum(found[0].numbers.values()) - found[0].numbers["read"] == found[0].numbers["read"]


def test_a_page_shows_them(browser: TestClient) -> None:
    page = Page(browser.get("/tables/gold.fct_lines").text)
    assert {"in metrics", "Shown on", "Sizes"} <= set(page.words)
    silver = browser.get("/tables/silver.sales")
    assert ("Loads and their checks" in silver.text, Page(silver.text).dangers) == (True, [])
    links = [found.get("href") or "" for tag, found in Page(silver.text).tags if tag == "a"]
    assert sum("/sql?query=" in link and "as_of=" in link for link in links) == 1
