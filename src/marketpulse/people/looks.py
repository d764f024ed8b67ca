r"""What names look like: one pattern for the many names of a crowd, so that a text is searched once for all of them.

A name is runs of letters and digits with signs between them, as `C000017` or `ada.l@example.org`. Names with the same
signs in the same order look alike; each run is as long as the shortest to the longest, of the characters that occur.
What looks like a name need not be one: whoever searches compares what was found.

Names of letters, digits, `_`, `@`, `+`, `-` are in patterns of their own, and so are those with `.` beside: no match of
these crosses the end of a word, and longer ones come first, so that a word which is a name is found whole.
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
#: Escapes are passed by, where no name begins: their digits would be taken for the beginning of one.
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}"
#: So many first letters are told one by one.
_FEW = 8
_KINDS = {"0-9": str.isdigit, "a-z": str.islower, "A-Z": str.isupper}


def patterns(names: Collection[str]) -> list[str]:
    r"""Regular expressions, few for many names, whose matches in a text have every one of these that stands in it.

    >>> patterns(["C000017", "C18"])
    ['[C][0-9]{2,6}|%[0-9A-Fa-f]{2}|\\\\u[0-9A-Fa-f]{4}']
    >>> [each.partition("|")[0] for each in patterns(["ada@1", "b.o-b@12"])]
    ['[a][a-z]{2}@[1]', '[b]\\.[o]-[b]@[1][0-9]']
    """
    alike: dict[Sequence[str], list[list[str]]] = defaultdict(list)
    for name in {*names}:
        runs, signs = _taken_apart(name)
        alike[signs].append(runs)
    plain = [signs for signs in alike if _PLAIN.issuperset(signs)]
    dotted = [signs for signs in alike if "." in signs and _DOTTED.issuperset(signs)]
    others = [signs for signs in alike if not _DOTTED.issuperset(signs)]
    return [pattern for group in (plain, dotted, others) for pattern in _joined(alike, group)]


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


def _joined(alike: dict[Sequence[str], list[list[str]]], group: Collection[Sequence[str]]) -> Iterator[str]:
    """Alternatives of a group, those with more signs first, in patterns of a bounded size."""
    parts: list[str] = []
    size = 0
    for signs in sorted(group, key=lambda signs: (-len(signs), signs)):
        long = sum(max(map(len, run)) for run in zip(*alike[signs], strict=True)) + len(signs)
        if parts and size + long > _MOST:
            yield "|".join([*parts, _ESCAPED])
            parts, size = [], 0
        parts.append(_pattern(signs, alike[signs]))
        size += long
    if parts:
        yield "|".join([*parts, _ESCAPED])


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
