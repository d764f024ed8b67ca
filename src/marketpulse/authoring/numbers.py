"""Which columns are numbers, and of which type; what is called by a number is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from marketpulse.authoring.column import Column
from marketpulse.authoring.styles import PLAIN, Style, is_numeric, styles_of

_WHOLE = re.compile(r"-?\d+", re.ASCII)
#: Names of what is called by a number, and not counted.
_CALLED = re.compile(
    r"(^|_)(id|ids|no|nr|nos|num|number|nummer|code|key|sku|ean|gtin|upc|asin|isbn|plz|zip|zipcode|postcode|postal_code"
    r"|phone|tel|telefon|telephone|mobile|handy|fax|iban|bic|konto|account|ref|reference|barcode|serial|variant|batch|lot"
    r"|artikel|article|item|product|produkt|customer|kunde|client|user|member|buyer|supplier|lieferant|vendor|shop|store"
    r"|filiale|branch|outlet|markt|terminal|kasse|till|register|order|auftrag|bestellung|beleg|receipt|invoice|rechnung"
    r"|model|version|hash|card|cardno|card_no|karte)$"
    r"|_?(nummer|nr|number|code|sku|ean|gtin)$"
    r"|(order|customer|kunden|kunde|article|artikel|item|product|store|shop|filial|user|member|client|receipt|invoice"
    r"|account|art|card|beleg|kd|lfd)_?(id|no|nr|num|key)$"
)
#: Names of what is counted or measured.
_MEASURED = re.compile(
    r"(^|_)(qty|quantity|count|menge|anzahl|stueck|stuck|pieces|units|amount|betrag|price|preis|cost|kosten|total|summe"
    r"|subtotal|sum|value|wert|umsatz|revenue|sales|discount|rabatt|tax|taxes|vat|mwst|steuer|shipping|freight|versand|porto"
    r"|refund|refunded|duties|tip|tips|ctr|cpc|cpm|roas|weight|gewicht|rate|share|percent|pct"
    r"|clicks|views|impressions|stock|bestand|score|fee|margin|net|gross|netto|brutto|temperature|ratio|factor)(_|$)"
    r"|(preis|betrag|menge|wert|summe|bestand|price|amount|quantity|weight)$"
)
_EXPONENT = re.compile(r"[+-]?\d+([.]\d+)?([eE][+-]?\d+)?", re.ASCII)
#: An exponent that no article is called by: `1.5e3`, `2e-7`.
_MEASURED_EXPONENT = re.compile(r"[+-]?\d+([.]\d+[eE][+-]?|[eE][+-])\d+", re.ASCII)
_SINCE = re.compile(r"(^|_)(at|on|time|timestamp|ts|date|created|updated)(_|$)")
#: Digits of a moment of these years, counted from 1970 on: in what, and what makes a time of it.
_UNITS = {
    10: ("seconds", "timestamp_seconds"),
    13: ("milliseconds", "timestamp_millis"),
    16: ("microseconds", "timestamp_micros"),
}
#: Numbers, dates and times with what people write around them.
_NEARLY = re.compile(r"[^\w\s]?\s?[+-]?\d[\d.,:/' -]*\s?(%|[A-Z]{3}|[€$£¥]|[AaPp][Mm])?")
#: A share or an amount, with its sign.
_WITH_UNIT = re.compile(r"[+-]?\d[\d.,' ]*\s?[%‰€$£¥]|[+-]?[€$£¥]\s?[+-]?\d[\d.,' ]*")
_MOST_DIGITS = 38


def ask_of_text(column: Column) -> None:
    """Ask about a text that looks like numbers, dates or times, most of it, and could not be read as such."""
    fitting = [value for value in column.sure if _NEARLY.fullmatch(value.strip())]
    if column.doubts or column.asks or is_called(column) or len(fitting) * 2 <= len(column.sure):
        return
    shown = next((value for value in column.sure if not value.strip().isdecimal()), fitting[0])
    column.asks.append(f"looks like numbers, dates or times, and not all are written in one way ({shown[:40]!r})")


def is_called(column: Column) -> bool:
    """Whether its numbers are names: those of articles, people, places."""
    padded = any(re.fullmatch(r"[+-]?0\d+", value.strip()) for value in column.sure)
    return padded or (bool(_CALLED.search(column.name)) and not _MEASURED.search(column.name))


def guess_number(column: Column, style: Style) -> bool:
    """Say what kind of number a column is; False where it is none."""
    if column.doubts or not column.sure:
        return False
    if is_called(column):
        if all(_WHOLE.fullmatch(value.strip()) for value in column.sure):
            column.why = "digits that are a name, by their zeros or their header"
        return False
    if all(_EXPONENT.fullmatch(value.strip()) for value in column.sure) and _has_exponent(column.sure):
        return _measured(column)
    style = PLAIN if column.is_literal else style
    return is_numeric(column.sure) and _is_written(column, style) and _typed(column, style)


def _has_exponent(values: Sequence[str]) -> bool:
    return any("e" in value.lower() for value in values)


def _measured(column: Column) -> bool:
    """Whether `1E5` is a hundred thousand: where something says so, and it is not what an article is called."""
    spelled = [value.strip() for value in column.sure if "e" in value.lower()]
    if any(float(value) in (float("inf"), float("-inf")) for value in spelled):
        column.asks.append(f"{spelled[0][:40]!r} is more than a number of any type holds: kept as texts")
        return False
    is_sure = column.is_literal or is_measured(column) or any(map(_MEASURED_EXPONENT.fullmatch, spelled))
    if is_sure:
        column.type, column.why = "double", "numbers with an exponent: measured, and no money"
    else:
        column.asks.append(f"is {spelled[0]!r} a number with an exponent, or a name? If a number: double")
    return is_sure


def is_measured(column: Column) -> bool:
    """Whether something is counted or measured: its header says so, or numbers with parts or units stand there."""
    if _MEASURED.search(column.name) or column.type.startswith(("decimal(", "double")):
        return True
    units = sum(bool(_WITH_UNIT.fullmatch(value.strip())) for value in column.sure)
    return units * 2 > len(column.sure)


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
    lengths = {len(value) for value in plain}
    if kind in ("int", "long") and _SINCE.search(column.name) and len(lengths) == 1 and lengths <= _UNITS.keys():
        unit, function = _UNITS[lengths.pop()]
        made = f"{function}(try_cast({column.sql} as bigint))"
        column.asks.append(f"looks like {unit} since 1970: if so, {made} is the time, and the type timestamp")
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
