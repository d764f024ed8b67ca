"""Which encodings of text there are, and in which one a file is that says so itself."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from marketpulse.landing.kinds import half_zeros

_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def unknown_encoding(name: str) -> Iterator[tuple[str, str, str | None]]:
    """The problem of an option `encoding` that is no encoding of text (see `Format.problems`)."""
    try:
        # Some codecs of Python turn bytes into bytes or text into text, or know no stream: they decode nothing.
        decoder = codecs.getincrementaldecoder(name)
        known = isinstance(decoder().decode(b"", final=True), str)
        # Some of domain names and the like cannot pass on what they do not know.
        known = known and decoder(errors="surrogateescape").decode(b"", final=True) == ""
    except (LookupError, ValueError, TypeError):
        known = False
    if not known:
        yield "encoding", f"unknown encoding {name!r}", "for example utf-8, latin-1"


def wide(first: bytes, said: str) -> set[str]:
    r"""The kind of a text that is UTF-16, where its encoding is known; nothing of other texts.

    >>> wide(b"i\0d\0", "utf-16"), wide(b"\xff\xfei\0", "utf-8"), wide(b"i\0d\0", "utf-8")
    ({'UTF-16 text'}, {'UTF-16 text'}, set())
    """
    return {"UTF-16 text"} if encoding_of(first, said).startswith(("utf-16", "utf-32")) else set()


def encoding_of(first: bytes, said: str) -> str:
    r"""The codec of a text that begins so, where the feed says `said`: a mark of UTF-16 is believed before UTF-8.

    Of UTF-16 without a mark the zeros say which byte comes first; Python takes the order of this machine.

    >>> encoding_of(b"id", "UTF8"), encoding_of(b"\xff\xfei\0", "utf-8"), encoding_of(b"\0i\0d", "utf-16")
    ('utf-8', 'utf-16-le', 'utf-16-be')
    """
    name = codecs.lookup(said).name
    if name in ("utf-8", "utf-8-sig", "utf-16"):
        marked = _MARKS.get(first[:2])
        # UTF-32 has the same mark before two zeros.
        if marked and first[2:4] != b"\0\0":
            return marked
    if name == "utf-16":
        return "utf-16-be" if half_zeros(first[:4096]) == 0 else "utf-16-le"
    return "utf-8" if name == "utf-8-sig" else name
