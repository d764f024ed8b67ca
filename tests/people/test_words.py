"""Words of texts that may be names, however they are spelt."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketpulse.people.erased import Erased
from marketpulse.people.folding import folded
from marketpulse.people.words import hidden, listed, spellings, wanted, words
from marketpulse.run.pseudonyms import Pseudonyms, unkeyed


@given(st.from_regex(r"[\w@+\-]{4,12}", fullmatch=True))
def test_a_name_is_found_as_json_and_addresses_spell_it(name: str) -> None:
    for text in (
        json.dumps({"a": name}),
        json.dumps([name], ensure_ascii=False),
        f"https://x.org/?q={quote(name)}&b=1",
    ):
        assert normalize("NFC", name) in words(text)
        assert wanted([name]).said(text)
        assert any(spelt in text for spelt in spellings(name))


def test_short_words_are_none() -> None:
    assert list(words("Tom, 17")) == ["Tom, 17"]
    assert list(words("Tom")) == []


#: Names that people have, of more than letters, digits and what addresses are made of.
ODD = [
    "O'Brien@example.org", "auth0|5f7abc", "Ada Lovelace", "+44 20 7946 0000", "urn:user:17", "a/b#c&d", 'x"y"z99',
    "back\\slash", "50%off@x.org", "jose\u0301@example.org", "<b>ada</b>", "{3F25-04E0}", "日本 太郎 さん", "a,b;c99",
]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_name_of_several_words_is_found_however_it_is_spelt(name: str) -> None:
    names = wanted([name])
    quoted = name.replace('"', '""')
    for text in (
        f's4,2026-01-01,1,"{quoted}",too,many',
        json.dumps({"buyer": name})[:-1],
        json.dumps({"buyer": name}, ensure_ascii=False)[:-1],
        f"https://x.org/?q={quote(name)}&b=1",
        f"https://x.org/?q={quote_plus(name)}&b=1",
        f"<buyer>{html.escape(name)}</buyer",
        f"for {name.upper()}.",
    ):
        assert names.said(text), text
        assert any(spelt.lower() in text.lower() for spelt in spellings(name))
    assert not names.said(f"s4,2026-01-01,1,x{folded(name)}x,too,many")


@pytest.mark.parametrize("name", ODD)
def test_the_list_knows_them_too(name: str, tmp_path: Path) -> None:
    names = listed(Erased(str(tmp_path)).begin("buyer", [("buyer", name)]), ["buyer"])
    assert names.said(f"s4,2026-01-01,1,{name},too,many")
    assert name not in hidden(f"for example {name}, S-01", names, "?")
    assert "S-01" in hidden(f"for example {name}, S-01", names, "?")


def test_what_runs_name_somebody_by_is_known_too(tmp_path: Path) -> None:
    names = listed(Erased(str(tmp_path)).begin("buyer", [("buyer", "C-17")]), ["buyer"])
    for called in (Pseudonyms(str(tmp_path)).of, unkeyed):
        told = f"1 row breaks a rule; for example {called('C-17')}, {called('C-18')}"
        assert hidden(told, names, "?") == f"1 row breaks a rule; for example ?, {called('C-18')}"


def test_a_longer_name_is_another_one() -> None:
    names = wanted(["C-17", "O'Brien"])
    assert not any(map(names.said, ("C-170", "XC-17", "C-17-2", "O'Brien-Smith", "O Brien", "O'Briens", "C 17")))
    assert all(map(names.said, ("c-17;", "mail to o'brien.", "C-17.csv")))


def test_of_a_short_name_it_is_not_sure() -> None:
    names = wanted(["7", "C-1", "C-17"])
    assert [names.said("1,7,C-1"), names.perhaps("1,7,2"), names.perhaps("1,77,C-12"), names.said("x,C-17")] == [
        False, True, False, True,
    ]  # fmt: skip


def test_a_list_of_before_is_known_by_whole_words(tmp_path: Path) -> None:
    erased = Erased(str(tmp_path)).begin("buyer", [("buyer", "ada@1815")])
    old = Erased(str(tmp_path), [replace(erased.erasures[0], folded=())], erased.keyring)
    assert listed(old, ["browser", "buyer"]).said("x,ada@1815,y")
    assert not listed(old, ["browser"]).said("x,ada@1815,y")
