"""Parameters of a statement (`$1`): how many there are, and the types that the text itself says of them.

A client may leave types open. Postgres finds them out from what stands around a parameter; here a cast says it
(`$1::date`, `cast($1 as date)`), `any($1)` takes an array of texts, and what is left is text, which compares with
numbers and days as a quoted value does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from marketpulse.wire import types
from marketpulse.wire.values import value

#: The largest number of a parameter: the protocol counts them in two bytes.
_MOST = 65_535
_NUMBER = re.compile(r"[0-9]{1,9}")
_WORDS = {each.name: each.number for each in types.TYPES.values()} | {
    "int": types.INT4, "integer": types.INT4, "bigint": types.INT8, "smallint": types.INT2, "boolean": types.BOOL,
    "decimal": types.NUMERIC, "double": types.FLOAT8, "float": types.FLOAT8, "real": types.FLOAT4,
    "regclass": types.TEXT, "regtype": types.TEXT, "string": types.TEXT,
}  # fmt: skip


def completed(text: str, given: Sequence[int]) -> list[int]:
    """Types of all parameters of a statement; `given` are those that the client says, 0 where he leaves one open."""
    said = dict(_said(text)) if "$" in text else {}
    count = max(len(given), *said, 0)
    return [(given[n - 1] if n <= len(given) else 0) or said.get(n, types.TEXT) for n in range(1, count + 1)]


def _said(text: str) -> list[tuple[int, int]]:
    """The number of each parameter outside of texts, names and comments, and the type that is said of it."""
    try:
        tokens = Postgres().tokenize(text)
    except TokenError:
        return []  # the engine will say what is wrong
    found: dict[int, int] = {}
    for at, token in enumerate(tokens[:-1]):
        after = tokens[at + 1]
        if token.token_type is TokenType.PARAMETER and after.start == token.end + 1 and _NUMBER.fullmatch(after.text):
            number = min(int(after.text), _MOST)  # more than that the engine refuses
            kind = _type(tokens[max(at - 2, 0) : at], tokens[at + 2 : at + 12])
            found[number] = kind or found.get(number, types.TEXT)
    return [*found.items()]


def _type(before: Sequence[Token], after: Sequence[Token]) -> int | None:
    """The type of a parameter, by what stands around it."""
    last, rest = [each.text.lower() for each in before], [each.text.lower() for each in after]
    if last in (["any", "("], ["all", "("]) and rest[:1] == [")"]:
        return types.TYPES[types.TEXT].array
    if rest[:1] == ["::"] or (last == ["cast", "("] and rest[:1] == ["as"]):
        return _called(rest[1:])
    return None


def _called(words: Sequence[str]) -> int | None:
    """The type that some words begin with: `pg_catalog.int4`, `numeric ( 18 , 4 )`, `text [ ]`."""
    if words[:2] == ["pg_catalog", "."]:
        words = words[2:]
    number = _WORDS.get(words[0]) if words else None
    if number is None:
        return None
    rest = words[1:]
    if rest[:1] == ["("] and ")" in rest:
        rest = rest[rest.index(")") + 1 :]
    return types.TYPES[number].array if rest[:2] == ["[", "]"] else number


def values(
    raw: Sequence[bytes | None], given: Sequence[int], kinds: Sequence[int], formats: Sequence[int]
) -> list[Any]:
    """Parameters in Python. A text whose type the client leaves open stays one: the engine casts it where it must."""
    open_ends = [0] * (len(kinds) - len(given))
    found = []
    for each, client, kind, form in zip(raw, [*given, *open_ends], kinds, formats, strict=True):
        stays = not client and form == 0 and kind not in types.OF_ARRAY
        found.append(value(each, types.TEXT if stays else kind, form == 1))
    return found
