"""Rows that were kept out: reasons first, then the rows, without what is personal in them."""

from __future__ import annotations

from contextlib import closing

import pytest
from starlette.testclient import TestClient

from marketpulse.people import audit
from marketpulse.run.opening import reading
from tests.console.house import HOST, HOSTILE, Page, acting
from tests.console.test_acts import form_of
from tests.shop import MiniShop

PLACES = ("", "?status=all", "?table=silver.sales", "?source=sales&status=open")


@pytest.mark.parametrize("place", PLACES)
def test_reasons_and_rows_are_told(browser: TestClient, place: str) -> None:
    page = Page(browser.get(f"/quarantine{place}").text)
    assert page.dangers == []
    assert {"silver.sales", "The newest 1 row"} <= set(page.words)
    assert page.words.count("nothing was sold") == 2
    assert any(word.startswith("marketpulse quarantine replay") for word in page.words) == ("all" not in place)


def test_the_record_itself_is_for_stewards(browser: TestClient, steward: TestClient) -> None:
    masked, whole = (Page(each.get("/quarantine").text) for each in (browser, steward))
    assert ("raw record" in masked.words, any("is for stewards" in word for word in masked.words)) == (False, True)
    assert "raw record" in whole.words
    assert any("2026-01-02" in word and "bad" in word for word in whole.words)
    assert not any("bad" in word for word in masked.words)


def test_where_nothing_is_a_page_says_so(browser: TestClient) -> None:
    for place in ("/quarantine?status=discarded", "/quarantine?table=gold.none"):
        assert "Nothing here" in Page(browser.get(place).text).words
    hostile = browser.get("/quarantine", params={"table": HOSTILE, "source": "' or true --"})
    assert ("Nothing here" in Page(hostile.text).words, Page(hostile.text).dangers) == (True, [])
    assert browser.get("/quarantine", params={"status": HOSTILE}).status_code == 400


def test_why_somebody_acts_is_in_the_audit_trail(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *(f"{n},2026-01-01,1,1" for n in range(18)), "a,2026-01-01,0,1", "b,2026-01-01,0,1")
    shop.run()
    ours = {"origin": f"http://{HOST}"}
    browser = acting(shop, "operator")
    with closing(browser.app._app.state.desk):
        for action, why in (("discard", f"  of another\nshop {HOSTILE}"), ("reopen", "")):
            page = browser.post("/quarantine/ask", headers=ours, data={"action": action}).text
            given = form_of(Page(page)) | {"why": why}
            assert browser.post("/quarantine/act", headers=ours, data=given).status_code == 303
    with reading(shop.settings) as context:
        told = [(entry.action, entry.reason) for entry in audit.trail(context)]
    assert told == [("discard", " ".join(f"of another shop {HOSTILE}".split())), ("reopen", "")]
