"""How a file writes numbers: a point or a comma, and what parts thousands; what its numbers do not prove is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from marketpulse.authoring.column import Column

#: (decimal, thousands) that a feed can say, the simplest first.
Style = tuple[str, str | None]
STYLES: tuple[Style, ...] = (
    (".", None), (",", None), (".", ","), (",", "."), (".", "'"), (",", "'"), (".", " "), (",", " "),
)  # fmt: skip
PLAIN: Style = (".", None)
_NUMERIC = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f’]*-?", re.ASCII)


def _form(style: Style) -> re.Pattern[str]:
    """Numbers of a style. No group of digits begins with a zero: `0.250` is no two hundred and fifty."""
    decimal, thousands = style
    part = {" ": "[ \u00a0\u202f]", "'": "['’]", None: ""}.get(thousands, f"[{thousands}]")
    whole = rf"([1-9]\d{{0,2}}({part}\d{{3}})+|\d+)" if thousands else r"\d+"
    body = rf"{whole}([{decimal}]\d+)?"
    return re.compile(rf"[+-]?{body}|{body}-", re.ASCII)


_FORMS: Mapping[Style, re.Pattern[str]] = {style: _form(style) for style in STYLES}


def is_numeric(values: Sequence[str]) -> bool:
    """Whether values are digits and what may stand between those of a number."""
    return bool(values) and all(_NUMERIC.fullmatch(value.strip()) for value in values)


def styles_of(values: Sequence[str]) -> set[Style]:
    """The ways in which all the values can be read.

    >>> styles_of(["1.234,50", "7"])
    {(',', '.')}
    """
    return {style for style, form in _FORMS.items() if all(form.fullmatch(value.strip()) for value in values)}


def style_of(columns: Sequence[Column], can_say: bool) -> Style:
    """How the file writes numbers. Marks the columns of which that cannot be told.

    Columns that can be read in one way speak for the decimal mark of the others. What parts thousands they do not say
    for another column: `48.123` beside `12,50` may be a place on a map. Numbers of a format that are no texts
    (`is_literal`) speak for nobody. A feed whose format `can_say` nothing of it writes them with a point.
    """
    marked = [c for c in columns if _has_marks(c) and is_numeric(c.sure) and not c.is_literal and styles_of(c.sure)]
    styles = set(STYLES)
    for column in marked:
        if not is_doubtful(column):
            styles &= styles_of(column.sure)
    decimals = {decimal for decimal, _ in styles}
    unclear = [column for column in marked if not styles or (is_doubtful(column) and not _reads(column, decimals))]
    for column in unclear:
        column.doubts.append(_doubt(column, bool(styles), can_say))
    return next((style for style in STYLES if style in styles), PLAIN) if can_say else PLAIN


def _reads(column: Column, decimals: set[str]) -> bool:
    """Whether the one decimal mark of a file is the one that stands in the numbers of a column."""
    return len(decimals) == 1 and all((decimal, None) in styles_of(column.sure) for decimal in decimals)


def _has_marks(column: Column) -> bool:
    return any(mark in value.strip() for value in column.sure for mark in ".,' ’\u00a0\u202f")


def is_doubtful(column: Column) -> bool:
    """Whether its numbers have two meanings: `1.234` is a thousand and more, or one and a bit."""
    has_point = any(mark in value for value in column.sure for mark in ".,")
    return has_point and len({decimal for decimal, _ in styles_of(column.sure)}) > 1


def proof_of(columns: Sequence[Column], decimal: str) -> str:
    """The first number of a column that can be read with this decimal mark only."""
    for column in columns:
        if {mark for mark, _ in styles_of(column.sure)} == {decimal}:
            shown = next(value.strip() for value in column.sure if {m for m, _ in styles_of([value])} == {decimal})
            return f"{shown} of {column.name} can be read in no other way"
    return "numbers of the sample are written so"


def _doubt(column: Column, is_readable: bool, can_say: bool) -> str:
    shown = next((value.strip() for value in column.sure if not value.strip().isdecimal()), "")
    where = "Say decimal: and thousands: in the source" if can_say else "Read it in the SQL"
    if is_readable:
        return f"is {shown!r} a thousand and more, or one and a bit? {where}"
    how = "say so in formats: in the source" if can_say else "read them in the SQL"
    return f"numbers are written in several ways ({shown!r}): {how}"
