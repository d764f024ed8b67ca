r"""Names of fields, however they are spelt: `"batch"` and `"b\u0061tch"` are one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from marketpulse.landing.formats.json.strings import Places
from marketpulse.landing.formats.json.tokens import Tokens

_LONGEST = 10_000


class Names:
    """Where strings of some texts stand that may be names of fields."""

    def __init__(self, data: pa.Buffer, tokens: Tokens) -> None:
        self._data, self._tokens = data, tokens
        self._bytes: bytes | None = None

    def of(self, name: str) -> tuple[Places, Places]:
        """Where strings begin and end that say `name`, in order."""
        if self._bytes is None:
            self._bytes = self._data.to_pybytes()
        written = _written(name)
        begins = np.fromiter(_everywhere(self._bytes, written), np.int64)
        ends = begins + len(written)
        if len(begins):
            inside = self._tokens.inside
            is_first = (
                inside.at(begins) & ((begins == 0) | ~inside.at(np.maximum(begins - 1, 0))) & ~inside.at(ends - 1)
            )
            begins, ends = begins[is_first], ends[is_first]
        if b"\\" not in self._bytes or not escape_of(name).search(self._bytes):
            return begins, ends
        odd = np.array([*_spelt_otherwise(self._bytes, name, self._tokens)], np.int64).reshape(-1, 2)
        order = np.argsort(both := np.concatenate((begins, odd[:, 0])), kind="stable")
        return both[order], np.concatenate((ends, odd[:, 1]))[order]


def escape_of(name: str) -> re.Pattern[bytes]:
    """An escape that the name has where it is spelt otherwise: of its first characters, or any."""
    return re.compile(_escape(name))


def escape_pattern(name: str) -> str:
    """The same, for Arrow."""
    return _escape(name).decode()


def _escape(name: str) -> bytes:
    codes = "|".join(sorted({f"{ord(letter):04x}" for letter in name if ord(letter) < 1 << 16}))
    other = r"|\\[^u]" if any(letter in '"\\/' or letter < " " for letter in name) else ""
    wide = r"|\\u[dD][89abAB]" if any(ord(letter) >= 1 << 16 for letter in name) else ""
    return (rf"\\u(?i:{codes})" + other + wide).encode() if codes else (wide + other).lstrip("|").encode() or rb"\\u"


def _written(name: str) -> bytes:
    return json.dumps(name, ensure_ascii=False).encode()


def _everywhere(data: bytes, text: bytes) -> Iterator[int]:
    place = data.find(text)
    while place >= 0:
        yield place
        place = data.find(text, place + 1)


def _spelt_otherwise(data: bytes, name: str, tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Strings with escapes that say the name."""
    last, written = -1, _written(name)
    for found in escape_of(name).finditer(data):
        if found.start() < last or not tokens.inside.between(found.start(), found.start() + 1)[0]:
            continue
        before = tokens.inside.between(max(0, found.start() - _LONGEST), found.start())
        outside = np.flatnonzero(~before)
        begin = found.start() - len(before) + (int(outside[-1]) + 1 if len(outside) else 0)
        behind = np.flatnonzero(~tokens.inside.between(begin, begin + _LONGEST))
        if not len(behind):
            continue
        last = begin + int(behind[0]) + 1
        if data[begin:last] != written and _says(data[begin:last]) == name:
            yield begin, last


def _says(text: bytes) -> str | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def name_before(data: bytes, place: int) -> str | None:
    """The name of the field whose value begins at a place."""
    begin = max(0, place - _LONGEST)
    colon = data[begin:place].rstrip(b" \t\r\n")
    text = colon[:-1].rstrip(b" \t\r\n")
    if not colon.endswith(b":") or not text.endswith(b'"'):
        return None
    quote = text.rfind(b'"', 0, -1)
    while quote > 0 and (quote - len(text[:quote].rstrip(b"\\"))) % 2:
        quote = text.rfind(b'"', 0, quote)
    return _says(text[quote:]) if quote >= 0 else None
