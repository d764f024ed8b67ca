"""Rows as files: CSV and Excel of which nothing is computed, JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from marketpulse.cells import plain
from marketpulse.visible import no_formula, visible

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Characters of a cell, and digits of a number, that Excel keeps.
_EXCEL_TEXT, _EXCEL_DIGITS = 32_767, 15
#: Its first year, and the microsecond from which it rounds up.
_FIRST, _NEXT = 1900, 999_500


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> Response:
    """A file of comma-separated values to keep; a text that would be a formula begins with an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows(map(_cell, row) for row in rows)
    return as_kept(written.getvalue(), f"{name}.csv")


def as_excel(columns: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> Response:
    """A workbook of one sheet: texts are texts, also what begins as a formula does, and cut where Excel ends.

    Numbers of more digits than Excel keeps (15), moments of a time zone, and days that it does not know are texts.
    """
    from openpyxl import Workbook  # a page does not wait for it
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")

    def cell(value: Any) -> Any:
        if value is None or isinstance(value, bool) or (isinstance(value, date | time) and _is_known(value)):
            return value
        if isinstance(value, int | float | Decimal) and _fits(value):
            return value
        found = WriteOnlyCell(sheet, visible(value if isinstance(value, str) else str(value))[:_EXCEL_TEXT])
        found.data_type = "s"
        return found

    for row in (columns, *rows):
        sheet.append([cell(value) for value in row])
    kept = io.BytesIO()
    book.save(kept)
    return Response(kept.getvalue(), media_type=_EXCEL, headers=_kept(f"{name}.xlsx"))


def _is_known(value: date | time) -> bool:
    """Whether Excel knows a moment: it has no zones, no day before 1900, and the last half millisecond is the next."""
    if getattr(value, "tzinfo", None) is not None or getattr(value, "year", _FIRST) < _FIRST:
        return False
    return getattr(value, "microsecond", 0) < _NEXT


def _fits(value: float | Decimal) -> bool:
    """Whether Excel keeps a number as it is."""
    if isinstance(value, float) or (isinstance(value, Decimal) and not value.is_finite()):
        return math.isfinite(value)
    return len(str(abs(value)).replace(".", "").strip("0")) <= _EXCEL_DIGITS


def _kept(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def as_kept(text: str, name: str) -> Response:
    """A text of ours as a file to keep."""
    return Response(text, media_type="text/csv; charset=utf-8", headers=_kept(name))


def as_json(value: Any) -> Response:
    """The value; decimals as text, so that no digit is lost."""
    return Response(json.dumps(plain(value), default=str, ensure_ascii=False), media_type="application/json")


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return (
        no_formula(value if isinstance(value, str) else str(value)) if isinstance(value, str | list | dict) else value
    )
