"""A table that a gate stopped has a page: what it promises, why it was not built, which run tried, what helps."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from marketpulse.console.app import console
from marketpulse.console.guard import Access
from marketpulse.serving.desk import Desk
from tests.console.house import HOST, TOKEN, Page, client
from tests.console.test_page import Outline
from tests.shop import MiniShop, contract

NAME = "gold.agg_x"


def defined(shop: MiniShop) -> None:
    """A table whose first build has two rows of one key."""
    shop.write("gold/agg_x/contract.yaml", contract(NAME, [("name", "string", "key"), ("line_count", "long", "")]))
    shop.write("gold/agg_x/model.sql", "select 'secret' as name, cast(1 as bigint) as line_count from silver.sales\n")


def read(browser: TestClient, name: str = NAME) -> tuple[str, set[str]]:
    """The page and its words."""
    answer = browser.get(f"/tables/{name}")
    page = Page(answer.text)
    assert (answer.status_code, page.dangers, [*Outline(answer.text).faults()]) == (200, [], [])
    return answer.text, set(page.words)


@pytest.fixture
def sold(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-15", "1,2026-01-15,1,1", "2,2026-01-15,1,1")
    return shop


@pytest.mark.parametrize("masked", [True, False])
def test_a_table_that_was_blocked_at_first_says_why_and_what_helps(sold: MiniShop, masked: bool) -> None:
    defined(sold)
    run = sold.run().run_id
    browser = client(sold, masked)
    text, words = read(browser)
    assert {"Why it was not built", "blocked", run, "line_count", "One row per key."} <= words
    assert (f'href="/runs/{run}"' in text, "/runbook#a-rule-says-fail" in text) == (True, True)
    assert ("is not unique" in text, "secret</p>" in text) == (not masked, not masked)
    assert "Why it was not built" not in read(browser, "gold.agg_daily")[0]
    browser.app._app.state.desk.close()


def test_a_table_that_is_newer_than_the_console_has_a_page_too(sold: MiniShop) -> None:
    sold.run()
    desk = Desk(sold.settings, sold.project())
    headers = {"authorization": f"Bearer {TOKEN}"}
    browser = TestClient(console(desk, Access(TOKEN, {HOST})), base_url=f"http://{HOST}", headers=headers)
    assert browser.get(f"/tables/{NAME}").status_code == 400
    defined(sold)
    sold.run()
    text, words = read(browser)
    assert {"Why it was not built", "blocked", "line_count", "One row per key."} <= words
    assert "start the console again" in text
    assert f'href="/tables/{NAME}"' in browser.get("/tables").text
    desk.close()


def test_a_table_that_waits_for_a_blocked_one_leads_to_the_run(sold: MiniShop) -> None:
    defined(sold)
    sold.write("gold/mart_y/contract.yaml", contract("gold.mart_y", [("name", "string", "key")]))
    sold.write("gold/mart_y/model.sql", f"select name from {NAME}\n")
    run = sold.run().run_id
    browser = client(sold)
    text, words = read(browser, "gold.mart_y")
    assert {"skipped", run} <= words
    assert "what it is made from" in text
    browser.app._app.state.desk.close()


def test_a_table_whose_definition_is_wrong_says_what(sold: MiniShop) -> None:
    sold.run()
    sold.edit("gold/agg_daily/contract.yaml", "physicalType: 'date'", "physicalType: 'nothing'")
    browser = client(sold)
    text, words = read(browser, "gold.agg_daily")
    assert {"Its definition is wrong"} <= words
    assert "nothing" in text
    browser.app._app.state.desk.close()


def test_what_is_built_again_is_not_told_any_more(sold: MiniShop) -> None:
    defined(sold)
    sold.run()
    sold.write("gold/agg_x/model.sql", "select 'one' as name, count(*) as line_count from silver.sales\n")
    sold.run()
    browser = client(sold)
    assert "Why it was not built" not in read(browser)[0]
    browser.app._app.state.desk.close()
