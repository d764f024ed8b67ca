"""What may come next in a query: as much as whoever looks may see, and nothing is run for it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.console.house import HOST

OURS = {"origin": f"http://{HOST}"}


def words(browser: TestClient, before: str, after: str = "") -> list[str]:
    answer = browser.post("/sql/words", headers=OURS, data={"before": before, "after": after})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return [each["text"] for each in answer.json()["words"]]


def test_after_from_come_tables_those_of_gold_first(browser: TestClient) -> None:
    found = words(browser, "select * from ")
    assert found[:3] == ["gold.agg_daily", "gold.dim_buyer", "gold.fct_lines"]
    assert {"silver.sales", "bronze.sales", "metrics.lines"} <= {*found}
    assert words(browser, "select * from gold.f") == ["fct_lines"]
    assert words(browser, "select 1 from fct") == ["gold.fct_lines"]
    assert "lines" in words(browser, "select * from metrics.")


def test_columns_are_those_of_the_tables_that_are_read(browser: TestClient) -> None:
    assert words(browser, "select b.", "\nfrom gold.dim_buyer as b") == ["buyer_id", "city"]
    assert words(browser, "select dim_buyer.c", " from gold.dim_buyer") == ["city"]
    assert words(browser, "select c", " from gold.dim_buyer")[0] == "city"
    assert "city" not in words(browser, "select c", " from gold.fct_lines")
    assert words(browser, "select x.", " from gold.dim_buyer as b") == []


def test_before_a_table_is_named_columns_of_all_come_with_their_tables(
    browser: TestClient, steward: TestClient
) -> None:
    answer = browser.post("/sql/words", headers=OURS, data={"before": "select count(buyer_i", "after": ""}).json()
    (found,) = [each for each in answer["words"] if each["kind"] == "column"]
    assert (found["text"], "gold.dim_buyer" in found["about"]) == ("buyer_id", True)
    assert ("email" in words(browser, "select emai"), "email" in words(steward, "select emai")) == (False, True)


def test_personal_columns_are_named_to_stewards_only(browser: TestClient, steward: TestClient) -> None:
    for before, after in (("select b.", " from gold.dim_buyer b"), ("select em", " from gold.dim_buyer")):
        assert ("email" in words(browser, before, after), "email" in words(steward, before, after)) == (False, True)
    assert words(browser, "select s.", " from bronze.sales s") != words(steward, "select s.", " from bronze.sales s")


def test_functions_and_words_come_where_nothing_else_begins_so(browser: TestClient) -> None:
    assert words(browser, "select approx_co")[0] == "approx_count_distinct("
    assert words(browser, "sel")[0] == "select"
    assert words(browser, "select 1 from gold.dim_buyer grou")[0] == "group by"
    assert [each for each in words(browser, "select read_te") if "read_text" in each] == []


@pytest.mark.parametrize("before", ["select 'fro", 'select "fro', "select 1 -- fro", "select /* fro", "", "select 1 "])
def test_inside_of_a_text_or_a_comment_nothing_comes(browser: TestClient, before: str) -> None:
    assert words(browser, before) == []


def test_a_length_is_counted_as_browsers_do(browser: TestClient) -> None:
    answer = browser.post("/sql/words", headers=OURS, data={"before": "select '😀' fro", "after": ""})
    assert (answer.json()["length"], answer.json()["words"][0]["text"]) == (3, "from")


def test_only_a_page_of_ours_asks(browser: TestClient) -> None:
    assert browser.post("/sql/words", data={"before": "sel"}).status_code == 403
    assert browser.get("/sql/words").status_code == 405
    assert browser.post("/sql/words", headers=OURS, data={"before": "x" * 300_000}).status_code == 400
