"""SQL of people: read-only, within limits, masked; only a form of ours runs it."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import httpx2
import openpyxl
import pytest
from starlette.testclient import TestClient

from marketpulse.console import querying
from marketpulse.console.rows import SHORT, fetched
from marketpulse.serving.slots import Slots
from tests.console.house import HOST, HOSTILE, TOKEN, Page, client, served
from tests.shop import MiniShop

OURS = {"origin": f"http://{HOST}"}


def ask(browser: TestClient, query: str, place: str = "/sql", **more: str) -> tuple[int, Page]:
    answer = browser.post(place, headers=OURS, data={"query": query, **more})
    return answer.status_code, Page(answer.text)


def test_rows_are_shown_as_they_are_and_do_nothing(browser: TestClient, sold: MiniShop) -> None:
    code, page = ask(browser, "select city, count(*) * 1000 as n from gold.dim_buyer group by city")
    assert (code, page.dangers) == (200, [])
    assert HOSTILE.replace('"', "").replace("\u202e", "\\u202e") in page.words
    assert f"{len(sold.rows('gold.dim_buyer')) * 1000:,}" in page.words
    code, page = ask(browser, "select 1 where false")
    assert (code, "No rows." in page.words) == (200, True)


def test_a_file_has_all_rows_and_is_no_program(browser: TestClient) -> None:
    query = "select '=1+1' as a, 1.50 as b, null as c union all select 'x', 2, 3 order by a"
    answer = browser.post("/sql.csv", headers=OURS, data={"query": query})
    assert list(csv.reader(io.StringIO(answer.text))) == [["a", "b", "c"], ["'=1+1", "1.50", ""], ["x", "2.00", "3"]]
    assert answer.headers["content-disposition"].startswith("attachment")


REFUSED = [
    "",
    "drop table gold.dim_buyer",
    "select email from gold.dim_buyer",
    "select 1; select 2",
    "select * from read_text('/etc/passwd')",
    "select nothing",
    HOSTILE,
]


@pytest.mark.parametrize("query", REFUSED)
def test_what_may_not_be_asked_is_told_beside_the_query(browser: TestClient, query: str) -> None:
    for place in ("/sql", "/sql.csv"):
        code, page = ask(browser, query, place)
        assert (code, page.dangers) == (400, [])
        assert query.replace("\u202e", "\\u202e").strip() in page.words


def test_an_address_runs_nothing(browser: TestClient) -> None:
    page = Page(browser.get("/sql", params={"query": "select 40 + 2"}).text)
    assert ("select 40 + 2" in page.words, "42" in page.words) == (True, False)
    assert (
        browser.post("/sql", data={"query": "select 1"}, headers={"origin": "http://evil.example"}).status_code == 403
    )
    assert browser.post("/sql", content=b"x" * 300_000, headers=OURS).status_code == 400
    long = {"query": "x" * 300_000}
    assert browser.post("/sql", data=long, headers=OURS).status_code == 400


def test_a_page_stops_where_it_is_full_and_says_so(browser: TestClient) -> None:
    code, page = ask(browser, "select * from range(5000)")
    assert (code, sum(tag == "td" for tag, _ in page.tags)) == (200, 500)
    assert any("there are more" in word for word in page.words)
    code, page = ask(browser, "select * from range(200000)", "/sql.csv")
    assert (code, any("more than 100,000 rows" in word for word in page.words)) == (400, True)


def test_queries_that_are_too_many_at_once_are_told_to_come_again(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = Slots(1, patience=0.01)
    monkeypatch.setattr(querying, "_SLOTS", slots)
    with slots.taken():
        code, page = ask(browser, "select 1")
        assert (code, "other queries are at work" in page.words) == (400, True)
    assert ask(browser, "select 1")[0] == 200


def test_a_table_is_read_as_of_a_snapshot(browser: TestClient, sold: MiniShop) -> None:
    snapshot = str(sold.snapshots()["gold.fct_lines"])
    code, page = ask(browser, "select count(*) as n from gold.fct_lines", as_of=snapshot)
    assert (code, f"{len(sold.rows('gold.fct_lines'))}" in page.words) == (200, True)
    code, page = ask(browser, "select count(*) as n from gold.fct_lines", as_of="1999-01-01")
    assert (code, any("did not exist" in word for word in page.words)) == (400, True)


def test_excel_computes_nothing_and_loses_no_digit(browser: TestClient) -> None:
    numbers = "1.50 as b, null as c, date '2026-01-02' as d, 12345678901234567890::hugeint as e, chr(7) as f"
    query = f"select '=1+1' as \"=a\", {numbers}"
    answer = browser.post("/sql.xlsx", headers=OURS, data={"query": query})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    names, values = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert names == ["=a", "b", "c", "d", "e", "f"]
    assert values == ["=1+1", 1.5, None, datetime(2026, 1, 2), "12345678901234567890", "\\x07"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n", "d"}
    assert browser.get("/explore.xlsx?metric=lines&days=all").content.startswith(b"PK")


def test_a_query_is_stopped_when_its_page_is_left(sold: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(querying, "_SLOTS", Slots(1, patience=8.0))
    endless = (
        "select sum(a.i * b.i) from (select unnest(range(1000000)) as i) a, (select unnest(range(1000000)) as i) b"
    )
    with served(sold) as address:
        form = {"data": {"query": endless}, "headers": {"origin": address, "authorization": f"Bearer {TOKEN}"}}
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.post(f"{address}/sql", timeout=0.5, **form)
        form["data"] = {"query": "select 40 + 2 as n"}
        assert ">42<" in httpx2.post(f"{address}/sql", timeout=20, **form).text


def test_a_moment_of_a_time_zone_is_a_text_of_a_workbook(browser: TestClient) -> None:
    query = "select timestamptz '2026-01-02 03:04:05+00' as a"
    answer = browser.post("/sql.xlsx", headers=OURS, data={"query": query})
    found = openpyxl.load_workbook(io.BytesIO(answer.content)).active.cell(2, 1).value
    assert found == "2026-01-02 03:04:05+00:00"


def test_texts_of_a_megabyte_make_no_page_of_gigabytes(browser: TestClient) -> None:
    wide = "select n, repeat('x', 1000000) as t, repeat('y', 300) as u from range(5000) as r(n)"
    with browser.app._app.state.desk.look() as look:
        found, more = fetched(look, wide, 500, look.moment, SHORT)
    assert (found.num_rows, more, found.nbytes < 1_000_000) == (500, True, True)
    answer = browser.post("/sql", headers=OURS, data={"query": wide})
    assert (answer.status_code, len(answer.text) < 1_000_000) == (200, True)
    assert {"x" * 300 + " …", "y" * 300} <= set(Page(answer.text).words)
    code, page = ask(browser, wide, "/sql.csv")
    assert (code, any("too large" in word for word in page.words)) == (400, True)


def test_lists_that_no_engine_cuts_stop_where_they_are_too_many(browser: TestClient) -> None:
    wide = "select [repeat('x', 1000000)] as t from range(5000)"
    with browser.app._app.state.desk.look() as look:
        found, more = fetched(look, wide, 500, look.moment, SHORT)
    assert (more, found.num_rows < 500, found.nbytes < 200_000_000) == (True, True, True)


@pytest.mark.parametrize(
    "query", ["explain select 1", "describe select 1 as a", "select 1 as a, 'x' as a", "show tables"]
)
def test_what_is_no_plain_select_is_cut_too(browser: TestClient, query: str) -> None:
    assert ask(browser, query)[0] == 200


def test_a_query_is_kept_in_the_project_and_opened_from_it_without_being_run(tmp_path: Path) -> None:
    shop = MiniShop(tmp_path)
    shop.land_sales("2026-01-15", "1,2026-01-15,1,1")
    shop.run()
    browser = client(shop)
    given = {"query": "select 40 + 2 as n\r\n", "name": "by-week", "seen": ""}
    answer = browser.post("/sql/save", headers=OURS, data=given)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sql?saved=by-week")
    assert (shop.project_dir / "queries/by-week.sql").read_text() == "select 40 + 2 as n\n"
    page = Page(browser.get("/sql?saved=by-week").text)
    assert (page.dangers, page.texts[0].strip(), "42" in page.words) == ([], "select 40 + 2 as n", False)
    assert {"by-week", "1 saved query"} <= set(page.words)
    again = browser.post("/sql/save", headers=OURS, data=given | {"query": "select 2"})
    assert (again.status_code, "is there already" in again.text) == (400, True)
    assert Page(again.text).texts[0].strip() == "select 2"
    seen = next(each["value"] for tag, each in page.tags if each.get("name") == "seen")
    assert browser.post("/sql/save", headers=OURS, data=given | {"query": "select 2", "seen": seen}).status_code == 303
    assert browser.get("/sql?saved=../../etc/passwd").status_code == 400
    browser.app._app.state.desk.close()


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.example"}, OURS | {"sec-fetch-site": "cross-site"}])
def test_nobody_else_writes_a_query(browser: TestClient, sold: MiniShop, headers: dict[str, str]) -> None:
    given = {"query": "select 1", "name": "a"}
    assert browser.post("/sql/save", headers=headers, data=given).status_code == 403
    stranger = client(sold, known=False)
    assert stranger.post("/sql/save", headers=OURS, data=given).status_code == 401
    assert not (sold.project_dir / "queries").exists()
    answer = browser.post("/sql/save", headers=OURS, data={"query": "select 1", "name": f"../{HOSTILE}"})
    assert (answer.status_code, Page(answer.text).dangers) == (400, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("date '1899-12-31'", "1899-12-31"), ("date '0001-01-01'", "0001-01-01"),
     ("date '1900-01-01'", datetime(1900, 1, 1)),
     ("timestamp '9999-12-31 23:59:59.9999'", "9999-12-31 23:59:59.999900"),
     ("timestamp '9999-12-31 23:59:59'", datetime(9999, 12, 31, 23, 59, 59)),
     ("time '23:59:59.9999'", "23:59:59.999900")],
)  # fmt: skip
def test_a_day_that_excel_does_not_know_is_a_text_of_a_workbook(
    browser: TestClient, text: str, expected: object
) -> None:
    answer = browser.post("/sql.xlsx", headers=OURS, data={"query": f"select {text} as a"})
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).active.cell(2, 1).value == expected
