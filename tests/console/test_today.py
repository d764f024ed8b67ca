"""Today says what the metrics say, and shows words as words."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

from starlette.testclient import TestClient

from marketpulse.console.attention import attention
from marketpulse.console.words import member
from marketpulse.metrics.showing import change_written
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
    assert FIRST in browser.get("/explore?metric=lines&days=28d&grain=day").text


def test_rows_of_nothing_have_a_name() -> None:
    assert (member(None), member("–")) == ("(none)", "–")
