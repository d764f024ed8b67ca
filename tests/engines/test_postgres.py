"""What BI tools write of a day and a moment says here what it says in Postgres, or is an error."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from marketpulse.engines.duckdb_reader import ReadOnlyDuck
from marketpulse.engines.limits import Limits
from marketpulse.errors import UsageError


def asked(folder: Path, query: str) -> tuple[object, ...]:
    reader = ReadOnlyDuck(Limits(10, 200, 10, 0), 1, folder)
    reader.lock([], folder)
    (row,) = reader.stream(query).read_all().to_pylist()
    return tuple(row.values())


def test_days_and_moments_are_those_of_their_text(tmp_path: Path) -> None:
    text = "select to_date('2026-03-02', 'YYYY-MM-DD'), to_timestamp('2026-03-02 01:02:03.000004', '{}') as t"
    moment = datetime(2026, 3, 2, 1, 2, 3, 4)
    assert asked(tmp_path, text.format("YYYY-MM-DD HH24:MI:SS.US")) == (date(2026, 3, 2), moment)
    assert asked(tmp_path, "select epoch(to_timestamp(1.5))") == (1.5,)  # the engine's own stays


@pytest.mark.parametrize("call", ["to_date('02/03/2026', 'DD/MM/YYYY')", "to_timestamp('2026', 'YYYY')"])
def test_a_format_that_is_not_known_is_no_guess(tmp_path: Path, call: str) -> None:
    with pytest.raises(UsageError, match="knows YYYY-MM-DD"):
        asked(tmp_path, f"select {call}")
