"""Which encodings of text there are."""

from __future__ import annotations

import codecs
from collections.abc import Iterator


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
