"""XML as events, a little at a time: no document type, so no entities; no tag that takes more memory than a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from marketpulse.errors import GateError
from marketpulse.landing.limits import MB

#: Bytes that are parsed at once.
_STEP = 64 << 10
#: What stands between the name of a space and a name in it: no name holds it.
_BETWEEN = " "


class MarkupError(Exception):
    """The document is not well formed: what stood before was given."""


class Start(NamedTuple):
    """The start of an element: its name without the space, its attributes as they are given. There are many."""

    name: str
    attributes: dict[str, str]


class End(NamedTuple):
    """The end of an element."""

    name: str


#: The start or end of an element, or text.
Event = Start | End | str


def events(pieces: Iterable[bytes], most: int) -> Iterator[Event]:
    """Events of a document, in order; a tag has `most` bytes at most.

    Raise MarkupError where it is not well formed, GateError where it holds what is not read.
    """
    parser = expat.ParserCreate(namespace_separator=_BETWEEN)
    found: list[Event] = []
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: found.append(Start(local(name), given))
    parser.EndElementHandler = lambda name: found.append(End(local(name)))
    parser.CharacterDataHandler = found.append
    parser.StartDoctypeDeclHandler = _refuse
    fed = 0
    try:
        for piece in pieces:
            for at in range(0, len(piece), _STEP):
                step = piece[at : at + _STEP]
                parser.Parse(step, False)
                fed += len(step)
                if fed - parser.CurrentByteIndex > most:
                    raise GateError(f"a tag has more than {most // MB:,} MB", hint="land a file with shorter tags")
                yield from found
                found.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from found
        told = f"not well-formed XML: {expat.ErrorString(error.code)} (line {error.lineno}, column {error.offset + 1})"
        raise MarkupError(told) from None
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise MarkupError(f"not readable XML: {error}") from None
    yield from found


@lru_cache(1_000)
def local(name: str) -> str:
    """A name without its space.

    >>> local("http://example.org/ns order"), local("order")
    ('order', 'order')
    """
    return name.rpartition(_BETWEEN)[2]


def _refuse(*_: object) -> None:
    hint = "a document type may hold entities that grow without end: land the file without it"
    raise GateError("it has a document type (<!DOCTYPE …>), which is not read", hint=hint)
