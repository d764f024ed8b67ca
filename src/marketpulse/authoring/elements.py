"""Which element of an XML document is a record: the one that repeats in its parent, seen from its first bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_HIDDEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE[^>\[]*(\[.*?\])?\s*>", re.DOTALL)
_TAG = re.compile(rb"<(/?)([^\s<>/!?]+)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*?)(/?)>")
Path = tuple[str, ...]


def record_of(first: bytes) -> tuple[str, str, str | None] | None:
    """What the record is called, why, and what is asked; None where no element is there.

    >>> record_of(b"<feed><title>t</title><item/><item/></feed>")[0]
    'item'
    """
    counts, most = _counted(first)
    if not counts:
        return None
    around = sorted({path for path in counts if len(path) == 2})
    repeated = sorted((path for path, count in most.items() if count > 1), key=lambda path: (len(path), -most[path]))
    if repeated and (len(repeated[0]) == 2 or len(around) > 1):
        chosen = repeated[0]
        others = [_called(path) for path in counts if len(path) == 2 and path != chosen[:2]]
        what = f"{_called(chosen)} is taken as the record, and {', '.join(others[:5])} beside it is in no column"
        return (
            _called(chosen),
            "the element that repeats",
            f"{what}: if that is wrong, change record" if others else None,
        )
    if len(around) == 1:
        inside = _called(repeated[0]) if repeated else ""
        asked = f"no element of {around[0][0]} repeats, {around[0][1]} is taken as the record"
        asked = f"{asked}: if each {inside} is one, say record: {inside}" if inside else ""
        return around[0][1], "the one element inside of the outermost one", asked or None
    (root,) = next(iter(counts))[:1]
    return root, "no element repeats", f"no element repeats, so all of {root} is taken as the record: is it?"


def _called(path: Path) -> str:
    return "/".join(path[1:]) or path[0]


def _counted(first: bytes) -> tuple[Counter[Path], Counter[Path]]:
    """How often each path stands there, and how often at most within one parent."""
    counts: Counter[Path] = Counter()
    most: Counter[Path] = Counter()
    inside: list[Counter[str]] = []
    path: list[str] = []
    for name, opens, closes in _tags(first):
        if opens:
            if inside:
                inside[-1][name] += 1
            path.append(name)
            here = tuple(path)
            counts[here] += 1
            most[here] = max(most[here], inside[-1][name] if inside else 1)
            inside.append(Counter())
        if closes and path:
            path.pop()
            inside.pop()
    return counts, most


def _tags(first: bytes) -> Iterator[tuple[str, bool, bool]]:
    """Name of each tag, without the prefix of its namespace; whether it opens and closes an element."""
    for found in _TAG.finditer(_HIDDEN.sub(b"", first)):
        name = found[2].decode("utf-8", errors="replace").rpartition(":")[2]
        yield name, not found[1], bool(found[1] or found[4])
