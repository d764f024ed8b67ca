"""Which columns are numbers, and how the file writes them: a point or a comma, and what parts thousands."""

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
_NUMERIC = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f’]*-?")
_WHOLE = re.compile(r"-?\d+")
#: Names of what is called by a number, and not counted.
_CALLED = re.compile(
    r"(^|_)(id|ids|no|nr|num|number|nummer|code|sku|ean|gtin|upc|isbn|plz|zip|postcode|postal_code|phone|tel|telefon"
    r"|telephone|mobile|fax|iban|konto|account|ref|reference|barcode|artikel|artikelnummer)$|_?(nummer|nr|number|code)$"
)


_EXPONENT = re.compile(r"[+-]?\d+([.]\d+)?([eE][+-]?\d+)?")
_SINCE = re.compile(r"(^|_)(at|on|time|timestamp|ts|date|created|updated)(_|$)")
#: Numbers, dates and times with what people write around them.
_NEARLY = re.compile(r"[^\w\s]?\s?[+-]?\d[\d.,:/' -]*\s?(%|[A-Z]{3}|[€$£¥]|[AaPp][Mm])?")
_MOST_DIGITS = 38


def ask_of_text(column: Column) -> None:
    """Ask about a text that looks like numbers, dates or times, most of it, and could not be read as such."""
    fitting = [value for value in column.sure if _NEARLY.fullmatch(value.strip())]
    if column.doubts or column.asks or is_called(column) or len(fitting) * 2 <= len(column.sure):
        return
    shown = next((value for value in column.sure if not value.strip().isdigit()), fitting[0])
    column.asks.append(f"looks like numbers, dates or times, and not all are written in one way ({shown[:40]!r})")


def _form(style: Style) -> re.Pattern[str]:
    decimal, thousands = style
    part = {" ": "[ \u00a0\u202f]", "'": "['’]", None: ""}.get(thousands, f"[{thousands}]")
    whole = rf"(\d{{1,3}}({part}\d{{3}})+|\d+)" if thousands else r"\d+"
    body = rf"{whole}([{decimal}]\d+)?"
    return re.compile(rf"[+-]?{body}|{body}-")


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


def style_of(columns: Sequence[Column], can_say: bool) -> Style | None:
    """How the file writes numbers; None where that cannot be told. Marks the columns that doubts are about.

    A feed whose format `can_say` nothing of it writes them with a point.
    """
    marked = [c for c in columns if is_numeric(c.sure) and not is_called(c) and _has_marks(c)]
    numeric = [column for column in marked if styles_of(column.sure)]
    styles = set(STYLES)
    for column in numeric:
        styles &= styles_of(column.sure)
    if not can_say or not styles:
        styles = {PLAIN} if not can_say or not numeric else set()
    decimals = {decimal for decimal, _ in styles}
    if len(decimals) == 1 or (PLAIN in styles and not any(_is_doubtful(c) for c in numeric)):
        return next(style for style in STYLES if style in styles)
    for column in numeric:
        column.doubts.append(_doubt(column, bool(styles)))
    return None


def _has_marks(column: Column) -> bool:
    return any(mark in value for value in column.sure for mark in ".,' ’\u00a0\u202f")


def _is_doubtful(column: Column) -> bool:
    """Whether its numbers have two meanings: `1.234` is a thousand and more, or one and a bit."""
    return len({decimal for decimal, _ in styles_of(column.sure)}) > 1


def _doubt(column: Column, is_readable: bool) -> str:
    shown = next((value for value in column.sure if not value.strip().isdigit()), "")
    if is_readable:
        return f"is {shown!r} a thousand and more, or one and a bit? Say decimal: and thousands: in the source"
    return f"numbers are written in several ways ({shown!r}): say so in formats: in the source"


def is_called(column: Column) -> bool:
    """Whether its numbers are names: those of articles, people, places."""
    padded = any(value.strip().lstrip("+-").startswith("0") and value.strip().isdigit() and len(value.strip()) > 1
                 for value in column.sure)  # fmt: skip
    return padded or bool(_CALLED.search(column.name))


def guess_number(column: Column, style: Style | None) -> bool:
    """Say what kind of number a column is; False where it is none."""
    if column.doubts or not column.sure:
        return False
    if all(map(_EXPONENT.fullmatch, column.sure)) and any("e" in value.lower() for value in column.sure):
        column.type, column.why = "double", "numbers with an exponent: measured, and no money"
        return True
    if is_called(column):
        if all(_WHOLE.fullmatch(value.strip()) for value in column.sure):
            column.why = "digits that are a name, by their zeros or their header"
        return False
    return is_numeric(column.sure) and _is_written(column, style or PLAIN) and _typed(column, style or PLAIN)


def _is_written(column: Column, style: Style) -> bool:
    """Whether the numbers of a column are written as those of the file."""
    styles = styles_of(column.sure)
    if styles and style not in styles:
        shown = next(value for value in column.sure if not _WHOLE.fullmatch(value.strip()))
        column.doubts.append(f"looks like a number, and this format cannot say how {shown!r} is written")
    return style in styles


def _typed(column: Column, style: Style) -> bool:
    plain = [_plain(value, *style) for value in column.sure]
    kind, why = _kind(plain)
    if kind is None:
        column.asks.append(why)
        return False
    column.type, column.why = kind, why
    if kind in ("int", "long") and _SINCE.search(column.name) and all(len(value) in (10, 13) for value in plain):
        column.asks.append("looks like seconds or milliseconds since 1970: timestamp_seconds or timestamp_millis it is")
    if style[0] != "." and any(style[0] in value for value in column.sure):
        column.why += ", written with a comma"
    return True


def _plain(value: str, decimal: str, thousands: str | None) -> str:
    bare = re.sub("[ \u00a0\u202f'’]" if thousands in (" ", "'") else f"[{thousands or ' '}]", "", value.strip())
    return bare.replace(decimal, ".").strip("+-")


def _kind(values: Sequence[str]) -> tuple[str | None, str]:
    digits = max(len(value.partition(".")[0]) for value in values)
    scale = max(len(value.partition(".")[2]) for value in values)
    if digits + scale > _MOST_DIGITS:
        return None, f"has numbers of {digits + scale} digits, more than a decimal holds: kept as texts"
    if scale:
        wide = max(4, scale) if digits + 4 <= _MOST_DIGITS else scale
        precision = 18 if digits + wide <= 18 else 38
        return f"decimal({precision},{wide})", f"numbers with up to {scale} digits after the point"
    kind = "int" if digits < 9 else "long" if digits < 18 else "decimal(38,0)"
    return kind, "whole numbers"
