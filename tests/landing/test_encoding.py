"""Which names are encodings of text; some of Python's codecs are none."""

from __future__ import annotations

import pytest

from marketpulse.landing.encoding import unknown_encoding


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "latin-1", "utf-16-le", "cp1252", "shift_jis"])
def test_an_encoding_of_text_is_no_problem(name: str) -> None:
    assert list(unknown_encoding(name)) == []


@pytest.mark.parametrize("name", ["utf-9", "base64", "rot13", "zip", "undefined", ""])
def test_what_decodes_no_text_is_told(name: str) -> None:
    ((option, problem, hint),) = unknown_encoding(name)
    assert (option, problem, hint) == ("encoding", f"unknown encoding {name!r}", "for example utf-8, latin-1")
