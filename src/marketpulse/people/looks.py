r"""What names look like: one pattern for the many names of a crowd, so that a text is searched once for all of them.

A name is runs of letters and digits with signs between them, as `C000017` or `ada.l@example.org`. Names with the same
signs in the same order look alike; each run is as long as the shortest to the longest, of the characters that occur.
What looks like a name need not be one: whoever searches compares what was found.

Names of ASCII letters, digits and `_@+-.` are looked for where a word begins, and found with the rest of their word, so
that one pattern does for all: of `b.C000017` the parts between dots are names, too. All others have patterns of their
own: those without `.`, those with, those with other signs. No match of these crosses the end of a word, and longer ones
come first, so that a word which is a name is found whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

#: States that one pattern may have: an engine gives up on much longer ones.
_MOST = 4_000
#: An engine repeats nothing more often than that.
_LONGEST = 1_000
_RUN = re.compile(r"[^\W_]*")
_PLAIN, _DOTTED, _SPECIAL = frozenset("_@+-"), frozenset("_@+-."), frozenset(r"\.+*?()[]{}|^$")
#: Escapes stand before a name, or are passed by: their digits would be taken for the beginning of one.
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}"
#: A name of which a word may begin, and what stands behind it in the same word.
_WORD = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.@+\-]*")
_REST = r"[0-9A-Za-z_.@+\-]*"
#: So many first letters are told one by one.
_FEW = 8
_KINDS = {"0-9": str.isdigit, "a-z": str.islower, "A-Z": str.isupper}


def patterns(names: Collection[str]) -> list[str]:
    r"""Regular expressions, few for many names: each of these that stands in a text is in a first group of a match.

    What is in a group is the name, or a word of which the name is all but dots at its ends, or a part between dots.

    >>> patterns(["C000017", "C18"])
    ['(?:\\b|%[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4})((?:[C][0-9]{2,6})[0-9A-Za-z_.@+\\-]*)']
    >>> [each.partition("|")[0] for each in patterns(["ünal", "b o"])]
    ['([\\p{L}\\p{N}][a-z]{3})', '([b] [o])']
    """
    words = {name for name in names if _WORD.fullmatch(name)}
    bounded = [f"(?:\\b|{_ESCAPED})((?:{each}){_REST})" for each in _joined(_alike(words))]
    alike = _alike({*names} - words)
    plain = {signs: runs for signs, runs in alike.items() if _PLAIN.issuperset(signs)}
    dotted = {signs: runs for signs, runs in alike.items() if "." in signs and _DOTTED.issuperset(signs)}
    others = {signs: runs for signs, runs in alike.items() if not _DOTTED.issuperset(signs)}
    return [*bounded, *(f"({each})|{_ESCAPED}" for group in (plain, dotted, others) for each in _joined(group))]


def _alike(names: Collection[str]) -> dict[Sequence[str], list[list[str]]]:
    """Runs of names, by their signs."""
    alike: dict[Sequence[str], list[list[str]]] = defaultdict(list)
    for name in names:
        runs, signs = _taken_apart(name)
        alike[signs].append(runs)
    return alike


def _taken_apart(name: str) -> tuple[list[str], tuple[str, ...]]:
    """Runs of letters and digits, and the signs between them: one more run than signs."""
    runs: list[str] = []
    signs: list[str] = []
    place = 0
    while True:
        run = _RUN.match(name, place)
        runs.append(run[0] if run else "")
        place += len(runs[-1])
        if place == len(name):
            return runs, tuple(signs)
        signs.append(name[place])
        place += 1


def _joined(alike: dict[Sequence[str], list[list[str]]]) -> Iterator[str]:
    """Alternatives, those with more signs first, in patterns of a bounded size."""
    parts: list[str] = []
    size = 0
    for signs in sorted(alike, key=lambda signs: (-len(signs), signs)):
        long = sum(max(map(len, run)) for run in zip(*alike[signs], strict=True)) + len(signs)
        if parts and size + long > _MOST:
            yield "|".join(parts)
            parts, size = [], 0
        parts.append(_pattern(signs, alike[signs]))
        size += long
    if parts:
        yield "|".join(parts)


def _pattern(signs: Sequence[str], names: list[list[str]]) -> str:
    runs = [_run(run) for run in zip(*names, strict=True)]
    return "".join(run + (_literal(sign) if sign else "") for run, sign in zip(runs, (*signs, ""), strict=True))


def _run(texts: Sequence[str]) -> str:
    """One run of names that look alike. Its first letter tells much: most names of one kind begin with the same."""
    least, most = min(map(len, texts)), max(map(len, texts))
    if least == 0:
        return _kinds({*"".join(texts)}) + _times(0, most) if most else ""
    first, others = {text[0] for text in texts}, {*"".join(text[1:] for text in texts)}
    head = f"[{''.join(sorted(first))}]" if len(first) <= _FEW and "".join(first).isascii() else _kinds(first)
    return head + (_kinds(others) + _times(least - 1, most - 1) if others else "")


def _kinds(letters: Collection[str]) -> str:
    if not "".join(letters).isascii():
        return r"[\p{L}\p{N}]"
    return f"[{''.join(kind for kind, is_one in _KINDS.items() if any(map(is_one, letters)))}]"


def _times(least: int, most: int) -> str:
    if most > _LONGEST:
        return "*"
    if least < most:
        return f"{{{least},{most}}}"
    return "" if most == 1 else f"{{{most}}}"


def _literal(sign: str) -> str:
    return f"\\{sign}" if sign in _SPECIAL else sign
