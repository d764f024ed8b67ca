"""Words of texts that may be names, however they are spelt."""

from __future__ import annotations

import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from marketpulse.people.erased import Erased
from marketpulse.people.words import spellings, word_of, words


@given(st.from_regex(r"[\w@+\-]{4,12}", fullmatch=True))
def test_a_name_is_found_as_json_and_addresses_spell_it(name: str) -> None:
    for text in (
        json.dumps({"a": name}),
        json.dumps([name], ensure_ascii=False),
        f"https://x.org/?q={quote(name)}&b=1",
    ):
        assert name in words(text)
        assert any(spelt in text for spelt in spellings(name))


def test_short_words_are_none() -> None:
    assert list(words("Tom, 17")) == ["Tom, 17"]
    assert list(words("Tom")) == []


def test_a_word_is_asked_once_for_every_kind(tmp_path: object) -> None:
    erased = Erased(str(tmp_path)).begin("buyer", [("buyer", "ada@1815")])
    assert word_of(erased, ["browser", "buyer"])("ada@1815")
    assert not word_of(erased, ["browser"])("ada@1815")
