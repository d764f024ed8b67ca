"""Text that landed steers nothing: no terminal, no reading direction, no spreadsheet."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketpulse.visible import no_formula, visible, visible_json

STEERS = {
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "link": "\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\",
    "title": "\x1b]0;pwned\x07",
    "clear": "\x1b[2J",
    "eight bits": "\x9b2J\x9d52;c;eA==\x9c",
    "overwrite": "all is well\rerror",
    "backspace": "rm\b\b",
    "delete": "a\x7f",
    "right to left": "invoice\u202efdp.exe",
    "isolate": "\u2066a\u2069",
    "line separator": "a\u2028b",
    "tags": "a\U000e0041",
    "half a character": "a\ud800",
}
_LEFT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("text", STEERS.values(), ids=STEERS)
def test_what_steers_is_shown(text: str) -> None:
    shown = visible(text)
    assert shown != text
    assert not _LEFT.search(shown)
    shown.encode()  # there is no half of a character in it


@pytest.mark.parametrize("text", ["naïve ü ß", "日本語", "עברית", "العربية", "👩‍👩‍👧", "a\tb\nc", "–—…€"])
def test_what_people_write_stays(text: str) -> None:
    assert visible(text) == text


@given(st.text())
def test_no_text_steers_and_json_means_what_it_meant(text: str) -> None:
    assert not _LEFT.search(visible(text))
    written = visible_json(json.dumps({"a": text}, ensure_ascii=False))
    assert not _LEFT.search(written)
    assert json.loads(written) == {"a": text}


FORMULAS = ["=1+1", "+1+1", "-1-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", " =1", "－1-1", "-", "+a"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_computes_begins_with_an_apostrophe(text: str) -> None:
    assert no_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a", "a=1", "1", "-1", "+49", "-1.5", "-1,5", "'=1", "(=1)"])
def test_what_it_does_not_compute_stays(text: str) -> None:
    assert no_formula(text) == text
