"""Today says what the metrics say, and shows words as words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

from starlette.testclient import TestClient

from marketpulse.cells import member
from marketpulse.console.attention import attention
from marketpulse.console.tiles import tiles
from marketpulse.metrics.metric import Measured
from marketpulse.metrics.question import Question
from marketpulse.metrics.showing import change_written
from marketpulse.serving.desk import Look
from marketpulse.serving.metrics import Answer, Line
from marketpulse.serving.metrics.coverage import FIRST
from tests.console.house import HOSTILE, Page
from tests.serving.metrics.counting import asked
from tests.shop import MiniShop


def test_a_number_is_the_one_that_ask_gives_with_what_it_was(browser: TestClient, sold: MiniShop) -> None:
    page = Page(browser.get("/").text)
    for compare, words in (("previous", "the day before"), ("week", "same weekday last week")):
        answer = asked(sold, "pieces", last="1d", compare=compare)
        (line,) = answer.lines
        assert f"{line.values[0]:,}" in page.words
        change = change_written(line.changes[0])
        assert f"{'▲' if change[0] == '+' else '▼'} {change[1:]}" in page.words
        assert f"{words} ({line.before[0]:,})" in page.words


def test_every_headline_of_the_project_is_there_and_its_rows(browser: TestClient, sold: MiniShop) -> None:
    page = Page(browser.get("/").text)
    answer = asked(sold, "lines", "pieces", by=["size"], last="7d")
    for line in answer.lines:
        assert [f"{value:,}" for value in line.values if f"{value:,}" not in page.words] == []
    assert {"Lines of a day", "Steps", "Cities"} <= set(page.words)
    assert any("1 row kept out" in word for word in page.words)


def test_a_metric_beyond_its_bounds_is_said_and_leads_to_its_days(browser: TestClient) -> None:
    page = browser.get("/")
    (told,) = [word for word in Page(page.text).words if "is below" in word and not word.startswith("alert: ")]
    assert "is below 2,000" in told
    (address,) = re.findall(r'href="(/explore\?metric=lines&amp;days=7d&amp;grain=day&amp;full=yes)"', page.text)
    assert told.split("Lines ")[1].split()[0] in Page(browser.get(address.replace("&amp;", "&")).text).words


def test_hostile_words_are_shown_and_do_nothing(browser: TestClient) -> None:
    answer = browser.get("/")
    page = Page(answer.text)
    assert page.dangers == []
    shown = HOSTILE.replace('"', "").replace("\u202e", "\\u202e")
    assert page.words.count(shown) >= 2
    assert "\u202e" not in answer.text


def test_an_analyst_reads_no_personal_column_and_is_told_why(browser: TestClient, steward: TestClient) -> None:
    masked, whole = browser.get("/").text, steward.get("/").text
    assert "@people.example" not in masked
    assert "column email cannot be read: it is personal" in masked
    assert "@people.example" in whole
    assert "Personal columns are hidden" in masked
    assert "Personal columns are shown" in whole


def test_words_are_those_of_people(sold: MiniShop, browser: TestClient) -> None:
    with browser.app._app.state.desk.look() as look:
        name = "bronze.late_sales"
        table = SimpleNamespace(
            name=name, overdue="1 file of 8 March came", missing_columns=["a"], behind=["b"], is_defined=True
        )
        held = look._kept.pop("status", None)
        look.once("status", lambda: [table])
        told = [point.text for point in attention(look, None)]
        look._kept.pop("status")
        if held:
            look._kept["status"] = held
    assert "late sales: 1 file of 8 March came" in told
    assert "the newest file of late sales lacks 1 column" in told
    assert "1 table has yet to take in the newest rows" in told
    assert [text for text in told if "bronze." in text or "gold." in text] == []
    assert "are behind" not in browser.get("/tables?behind=yes").text


def test_the_first_day_there_is_is_not_drawn_as_if_it_were_whole(sold: MiniShop, browser: TestClient) -> None:
    answer = asked(sold, "lines", grain="day", last="28d")
    first = next(line for line in answer.lines if line.period == answer.begun.first)
    assert (first.mark, answer.doubt(first)) == (None, FIRST)
    text = browser.get("/").text
    assert f"on {answer.begun.first + timedelta(days=1)} at first" in text


def test_chart_table_and_files_say_one_thing_of_a_day(browser: TestClient, sold: MiniShop) -> None:
    asked_for = "metric=lines&days=28d&grain=day"
    page = browser.get(f"/explore?{asked_for}").text
    (key,) = re.findall(r'<p class="dim key">.*?</svg>\s*(.*?)</p>', page, re.DOTALL)
    answer = asked(sold, "lines", grain="day", last="28d")
    told = dict.fromkeys(filter(None, map(answer.doubt, answer.lines)))
    assert (FIRST in told, key, "may come" in page) == (True, "; ".join(told), False)
    assert f'<tr class="marked" title="{FIRST}"><th scope="row">{answer.begun.first}<span class="star"' in page
    assert f"{answer.begun.first}: {FIRST}" in Page(page).words
    for kind in ("csv", "json"):
        assert FIRST in browser.get(f"/explore.{kind}?{asked_for}").text


def test_a_count_of_each_currency_says_of_which() -> None:
    revenue = Measured("revenue", "", "money", source="gold.t", currency="currency")
    orders = Measured("orders", "", "count", source="gold.t", currency="currency")
    visits = Measured("visits", "", "count", source="gold.v")
    lines = (Line(None, (), "USD", (9, 57, 80)), Line(None, (), "EUR", (2, 57, 80)))
    answer = Answer((revenue, orders, visits), Question(("revenue", "orders", "visits")), lines)
    look = cast("Look", None)  # nothing is asked again
    found = [(tile.label, tile.value, tile.unit) for tile in tiles(look, answer, answer, with_trend=False)]
    assert found == [
        ("Revenue", "9.00", "USD"), ("Revenue", "2.00", "EUR"),
        ("Orders, USD", "57", ""), ("Orders, EUR", "57", ""), ("Visits", "80", ""),
    ]  # fmt: skip
    alone = [tile.label for tile in tiles(look, replace(answer, lines=lines[:1]), answer, with_trend=False)]
    assert alone == ["Revenue", "Orders", "Visits"]


def test_rows_of_nothing_have_a_name() -> None:
    assert (member(None), member("–")) == ("(none)", "–")
