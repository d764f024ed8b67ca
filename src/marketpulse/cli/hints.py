"""A hint that names a command repeats the places that the person gave: it can be typed as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Sequence
from functools import partial

#: Options that say where: another command would look elsewhere without them.
_PLACES = ("--landing", "--warehouse", "--project")
_COMMAND = re.compile(r"marketpulse ([a-z]+)( [a-z]+)?")
#: Options of the command of these words, None when there is no such command.
Takes = Callable[[Sequence[str]], Collection[str] | None]

_given: dict[str, str] = {}
_takes: list[Takes] = []


def remember(arguments: Sequence[str], takes: Takes) -> None:
    """Keep what a person typed, for the hints of this process."""
    _given.clear()
    _takes[:] = [takes]
    for place, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name in _PLACES and (equals or place + 1 < len(arguments)):
            _given[name] = value if equals else arguments[place + 1]


def completed(text: str) -> str:
    """The text, each command in it with the places that were given and that it takes."""
    return _COMMAND.sub(partial(_completed, text), text) if _given and _takes else text


def _completed(text: str, found: re.Match[str]) -> str:
    words = found[0].split()[1:]
    known = _takes[0](words)
    if known is None:
        words, known = words[:1], _takes[0](words[:1])
    rest = found[0].removeprefix(" ".join(["marketpulse", *words]))
    said = text[found.end() :].partition("marketpulse ")[0]
    left = [name for name in _given if name in (known or ()) and name not in said]
    more = [f"{name} {shlex.quote(_given[name])}" for name in left]
    return " ".join(["marketpulse", *words, *more]) + rest
