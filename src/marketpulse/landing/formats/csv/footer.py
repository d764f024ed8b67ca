"""What a feed leaves out at the end of its files: where it looks like a record, somebody should know."""

from __future__ import annotations

import re
from collections.abc import Sequence

from marketpulse.errors import GateError
from marketpulse.landing.formats.csv.head import Head
from marketpulse.landing.formats.csv.tolerant import parsed
from marketpulse.landing.records import Wanted

_WORDS = "total|totals|sum|summe|gesamt|gesamtsumme|zusammen|somme|suma|totale|totaal"
#: A word for a sum alone, or before a mark: a thing may be called so, with more words.
_SUM = re.compile(rf"\W*(grand )?({_WORDS})\s*($|[^\w\s])", re.IGNORECASE)


def is_sum(cells: Sequence[str]) -> bool:
    """Whether a line says of itself that it adds up those above it: in its first cell that holds something."""
    return bool(_SUM.match(next((cell.strip() for cell in cells if cell.strip()), "")))


def doubted_footer(dropped: bytes, head: Head, names: Sequence[str], wanted: Wanted, file: str) -> list[GateError]:
    """A warning where one of the lines that were left out has a value in every required column, and is no sum."""
    if not wanted.required:
        return []
    lines = [line for line in dropped.splitlines() if line.strip()]
    if not any(_is_full(line, head, names, wanted) for line in lines):
        return []
    told = f"its footer looks like a record: it has a value in {', '.join(wanted.required)}"
    return [GateError(told, where=file, hint="the line was left out: look at the end of the file, and at csv.footer")]


def _is_full(line: bytes, head: Head, names: Sequence[str], wanted: Wanted) -> bool:
    row = parsed(line, head.form, head.shape)
    if not isinstance(row, list) or is_sum([value or "" for value in row]):
        return False
    values = dict(zip(names, row, strict=False))
    nulls = {"", *head.form.nulls}
    return all((values.get(name) or "").strip() not in nulls for name in wanted.required)
