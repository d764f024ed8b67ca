"""Whether a file is JSON lines, or documents and arrays that go over lines: its beginning says it."""

from __future__ import annotations

import numpy as np

from marketpulse.landing.formats.json.tokens import OPEN_ARRAY, OPEN_OBJECT, Tokens, scan

_BLANK = b" \t\r\n"
#: Nothing that people send is deeper in its first line.
_DEEPEST = 1_000
#: Begins each text of a JSON text sequence (RFC 7464).
_SEPARATOR = b"\x1e"


def is_lines(head: bytes, most: int) -> bool:
    r"""Whether what begins so has a text on each line; `head` has its first line, and more if there is more.

    A first line of more than `most` bytes is too long for one: it is looked into as a document.

    >>> is_lines(b'{"id": 1}', 99), is_lines(b'{"id": \n 1}', 99), is_lines(b'{"id": "x\n{"id": 2}', 99)
    (True, False, True)
    """
    text = head.lstrip(_BLANK)
    line, newline, rest = text.partition(b"\n")
    line, rest = line.rstrip(_BLANK), rest.lstrip(_BLANK)
    if not line.startswith((b"{", b"[")):
        return not line.startswith(_SEPARATOR)
    if len(line) > most or (line.startswith(b"[") and not rest):
        return False
    tokens = scan(line)
    if tokens.is_whole[0]:
        return bool((tokens.depth[:-1] > 0).all())  # else it has several
    if tokens.depth[-1] <= 0 or tokens.depth[-1] > _DEEPEST:
        return line.startswith(b"{") or bool(newline)
    if tokens.is_open[0]:
        return bool(newline) and line.startswith(b"{")  # no string goes over lines
    return not _goes_on(tokens, line[-1:], rest[:1])


def _goes_on(tokens: Tokens, last: bytes, following: bytes) -> bool:
    """Whether the first line may go on with the next: a line that was cut off may not."""
    opens = (tokens.marks == OPEN_OBJECT) | (tokens.marks == OPEN_ARRAY)
    innermost = tokens.marks[np.flatnonzero(opens & (tokens.depth == tokens.depth[-1]))[-1]]
    if not following:
        return True
    if innermost == OPEN_OBJECT and last in b"{,":
        return following in b'"}'
    return last in b"{[,:" or following in b",]}:"
