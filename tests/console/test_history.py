"""Runs are shown as they are recorded; what may show keys of rows is for stewards. Connect says what to paste."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from marketpulse.console.history import steps
from marketpulse.serving.runs import Run
from tests.console.house import TOKEN, Page, client
from tests.console.test_page import Outline
from tests.shop import MiniShop


@pytest.fixture(scope="module")
def blocked(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """A shop whose last run was blocked by its rows."""
    shop = MiniShop(tmp_path_factory.mktemp("blocked"))
    shop.land_sales("2026-01-15", "1,2026-01-15,1,1")
    shop.run("silver.sales")
    shop.land_sales("2026-01-16", *(f"secret-{n},2026-01-16,0,1" for n in range(20)))
    shop.run("silver.sales")
    return shop


def test_a_run_that_went_wrong_says_so_and_why_to_stewards(blocked: MiniShop) -> None:
    masked, whole = client(blocked), client(blocked, masked=False)
    page, told = (Page(each.get("/runs").text) for each in (masked, whole))
    for each in (page, told):
        assert [word for word in each.words if word in ("blocked", "done")] == ["blocked", "blocked", "done"]
        assert each.dangers == []
    assert any("for stewards" in word for word in page.words)
    assert any("would be quarantined" in word for word in told.words)
    assert not any("would be quarantined" in word for word in page.words)
    today = Page(masked.get("/").text)
    assert any(word.startswith("the last run was blocked") for word in today.words)
    for each in (masked, whole):
        each.app._app.state.desk.close()


def test_runs_say_what_was_built(browser: TestClient) -> None:
    page = Page(browser.get("/runs").text)
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a" and attributes.get("href")]
    assert {"/tables/gold.fct_lines", "/tables/silver.sales"} <= set(links)
    assert any(re.search(r"\d+ tables built, [\d,]+ rows", word) for word in page.words)


def test_connect_has_the_places_of_this_warehouse_and_no_token(browser: TestClient, sold: MiniShop) -> None:
    page = Page(browser.get("/connect").text)
    told = "\n".join(page.words)
    assert f"sqlite:///{sold.settings.local}/catalog.db" in told
    assert (TOKEN in told, page.dangers) == (False, [])


def test_a_run_has_a_page_with_its_tables_by_time(browser: TestClient) -> None:
    run_id = re.findall(r'href="/runs/([^"]+)"', browser.get("/runs").text)[0]
    answer = browser.get(f"/runs/{run_id}")
    page = Page(answer.text)
    assert (answer.status_code, page.dangers, [*Outline(answer.text).faults()]) == (200, [], [])
    assert {run_id, "silver.sales", "gold.fct_lines", "began after"} <= set(page.words)
    bars = [float(found["x"].rstrip("%")) for tag, found in page.tags if tag == "rect" and found.get("x")]
    assert (bars, len(bars) >= 5) == (sorted(bars), True)
    wrong = browser.get("/runs/<script>alert(1)<script>")
    assert (wrong.status_code, Page(wrong.text).dangers) == (400, [])


def test_a_blocked_run_leads_to_what_helps_and_tells_analysts_no_keys(blocked: MiniShop) -> None:
    masked, whole = client(blocked), client(blocked, masked=False)
    for each in (masked, whole):
        found = re.findall(r'href="/runs/([^"]+)"', each.get("/runs").text)
        text = each.get(f"/runs/{found[0]}").text
        assert "/runbook#too-many-rows-were-rejected" in text
        assert "/runbook#too-many-rows-were-rejected" in each.get("/runs").text
        assert ("secret-" in text, "would be quarantined" in text) == (False, each is whole)
        each.app._app.state.desk.close()


def test_runs_of_releases_before_have_no_bars() -> None:
    told = [{"name": "silver.sales", "status": "built", "rows": 3}]
    run = Run("r", datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 1), "h", "1", "done", told, 3, [])
    (step,) = steps(run)
    assert (step.name, step.width) == ("silver.sales", 0.0)
    assert steps(replace(run, tables=None)) == []
