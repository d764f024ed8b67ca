"""Words of a text that may be names, however JSON, XML or an address of a page spells them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Iterator
from urllib.parse import quote, unquote

from marketpulse.people.erased import Erased

#: A word of a text, as it may be a name.
TOKEN = re.compile(r"[\w.@+\-]+")
#: A shorter word in a text may mean anything.
SHORTEST = 4
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def words(text: str) -> Iterator[str]:
    r"""A text, and the words in it that may be names.

    >>> sorted(set(words('{"id":"C-17","n":2}.')))
    ['C-17', '{"id":"C-17","n":2}']
    >>> "C-17" in words("shop/C-17.csv")
    True
    >>> [list(words(text))[-1] for text in ("M\\u00fcller", "ada%40example.org", "J&#252;rgen")]
    ['Müller', 'ada@example.org', 'Jürgen']
    """
    for each in _read(text):
        tokens = [each, *TOKEN.findall(each)]
        # What is called after somebody has their name before its dot: `C-17.csv`.
        parts = [part for token in tokens[1:] if "." in token for part in token.split(".")]
        yield from (word for found in (*parts, *tokens) if len(word := found.strip(".")) >= SHORTEST)


def spellings(name: str) -> set[str]:
    r"""A name as texts may spell it: as it is, and as JSON and addresses of pages escape it.

    >>> sorted(spellings("Müller"))
    ['M%C3%BCller', 'M\\u00fcller', 'Müller']
    """
    return {name, json.dumps(name)[1:-1], quote(name), html.escape(name)}


def _read(text: str) -> Iterator[str]:
    """A text as it is, and as it reads without its escapes."""
    yield text
    if "\\u" in text:
        yield _ESCAPES.sub(lambda found: _characters(found[0]), text)
    if "%" in text:
        yield unquote(text)
    if "&" in text:
        yield html.unescape(text)


def _characters(escapes: str) -> str:
    return bytes.fromhex(escapes.replace("\\u", "")).decode("utf-16-be", "replace")


def word_of(erased: Erased, kinds: Collection[str]) -> Callable[[str], bool]:
    """Whether a word is a name of somebody who was erased."""
    known: dict[str, bool] = {}

    def is_word(word: str) -> bool:
        if word not in known:
            known[word] = erased.has_any(kinds, word)
        return known[word]

    return is_word
