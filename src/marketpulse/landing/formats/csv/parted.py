"""A file whose values are parted by another character than its feed says: its header is one long name."""

from __future__ import annotations

from collections.abc import Sequence

_PARTS = {"\t": ("tabs", '"\\t"'), ";": ("semicolons", '";"'), "|": ("bars", '"|"'), ",": ("commas", '","')}


def other_delimiter(header: Sequence[str], delimiter: str) -> str | None:
    r"""What to say in the feed for a header that is one column, and holds what would part several.

    >>> other_delimiter(["id\tday"], ","), other_delimiter(["id"], ",")
    ('its lines are parted by tabs: csv: {delimiter: "\\t"}', None)
    """
    if len(header) != 1:
        return None
    counts = {mark: header[0].count(mark) for mark in _PARTS if mark != delimiter}
    mark = max(counts, key=lambda each: counts[each])
    if not counts[mark]:
        return None
    called, written = _PARTS[mark]
    return f"its lines are parted by {called}: csv: {{delimiter: {written}}}"
