"""What landed, as text that only says what it is: what would steer a terminal, or turn round what is read, is shown."""

from __future__ import annotations

import re

#: Control characters but line feed and tab; marks that turn the direction of text; separators of lines; invisible tags.
_STEERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def visible(text: str) -> str:
    r"""The text with each character that steers something written as an escape.

    >>> visible("a\x1b]52;c;eA==\x07b"), visible("invoice\u202efdp.exe"), visible("naïve\tüber")
    ('a\\x1b]52;c;eA==\\x07b', 'invoice\\u202efdp.exe', 'naïve\tüber')
    """
    return _STEERS.sub(lambda found: _escape(ord(found[0])), text)


def visible_json(text: str) -> str:
    r"""JSON text with those characters as escapes of JSON: it means the same.

    >>> visible_json('{"a": "\x7f\u202e"}')
    '{"a": "\\u007f\\u202e"}'
    """
    return _STEERS.sub(lambda found: "".join(f"\\u{unit:04x}" for unit in _units(found[0])), text)


def no_formula(text: str) -> str:
    """A text that no spreadsheet computes: one that would begin a formula begins with an apostrophe. Numbers are none.

    >>> no_formula("=1+1"), no_formula("@home"), no_formula("a=b"), no_formula("-1.50")
    ("'=1+1", "'@home", 'a=b', '-1.50')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _units(character: str) -> list[int]:
    """Units of UTF-16, which JSON counts in."""
    data = character.encode("utf-16-be", errors="surrogatepass")
    return [int.from_bytes(data[place : place + 2]) for place in range(0, len(data), 2)]
