"""One file, read by a format as a feed would: its columns, its records by number, and what could not be read."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from marketpulse.landing.files import LandedFile
from marketpulse.landing.format import Format
from marketpulse.landing.limits import USUAL, Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted

Row = list[str | None]


@dataclass
class Read:
    """What became of a file: `bad` says why and what of each record; `quick` whether it was read once."""

    names: tuple[str, ...]
    rows: dict[int, Row] = field(default_factory=dict)
    bad: dict[int, tuple[str, str]] = field(default_factory=dict)
    quick: bool = True

    @property
    def values(self) -> list[Row]:
        """The records in their order."""
        return [self.rows[number] for number in sorted(self.rows)]


def read(form: Format, data: bytes, *required: str, limits: Limits = USUAL) -> Read:
    """Read a file; raise GateError when it is none."""
    opened = OpenedFile(LandedFile("a.csv", "a.csv", len(data), 0), io.BytesIO(data), limits)
    records = form.read(opened, Wanted(required))
    found = taken(records)
    if records.doubted and records.patient:
        found = taken(records.patient())
        found.quick = False
    return found


def taken(records: Records) -> Read:
    """All of the records of one reader."""
    found = Read(records.names)
    for batch in records.stream():
        for *values, number, _, error, text in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            assert number not in found.rows
            assert number not in found.bad
            if error:
                found.bad[number] = (error, text)
            else:
                found.rows[number] = values
    return found
