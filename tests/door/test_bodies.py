"""Bodies: packed in several ways, read without losing a digit."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketpulse.door.answers import Refusal
from marketpulse.door.bodies import read, unpack, write

TEXT = b'{"a": 1}'


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, b""),
        (TEXT, b"identity"),
        (gzip.compress(TEXT, mtime=0), b"gzip"),
        (gzip.compress(TEXT, mtime=0), b""),
        (gzip.compress(TEXT[:3], mtime=0) + gzip.compress(TEXT[3:], mtime=0), b"gzip"),
        (TEXT, b"gzip"),
        (zlib.compress(TEXT), b"deflate"),
        (b"data=" + base64.b64encode(TEXT), b""),
        (b"data=%7B%22a%22%3A+1%7D&ip=1", b""),
    ],
)
def test_a_body_is_unpacked_as_its_first_bytes_say(body: bytes, encoding: bytes) -> None:
    assert unpack(body, encoding, 100) == TEXT


@given(st.text(alphabet="0123456789", min_size=1, max_size=40), st.text(alphabet="0123456789", max_size=40))
def test_a_number_keeps_its_value_whatever_its_length(whole: str, part: str) -> None:
    text = (whole.lstrip("0") or "0") + (f".{part}" if part else "")
    written = write(read(b'{"n": ' + text.encode() + b"}"))
    assert json.loads(written, parse_float=Decimal, parse_int=Decimal)["n"] == Decimal(text)


def test_a_mark_before_the_text_is_none_of_it() -> None:
    assert read(b"\xef\xbb\xbf" + TEXT) == {"a": 1}
    assert write(read(b"\xef\xbb\xbf" + b'{"n":12345678901234567890123}')) == b'{"n":12345678901234567890123}'


@pytest.mark.parametrize("text", [b"{", b"[1,]", b"nul", b'{"n":12345678901234567890, "m": NaN}', b'"\xff"'])
def test_what_is_no_json_is_told(text: bytes) -> None:
    with pytest.raises(Refusal, match="no JSON"):
        read(text)
