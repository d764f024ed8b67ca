"""The pages of what two snapshots differ in, and of what columns hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from marketpulse.console.checks import checks
from tests.console.house import HOSTILE, Page, client, hostile_shop
from tests.console.test_page import Outline
from tests.shop import MiniShop


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """The hostile shop after another delivery."""
    shop = hostile_shop(MiniShop(tmp_path_factory.mktemp("twice")))
    shop.land_sales("2026-01-16", "new1,2026-01-02,3,1.50", "020,2026-01-02,7,1.50", "020x,2026-01-02,0,1")
    shop.run()
    return shop


@pytest.fixture(scope="module")
def both(twice: MiniShop) -> Iterator[tuple[TestClient, TestClient]]:
    """An analyst and a steward."""
    found = (client(twice), client(twice, masked=False))
    yield found
    for each in found:
        each.app._app.state.desk.close()


@pytest.mark.parametrize("place", ["difference", "profile"])
@pytest.mark.parametrize("table", ["silver.sales", "gold.dim_buyer", "gold.fct_lines", "silver.quarantine"])
def test_it_is_harmless_and_everybody_can_read_it(both: tuple[TestClient, TestClient], place: str, table: str) -> None:
    for each in both:
        answer = each.get(f"/tables/{table}/{place}")
        assert (answer.status_code, Page(answer.text).dangers) == (200, [])
        assert [*Outline(answer.text).faults()] == []


def test_rows_that_came_and_changed_are_shown(both: tuple[TestClient, TestClient]) -> None:
    analyst, steward = both
    page = Page(steward.get("/tables/silver.sales/difference").text)
    assert {"Rows added", "Changed", "Added", "new1", "1", "7"} <= set(page.words)
    assert "del" in {tag for tag, _ in page.tags}
    masked, whole = (each.get("/tables/gold.dim_buyer/difference").text for each in (analyst, steward))
    assert ("new1@people.example" in whole, "people.example" in masked) == (True, False)
    assert "hidden from analysts" in masked
    assert HOSTILE.replace('"', "").replace("\u202e", "\\u202e") in Page(whole).words


def test_two_snapshots_are_chosen_by_the_address(both: tuple[TestClient, TestClient], twice: MiniShop) -> None:
    _, steward = both
    now = twice.snapshots()["silver.sales"]
    same = steward.get(f"/tables/silver.sales/difference?from={now}&to={now}")
    assert "The same rows" in Page(same.text).words
    for wrong in ("7", "x", "9" * 30, HOSTILE):
        answer = steward.get("/tables/silver.sales/difference", params={"to": wrong})
        assert (answer.status_code, Page(answer.text).dangers) == (400, [])
    assert f"/tables/silver.sales/difference?to={now}" in steward.get("/tables/silver.sales").text


def test_what_cannot_be_shown_is_told(both: tuple[TestClient, TestClient], browser: TestClient) -> None:
    analyst, _ = both
    for place in ("difference", "profile"):
        answer = analyst.get(f"/tables/bronze.sales/{place}")
        assert (answer.status_code, "for stewards" in answer.text) == (400, True)
        assert analyst.get(f"/tables/gold.nothing/{place}").status_code == 400
    once = browser.get("/tables/gold.dim_buyer/difference")
    assert (once.status_code, "one snapshot only" in once.text) == (400, True)


def test_a_profile_shows_values_of_the_public_columns(both: tuple[TestClient, TestClient]) -> None:
    masked, whole = (each.get("/tables/gold.dim_buyer/profile").text for each in both)
    assert ("people.example" in masked, "people.example" in whole) == (False, True)
    assert "values are for stewards" in masked
    page = Page(masked)
    assert any(word.startswith("<script>") for word in page.words)  # a city, as text


def test_checks_are_told_over_time(both: tuple[TestClient, TestClient]) -> None:
    for each in both:
        text = each.get("/tables/silver.sales").text
        assert "how it went" in text
        assert '<a href="/quarantine?status=all&amp;table=silver.sales&amp;rule=qty_not_zero">2</a>' in text
    snapshots = [
        SimpleNamespace(committed_at=datetime(2026, 1, day), summary={"marketpulse.sales.rows-quarantined": str(n)})
        for day, n in ((1, 2), (1, 3), (4, 0))
    ]
    with both[0].app._app.state.desk.look() as look:
        found = checks(look, "silver.sales", snapshots)
    assert [column.words for column in found.by_day.columns] == [
        "Thu 2026-01-01: 5 rows kept out", "Sun 2026-01-04: 0 rows kept out",
    ]  # fmt: skip
    assert found.by_rule["qty_not_zero"].rows == 2
