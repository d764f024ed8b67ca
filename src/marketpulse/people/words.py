"""Words of a text that may be names, however JSON, XML, CSV or an address of a page spells them."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from marketpulse.people.erased import Erased
from marketpulse.people.folding import WORD, count_words, folded

#: A shorter word in a text may mean anything.
SHORTEST = 4
#: So many answers of a list are remembered: a long text says most of its words once.
_REMEMBERED = 65_536
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\[\"\\/nrt]")
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Wanted:
    """Names that texts are searched for: whether a word is one, and how many words the longest has.

    `short` are those of less than four letters: what says one of them may mean something else.
    """

    is_name: Callable[[str], bool]
    words: int = 1
    short: frozenset[str] = frozenset()

    def said(self, text: str) -> bool:
        """Whether a text says one of the names."""
        return any(map(self.is_name, words(text, self.words)))

    def perhaps(self, text: str) -> bool:
        """Whether a text has a short name as a word."""
        return bool(self.short) and any(folded(word) in self.short for word in words(text, self.words, shortest=1))

    def __or__(self, other: Wanted) -> Wanted:
        """Names of either."""
        one, two = self.is_name, other.is_name
        most = max(self.words, other.words)
        return Wanted(lambda word: one(word) or two(word), most, self.short | other.short)


def wanted(names: Iterable[str]) -> Wanted:
    """Some names, as words of a text are compared with them: in any case and form of their letters."""
    known = {folded(name): count_words(name) for name in names}
    short = frozenset(name for name in known if len(name) < SHORTEST)
    return Wanted(lambda word: folded(word) in known, max(known.values(), default=1), short)


def listed(erased: Erased, kinds: Collection[str]) -> Wanted:
    """Names of everybody on the list of erased people."""
    # Entries of before the list had folded names know whole words of one kind.
    asked = () if erased.is_folded else tuple(kinds)

    @lru_cache(_REMEMBERED)
    def is_name(word: str) -> bool:
        return erased.has_word(folded(word)) or erased.has_any(asked, word)

    return Wanted(is_name, erased.words)


def words(text: str, most: int = 1, shortest: int = SHORTEST) -> Iterator[str]:
    r"""A text, and what may be a name in it: up to so many words that follow each other, with the signs between them.

    >>> sorted(set(words('{"id":"C-17","n":2}.')))
    ['C-17', '{"id":"C-17","n":2}']
    >>> "C-17" in words("shop/C-17.csv")
    True
    >>> [list(words(text))[-1] for text in ("M\\u00fcller", "ada%40example.org", "J&#252;rgen")]
    ['Müller', 'ada@example.org', 'Jürgen']
    >>> "O'Brien@example.org" in words("9,O'Brien@example.org,x,y", 2)
    True
    """
    for each in _read(text):
        composed = unicodedata.normalize("NFC", each)
        ends = [found.span() for found in WORD.finditer(composed)]
        spans = (zip(ends, ends[more:], strict=False) for more in range(most))
        tokens = [composed[first[0] : last[1]] for pairs in spans for first, last in pairs]
        # What is called after somebody has their name before its dot: `C-17.csv`.
        parts = [part for token in tokens[: len(ends)] if "." in token for part in token.split(".")]
        yield from (word for found in (*parts, each, *tokens) if len(word := found.strip(".")) >= shortest)


def hidden(text: str, names: Wanted, instead: str) -> str:
    """A text with something else in the place of each name: of several words, of one, or of a part before a dot.

    >>> hidden("for example O'Brien, C-17.csv", wanted(["O'Brien", "C-17"]), "?")
    'for example ?, ?.csv'
    """
    composed = unicodedata.normalize("NFC", text)
    ends = [found.span() for found in WORD.finditer(composed)]
    said, place, at = [], 0, 0
    while at < len(ends):
        first, last = ends[at][0], ends[at][1]
        new = ".".join(_part(part, names, instead) for part in composed[first:last].split("."))
        count = 1
        for more in range(min(names.words, len(ends) - at), 0, -1):
            if names.is_name(composed[first : ends[at + more - 1][1]].strip(".")):
                new, last, count = instead, ends[at + more - 1][1], more
                break
        said += [composed[place:first], new]
        place, at = last, at + count
    return "".join([*said, composed[place:]]) if said else text


def _part(part: str, names: Wanted, instead: str) -> str:
    return instead if len(part) >= SHORTEST and names.is_name(part) else part


def spellings(name: str) -> set[str]:
    r"""A name as texts may spell it: as it is, and as JSON, CSV, markup and addresses of pages escape it.

    >>> sorted(spellings("Müller"))[:2]
    ['M%C3%BCller', 'M%c3%bcller']
    >>> sorted(spellings("ada@example.org"))
    ['ada%40example.org', 'ada@example.org']
    """
    plain = {name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))}
    told = {json.dumps(each, ensure_ascii=escaped)[1:-1] for each in plain for escaped in (True, False)}
    told |= {each.replace("/", "\\/") for each in told}
    for each in plain:
        addresses = {quote(each), quote(each, safe=""), quote_plus(each)}
        told |= addresses | {re.sub("%..", lambda found: found[0].lower(), address) for address in addresses}
        markup = html.escape(each)
        told |= {markup, html.escape(each, quote=False), *(markup.replace("&#x27;", a) for a in ("&#39;", "&apos;"))}
        told.add(each.replace('"', '""'))
    return plain | told


def _read(text: str) -> Iterator[str]:
    """A text as it is, and as it reads without its escapes."""
    yield text
    if "\\" in text:
        yield _ESCAPES.sub(lambda found: _characters(found[0]), text)
    if '""' in text:
        yield text.replace('""', '"')
    if "%" in text:
        yield unquote(text)
    if "+" in text and "=" in text:
        yield unquote_plus(text)
    if "&" in text:
        yield html.unescape(text)


def _characters(escapes: str) -> str:
    if escapes[1] != "u":
        return _SIGNS.get(escapes[1], escapes[1])
    return bytes.fromhex(escapes.replace("\\u", "")).decode("utf-16-be", "replace")
