"""Excel: what openpyxl reads of the cells that are the table."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from marketpulse.landing.formats.excel import Excel
from tests.landing.formats.generated.case import Case, Record
from tests.landing.formats.generated.packing import packed
from tests.landing.formats.generated.texts import text

_SHEETS = ["Prices", "Größen", "单价"]


def generate(dice: Random) -> Case:
    """A workbook whose table stands somewhere on one of its sheets, beside notes that are not of it."""
    book = openpyxl.Workbook()
    names = dice.sample(_SHEETS, dice.randint(1, 3))
    sheets = [book.active, *(book.create_sheet() for _ in names[1:])]
    for sheet, name in zip(sheets, names, strict=True):
        sheet.title = name
        sheet["A1"] = "another sheet"
    chosen = dice.randrange(len(names))
    sheet = sheets[chosen]
    sheet["A1"] = None
    width, count = dice.randint(1, 5), dice.randint(0, 15)
    left, top = dice.choice([1, 1, 3]), dice.choice([1, 1, 4])
    for column in range(width):
        sheet.cell(top, left + column, f"c{column}")
    for row in range(count):
        for column in range(width):
            _put(dice, sheet.cell(top + 1 + row, left + column))
    said = _said(dice, names, chosen)
    if left > 1 or dice.random() < 0.3:
        end = top + count if dice.random() < 0.5 else None
        said["range"] = f"{get_column_letter(left)}{top}:{get_column_letter(left + width - 1)}{end or ''}"
        if left > 1:
            sheet.cell(top + 1, 1, "a note")
    target = io.BytesIO()
    book.save(target)
    read = openpyxl.load_workbook(io.BytesIO(target.getvalue()), data_only=True)[names[chosen]]
    area = {"min_row": top + 1, "max_row": top + count, "min_col": left, "max_col": left + width - 1}
    rows = [list(row) for row in read.iter_rows(values_only=True, **area)] if count else []
    records: list[Record] = [row for row in rows if any(value is not None for value in row)]
    return packed(dice, Case(Excel(**said), target.getvalue(), records, same=same))


def _said(dice: Random, names: list[str], chosen: int) -> dict[str, Any]:
    if len(names) > 1 or dice.random() < 0.5:
        return {"sheet": dice.choice([names[chosen], chosen + 1])}
    return {}


def same(found: str | None, wanted: Any) -> bool:
    """Whether a text says the value of a cell."""
    if wanted is None or found is None:
        return found is wanted
    if isinstance(wanted, bool):
        return found == str(wanted).lower()
    if isinstance(wanted, datetime):
        return datetime.fromisoformat(found) == wanted
    if isinstance(wanted, time):
        return time.fromisoformat(found) == wanted
    return float(found) == wanted if isinstance(wanted, int | float) else found == wanted


def _put(dice: Random, cell: Any) -> None:
    day = date(1901, 1, 1) + timedelta(dice.randint(0, 50_000))
    clock = time(dice.randrange(24), dice.randrange(60), dice.randrange(60))
    kinds = [
        *(None, dice.randint(-(10**6), 10**15), dice.choice([0.1, 1e-7, 1e20, 12.0, dice.uniform(-1e6, 1e6)])),
        *(dice.random() < 0.5, day, datetime.combine(day, clock), clock),
    ]
    if dice.random() < 0.5:
        cell.value = dice.choice(kinds)
        return
    found = "".join(each for each in text(dice, '"<&\n') if each >= " " or each in "\t\n")
    cell.value = found or None
    if found:
        cell.data_type = "s"
