"""Tables: every one is listed and has a page; rows are shown as the role may see them."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from marketpulse.console.page import PAGES, templates
from tests.console.house import HOSTILE, Page
from tests.shop import MiniShop

TABLES = ("bronze.sales", "bronze.flow_runs", "silver.sales", "silver.quarantine", "gold.fct_lines", "gold.dim_buyer")


def test_every_table_is_listed_with_its_rows_and_found_by_its_columns(browser: TestClient, sold: MiniShop) -> None:
    page = Page(browser.get("/tables").text)
    assert page.dangers == []
    links = {attributes.get("href") for tag, attributes in page.tags if tag == "a"}
    assert {f"/tables/{name}" for name in TABLES} <= links
    rows = len(sold.rows("gold.fct_lines"))
    assert any(word.startswith(f"{rows} rows ·") for word in page.words)
    found = Page(browser.get("/tables?q=email").text)
    assert ("dim_buyer" in found.words, "fct_lines" in found.words) == (True, False)
    assert Page(browser.get("/tables", params={"q": HOSTILE}).text).dangers == []


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_a_page_that_is_harmless(browser: TestClient, name: str) -> None:
    answer = browser.get(f"/tables/{name}")
    assert (answer.status_code, Page(answer.text).dangers) == (200, [])


def test_a_page_says_what_the_table_promises_and_has(browser: TestClient, sold: MiniShop) -> None:
    text = browser.get("/tables/gold.fct_lines").text
    page = Page(text)
    assert {"silver.sales", "One row per key.", "Pieces"} <= set(page.words)
    assert f"{len(sold.rows('gold.fct_lines')):,}" in page.words
    columns = [attributes for tag, attributes in page.tags if attributes.get("class") == "column"]
    assert len(columns) == 14
    assert "Thu 2026-01-01: 3 rows" in text


def test_rows_are_as_the_role_sees_them(browser: TestClient, steward: TestClient, sold: MiniShop) -> None:
    masked, whole = (each.get("/tables/gold.dim_buyer").text for each in (browser, steward))
    ids = [row[0] for row in sold.rows("gold.dim_buyer")]
    assert sum(sold.pseudonym(each) in masked for each in ids) == 12
    assert [each for each in ids if f">{each}<" in masked or f"{each}@people.example" in masked] == []
    assert "Hidden from analysts" in masked
    assert sum(f"{each}@people.example" in whole for each in ids) == 12
    assert "its rows are for stewards" in browser.get("/tables/bronze.sales").text
    assert "its rows are for stewards" not in steward.get("/tables/bronze.sales").text
    assert "bad,2026-01-02" not in browser.get("/tables/silver.quarantine").text


def test_what_is_no_table_is_told(browser: TestClient) -> None:
    answer = browser.get(f"/tables/{HOSTILE.replace('/', '')}")
    assert (answer.status_code, Page(answer.text).dangers) == (400, [])
    assert "there is no table" in answer.text


def test_a_list_of_300_tables_is_a_small_page() -> None:
    status = SimpleNamespace(rows=12, committed_at=datetime(2026, 1, 1), behind=["silver.t"], overdue="", warnings={})
    entry = SimpleNamespace(name="gold.t", short="t", grain="One row a day.", status=status)
    given = {"pages": PAGES, "path": "/tables", "here": "/tables", "theme": "auto", "title": "Tables"}
    given |= {"masked": True, "may_act": True, "layers": {"gold": [entry] * 300}, "q": "", "all": 300, "behind": False}
    page = Page(templates().get_template("tables.html").render(**given))
    assert len([tag for tag, found in page.tags if found.get("href") == "/tables/gold.t"]) == 300
    assert len(page.tags) <= 1_500
