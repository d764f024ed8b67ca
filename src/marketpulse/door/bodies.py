"""Bodies: unpacked within bounds, read as JSON without losing a digit."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from marketpulse.door.answers import Refusal

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_FORM = b"data="
#: Letters of numbers become zeros: so many in a row may be more digits than a double has.
_DIGITS = bytes(48 if letter in b"0123456789." else letter for letter in range(256))
_MANY = b"0" * 17
#: Parts of a packed body: each costs a copy of what is left.
_MEMBERS = 200
#: An escape of JSON; a half of a pair that stands alone is group 1.
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


class Number(str):
    """A number as it was written, where no number of ours has all its digits."""


def unpack(body: bytes, encoding: bytes, most: int) -> bytes:
    """What a client packed, by the header or by its first bytes. Raise Refusal when it is too much, or damaged."""
    if encoding not in (b"", b"identity", b"gzip", b"x-gzip", b"deflate"):
        raise Refusal(415, "encoding_unknown", "the body's content-encoding is none of gzip, deflate, identity")
    if body.startswith(_GZIP):
        return _inflated(body, 31, most)
    if encoding == b"deflate" and body[:1] != b"{":
        return _inflated(body, 15, most)
    if body.startswith(_FORM):
        return _of_form(body)
    return body


def read(body: bytes) -> Any:
    """The value of a JSON text. Raise Refusal with what is wrong with it.

    Of a name that an object has twice the last value counts. A number keeps all its digits: where a double would lose
    some, it is a `Number`. Half a character, which browsers write where a text was cut in an emoji, is U+FFFD.
    """
    try:
        value = _loaded(body[len(_BOM) :] if body.startswith(_BOM) else body)
        # A text that is written as it was read has lost nothing: so browsers write. Else look for long numbers.
        if write(value) != body and _MANY in body.translate(_DIGITS):
            return json.loads(_mended(body), parse_float=_spelled, parse_int=_whole, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "no_json", f"the body is no JSON: {str(error)[:200]}") from None
    return value


def write(value: Any) -> bytes:
    """A value as JSON. Raise Refusal for one that is nested too deeply."""
    try:
        return orjson.dumps(value, _written, orjson.OPT_PASSTHROUGH_SUBCLASS)
    except (TypeError, RecursionError):  # more than 254 levels
        raise Refusal(400, "too_deep", "the body is nested in more than 254 levels") from None


def _loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        mended = _mended(body)
        if mended == body:
            raise
        return orjson.loads(mended)


def _mended(body: bytes) -> bytes:
    """JSON without halves of pairs."""
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found[1] else found[0], body) if b"\\u" in body else body


def _written(value: Any) -> Any:
    if isinstance(value, Number):
        return orjson.Fragment(str(value))
    raise TypeError(type(value))


def _whole(text: str) -> Any:
    """A whole number: what 64 bits hold is one, whatever its length."""
    value = int(text) if len(text) <= 20 else None
    return value if value is not None and -(2**63) <= value < 2**64 else Number(text)


def _spelled(text: str) -> Any:
    return Number(text) if len(text) > 15 else json.loads(text)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _inflated(body: bytes, window: int, most: int) -> bytes:
    found, members = bytearray(), 0
    try:
        while body:
            members += 1
            if members > _MEMBERS:
                raise Refusal(413, "too_large", f"the body is packed in more than {_MEMBERS} parts")
            unpacker = zlib.decompressobj(window)
            found += unpacker.decompress(body, most + 1 - len(found))
            if len(found) > most:
                raise Refusal(413, "too_large", f"the body unpacks to more than {most} bytes")
            if not unpacker.eof:
                raise Refusal(400, "damaged", "the packed body is cut off")
            body = unpacker.unused_data
    except zlib.error:
        raise Refusal(400, "damaged", "the packed body is damaged") from None
    return bytes(found)


def _of_form(body: bytes) -> bytes:
    """Old browser clients: `data=` and JSON, or base64 of it, as a form."""
    text = unquote_to_bytes(body[len(_FORM) :].split(b"&")[0].replace(b"+", b" "))
    if text[:1] in (b"{", b"["):
        return text
    try:
        return base64.b64decode(text.replace(b" ", b"+"), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, "no_json", "the form's data is neither JSON nor base64") from None
