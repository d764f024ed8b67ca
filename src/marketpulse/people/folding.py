"""How names and words of texts are compared: in any case and form of their letters, without signs around them."""

from __future__ import annotations

import re
import unicodedata

#: A word of a text, as it may be a name, or one of its words.
WORD = re.compile(r"[\w.@+\-]+")
#: Names of more words are found where they stand alone.
MOST_WORDS = 8
_AROUND = re.compile(r"^[^\w@+\-]+|[^\w@+\-]+$")


def folded(text: str) -> str:
    """What is the same for all ways to write a name.

    >>> folded("Ada@Example.org.") == folded("{ada@example.org}")
    True
    >>> folded("jose\u0301") == folded("jos\u00e9")
    True
    """
    return unicodedata.normalize("NFC", _AROUND.sub("", unicodedata.normalize("NFC", text)).casefold())


def count_words(name: str) -> int:
    """How many words of a text a name is, up to the most that are looked for.

    >>> [count_words(name) for name in ("C-17", "O'Brien@example.org", "+44 20 79")]
    [1, 2, 3]
    """
    return max(1, min(MOST_WORDS, len(WORD.findall(folded(name)))))
