"""A question's address is its state: the page, the files and `ask` have the same numbers."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from starlette.datastructures import QueryParams
from starlette.testclient import TestClient

from marketpulse.console.address import of_question, question_of
from marketpulse.console.picture import pictures
from marketpulse.metrics.metric import Measured
from marketpulse.metrics.question import Question, Span
from marketpulse.serving.metrics import Answer, Line
from tests.console.house import HOSTILE, Page
from tests.serving.metrics.counting import asked
from tests.shop import MiniShop

BY_SIZE = "metric=pieces&by=size&days=7d&grain=day&compare=previous"


@pytest.mark.parametrize(
    "question",
    [
        Question(("a", "b"), ("c", "d"), Span(last="7d", full=True), "week", "year", "c = 'x & y'", share=True, top=3),
        Question(("a",), span=Span(everything=True)),
        Question(("a",), span=Span(to_date="quarter")),
        Question(("a",), span=Span(month="2026-03"), rolling=7),
        Question(("a",), span=Span(first_day="2026-03-01", last_day="2026-03-08")),
        Question(("a",), span=Span(first_day="2026-03-01")),
    ],
)
def test_an_address_is_its_question(question: Question) -> None:
    assert question_of(QueryParams(of_question(question).partition("?")[2])) == question


def test_the_page_and_its_files_say_what_ask_says(browser: TestClient, sold: MiniShop) -> None:
    answer = asked(sold, "pieces", by=["size"], last="7d", grain="day", compare="previous")
    page = Page(browser.get(f"/explore?{BY_SIZE}").text)
    assert page.dangers == []
    assert [line for line in answer.lines if f"{line.values[0]:,}" not in page.words] == []
    told = browser.get(f"/explore.json?{BY_SIZE}").json()
    assert [row["pieces"] for row in told["rows"]] == [line.values[0] for line in answer.lines]
    assert told["sql"] == answer.query
    kept = list(csv.DictReader(io.StringIO(browser.get(f"/explore.csv?{BY_SIZE}").text)))
    assert [row["pieces"] for row in kept] == [str(line.values[0]) for line in answer.lines]
    assert {"marketpulse metric pieces --by size --last 7d --grain day --compare previous"} <= set(page.words)


def test_what_has_no_days_is_of_now_and_that_is_said(browser: TestClient) -> None:
    page = Page(browser.get("/explore?metric=total&days=7d").text)
    assert "Total: of now, whatever days are chosen" in page.words
    assert browser.get("/explore.json?metric=total&days=2019-01").json()["period"] is None


def test_lines_are_drawn_and_said(browser: TestClient) -> None:
    text = browser.get("/explore?metric=lines&days=all&grain=day").text
    page = Page(text)
    (plot,) = [attributes for tag, attributes in page.tags if tag == "svg" and attributes.get("class") == "plot"]
    assert "14 periods from 2026-01-01 to 2026-01-14" in (plot["aria-label"] or "")
    assert sum(1 for tag, attributes in page.tags if attributes.get("class") == "spot") == 14
    assert "Thu 2026-01-01" in text


def test_members_that_are_called_alike_have_a_line_each() -> None:
    days, nobody, none = [date(2026, 3, 1), date(2026, 3, 2)], (None,), ("(none)",)
    lines = [Line(day, of, None, (value,)) for day in days for of, value in ((nobody, 2), (none, 1))]
    question = Question(("pieces",), ("size",), grain="day")
    (found,) = pictures(Answer((Measured("pieces", "", "count"),), question, tuple(lines)))
    assert found.lines is not None
    assert len(found.lines.paths) == 2


def test_all_metrics_are_found_by_their_words(browser: TestClient) -> None:
    page = Page(browser.get("/explore").text)
    assert {"Lines", "Pieces", "Sizes", "Total", "Pieces per line"} <= set(page.words)
    found = Page(browser.get("/explore?q=Sizes that").text)
    assert ("Sizes" in found.words, "Lines" in found.words, found.dangers) == (True, False, [])
    nothing = Page(browser.get("/explore", params={"q": HOSTILE}).text)
    assert (nothing.dangers, any("No metric says" in word for word in nothing.words)) == ([], True)


WRONG = ["nothing", "lines&by=nothing", "lines&days=soon", "lines&top=x", "lines&where=1%3D1)--", "total&grain=day"]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_asked_is_told_beside_the_form(browser: TestClient, wrong: str) -> None:
    answer = browser.get(f"/explore?metric={wrong}")
    page = Page(answer.text)
    assert (answer.status_code, page.dangers) == (400, [])
    assert "Metric" in page.words
    hostile = browser.get("/explore", params={"metric": HOSTILE, "by": HOSTILE, "where": HOSTILE, "days": HOSTILE})
    assert (hostile.status_code, Page(hostile.text).dangers) == (400, [])
