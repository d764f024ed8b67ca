"""Which row of a sheet names the columns, where titles stand above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from marketpulse.authoring.looks import PERIOD, Look
from marketpulse.errors import GateError
from marketpulse.landing.formats.excel.form import Excel
from marketpulse.landing.formats.excel.sheet import Row
from marketpulse.landing.opened import OpenedFile

#: So many rows are looked at.
_ROWS = 200
_VALUE = re.compile(r"[+-]?\d[\d.,:/ T-]*", re.ASCII)


def say_header(data: OpenedFile, found: Look) -> None:
    """Say the row with the names, and ask about it, where it is not the first one.

    Raise GateError where the workbook has several sheets and `found` says none, or cannot be read.
    """
    try:
        sheet = Excel(**found.options).rows(data)
    except GateError as error:
        raise GateError(error.message, hint=f"--sheet NAME says which sheet: {error.hint}") from None
    rows = list(islice(sheet, _ROWS))
    place = header_of(rows)
    if not place:
        return
    number, titles = rows[place].number, " ".join(rows[0].values.values())
    found.say("header", number, "rows above the header are titles")
    what = f"row {number} is taken for the names of the columns, and what is above it ({titles[:40]!r}) for titles"
    found.doubts.append(f"{what}: if that is wrong, change excel.header")


def header_of(rows: Sequence[Row]) -> int:
    """The place of the first row that has a text wherever most rows below it have a value; 0 where there is none.

    >>> title, head, record = Row(1, {1: "Prices"}), Row(3, {1: "sku", 2: "price"}), Row(4, {1: "A", 2: "1.5"})
    >>> header_of([title, head, record]), header_of([head, record]), header_of([title, record, record])
    (1, 0, 0)
    """
    for place, row in enumerate(rows[:-1]):
        below = rows[place + 1 :]
        covered = sum(each.values.keys() <= row.values.keys() for each in below)
        if covered * 2 > len(below):
            return place if _are_names(row) else 0
    return 0


def _are_names(row: Row) -> bool:
    """Whether no cell is a number or a day; a year or a month beside names may be one."""
    values = [text for text in row.values.values() if _VALUE.fullmatch(text)]
    return not values or (len(values) < len(row.values) and all(map(PERIOD.fullmatch, values)))
