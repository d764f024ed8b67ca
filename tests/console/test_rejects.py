"""Rows that were kept out: reasons first, then the rows, without what is personal in them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.console.house import HOSTILE, Page

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
