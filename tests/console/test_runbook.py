"""The runbook is a page, and what went wrong leads to the part of it that helps."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from marketpulse.console.runbook import _PARTS, KILLED, NIGHT, helps, written
from marketpulse.serving.runs import Run
from tests.console.house import Page
from tests.console.test_page import Outline

IDS = re.findall(r'<h2 id="([^"]+)"', written())


def run(status: str, *reasons: str) -> Run:
    return Run("r", datetime(2026, 1, 1), None, "h", "1", status, [], 0, [*reasons])


def test_it_is_a_page_without_what_the_test_of_it_needs(browser: TestClient) -> None:
    answer = browser.get("/runbook")
    page = Page(answer.text)
    assert (answer.status_code, page.dangers, [*Outline(answer.text).faults()]) == (200, [], [])
    assert "Too many rows were rejected" in page.words
    assert [words for words in ("&lt;!--", "cp -r", "sales.csv&quot;") if words in answer.text] == []
    links = {attributes["href"] for tag, attributes in page.tags if tag == "a" and attributes.get("href")}
    assert {link[1:] for link in links if link.startswith("#")} <= {*IDS, "main"}


@pytest.mark.parametrize("part", [*(part for _, part in _PARTS), KILLED, NIGHT])
def test_every_part_that_is_led_to_is_there(part: str) -> None:
    assert part in IDS


REJECTED = "silver.sales: 2 of 2 rows of sales would be quarantined (100.0%, the limit is 20.0%)"
SAID = [
    ("blocked", REJECTED, "too-many-rows-were-rejected"),
    ("blocked", "sales.csv: the required column quantity is missing", "a-column-is-missing"),
    ("blocked", "silver.sales: 1 row breaks channel_known (channel is none of store, web)", "a-rule-says-fail"),
    ("blocked", "gold.x: 2 rows break the primary key (id) is not unique", "a-rule-says-fail"),
    ("failed", "silver.sales: … No space left on device", "the-disk-is-full"),
    ("failed", "something that nobody has seen", NIGHT),
    ("killed", "the process ended before the run did", KILLED),
]  # fmt: skip


@pytest.mark.parametrize(("status", "reason", "part"), SAID)
def test_a_reason_leads_to_its_part(status: str, reason: str, part: str) -> None:
    assert helps(run(status, reason)) == part


def test_what_went_well_needs_no_help() -> None:
    assert (helps(run("done")), helps(run("running"))) == (None, None)
