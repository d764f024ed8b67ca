"""What columns are called: headers as people write them, in any script -> names of columns that say the same.

A name comes from its header alone, never from its place: files whose columns stand in another order are read alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from marketpulse.errors import GateError

#: Latin letters that Unicode takes apart into no others.
_LATIN = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ħ": "h",
        "Ħ": "H",
        "ı": "i",
        "ŧ": "t",
    }
)
#: Characters that part words, and say nothing else.
_PARTS = re.compile(r"[\s_-]+")

#: What a feed calls headers: one name, or for a header that stands there several times one name each, in their order.
Given = Mapping[str, str | Sequence[str]]


def snake_case(name: str) -> str:
    """A header as a column's name: words of small letters and digits. Latin letters lose their accents; others stay.

    >>> [snake_case(name) for name in ("Invoice No", "InvoiceNo", "Währung", "Price (€)", "Größe", "单价")]
    ['invoice_no', 'invoice_no', 'wahrung', 'price', 'grosse', '单价']
    """
    plain = name.strip() if name.isascii() else _folded(name.strip())
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()
    if words.isascii():
        return re.sub(r"[^0-9a-z]+", "_", words).strip("_")
    return re.sub(r"_+", "_", "".join(c if _is_part(c) else "_" for c in words)).strip("_")


def column_names(header: Sequence[str], given: Given | None, file: str) -> tuple[str, ...]:
    """A name of its own for each header of a file; GateError for headers that cannot be told apart.

    Headers that would come out alike are called by all their characters: `price`, `price_euro`, `price_dollar`.
    """
    texts = [text.strip() for text in header]
    _told_apart(texts, given or {}, file)
    plain = [_usual(text, place) for place, text in enumerate(texts, start=1)]
    alike = {name for name in plain if plain.count(name) > 1}
    named = _named(texts, given or {})
    names = tuple(
        next(named[text]) if text in named else _in_full(text) if name in alike and text.lower() != name else name
        for text, name in zip(texts, plain, strict=True)
    )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        same = [text for text, name in zip(texts, names, strict=True) if name == twice[0]]
        hint = "land a file that does not" if given is None else f"name them in the feed: {_example(twice[0], same)}"
        raise GateError(f"the header names {', '.join(twice)} twice", where=file, hint=hint)
    return names


def _folded(text: str) -> str:
    """The text with ASCII letters for Latin ones; letters of other scripts as they are, in their usual form."""
    usual = unicodedata.normalize("NFKC", text).translate(_LATIN)
    return "".join(map(_ascii, usual))


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    parts = unicodedata.normalize("NFKD", character)
    first, marks = parts[0], parts[1:]
    # Only marks of Latin letters are accents: those of other scripts make another letter.
    return first if first.isascii() and all(map(unicodedata.combining, marks)) else character


def _is_part(character: str) -> bool:
    """Whether a name may have the character: letters, digits, and marks that belong to letters."""
    return unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"


def _usual(text: str, place: int) -> str:
    if name := snake_case(text):
        return name
    return f"column_{place}" if text.isascii() else _in_full(text)


def _in_full(text: str) -> str:
    """A name in which characters that are no letters are words, as Unicode calls them.

    >>> _in_full("Price €"), _in_full("% net")
    ('price_euro', 'percent_net')
    """
    return snake_case("".join(map(_spelled, _PARTS.sub(" ", text))))


def _spelled(character: str) -> str:
    if character == " " or _is_part(character):
        return character
    return f" {unicodedata.name(character, f'U{ord(character):X}').removesuffix(' SIGN').lower()} "


def _named(texts: Sequence[str], given: Given) -> dict[str, Iterator[str]]:
    """Names that the feed gives to headers of the file."""
    return {text: iter([names] if isinstance(names, str) else names) for text, names in given.items() if text in texts}


def _told_apart(texts: Sequence[str], given: Given, file: str) -> None:
    """Raise GateError for headers that stand in a file as often as the feed does not say."""
    for text, names in given.items():
        count, said = texts.count(text), 1 if isinstance(names, str) else len(names)
        if count not in (0, said):
            what = f"the header has {text!r} {_times(count)}, and the feed names {said} of them"
            raise GateError(what, where=file, hint="name each of them, in their order: csv.names")


def _example(name: str, texts: Sequence[str]) -> str:
    """How a feed names headers that are alike."""
    value = f"[{name}, {name}_2]" if len(set(texts)) == 1 else f"{name}_2"
    return f"csv.names: {{{texts[-1]!r}: {value}}}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
