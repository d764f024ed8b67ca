"""Rows as files: CSV that no spreadsheet computes, JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from marketpulse.cells import plain
from marketpulse.visible import no_formula


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> Response:
    """A file of comma-separated values to keep; a text that would be a formula begins with an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows(map(_cell, row) for row in rows)
    kept = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(written.getvalue(), media_type="text/csv; charset=utf-8", headers=kept)


def as_kept(text: str, name: str) -> Response:
    """A text of ours as a file to keep."""
    kept = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=kept)


def as_json(value: Any) -> Response:
    """The value; decimals as text, so that no digit is lost."""
    return Response(json.dumps(plain(value), default=str, ensure_ascii=False), media_type="application/json")


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return (
        no_formula(value if isinstance(value, str) else str(value)) if isinstance(value, str | list | dict) else value
    )
