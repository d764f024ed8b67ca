"""A board is a page and one file: whatever stands in its rows does nothing, and the file needs nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from marketpulse.console.blocks import block
from marketpulse.console.boards import as_file
from marketpulse.errors import UsageError
from marketpulse.metrics.question import Question
from tests.console.house import HOSTILE, Page
from tests.shop import MiniShop


def test_a_trend_of_members_is_beside_nothing(browser: TestClient, sold: MiniShop) -> None:
    by_size = {"metrics": ["lines"], "by": ["size"], "grain": "day", "last": "14d"}
    question = replace(sold.project().headlines[0], asked=Question.of(by_size))
    with browser.app._app.state.desk.look() as look:
        found = block(look, question)
    assert (found.kind, [note for note in found.notes if "compared" in note]) == ("pictures", [])


def test_boards_are_listed_and_each_row_is_answered(browser: TestClient) -> None:
    assert "Sizes" in Page(browser.get("/boards").text).words
    answer = browser.get("/boards/sizes")
    page = Page(answer.text)
    assert (answer.status_code, page.dangers) == (200, [])
    assert {"By size", "Lines a day", "Buyers by city"} <= set(page.words)
    assert ("table", {"class": "heat told"}) in page.tags
    assert 'class="plot"' in answer.text
    assert "column email cannot be read: it is personal" in page.words
    assert browser.get("/boards/none").status_code == 400


def test_a_file_needs_nothing_else_and_shows_what_the_role_sees(sold: MiniShop) -> None:
    for role in ("analyst", "steward"):
        text = as_file(replace(sold.settings, role=role), "sizes")
        page = Page(text)
        assert ("@people.example" in text, "for stewards" in text) == (role == "steward", role == "steward")
        assert page.dangers == ["style"]  # its own
        assert not [name for _, names in page.tags for name in names if name in ("href", "src", "action")]
        assert "url(" not in text.replace("url(#hatch", "")
        assert HOSTILE.replace('"', "").replace("\u202e", "\\u202e") in page.words
    with pytest.raises(UsageError, match="there is no board none"):
        as_file(sold.settings, "none")
