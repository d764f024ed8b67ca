"""The quick reader of CSV: it says when it must not be trusted, and then leaves the file to the other."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketpulse.errors import GateError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.csv import Csv
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted
from tests.landed import HEADER
from tests.landing.reading import taken

LINE = b"1,2026-01-01,1,1\n"


def read(data: bytes) -> Records:
    """The file, read quickly to its end or as far as it goes."""
    raw = io.BytesIO(data)
    found = Csv().open(OpenedFile(LandedFile("a.csv", "a.csv", len(data), 0), raw), Wanted())
    found.stream().read_all()
    return found


@pytest.mark.parametrize(
    ("lines", "doubted"),
    [
        (LINE * 3, False),
        (LINE + b'"a, ""b""",2026-01-01,1,1', False),
        (LINE + b"2,2026-01-01\n", True),
        (LINE + b'"two\nlines",2026-01-01,1,1\n', True),
        (LINE + b'"never closed,2026-01-01,1,1\n', True),
        (LINE + b"caf\xe9,2026-01-01,1,1\n", True),
        (LINE + b"\n" + LINE, True),
        (LINE + b'"3\\" pipe",2026-01-01,1,1\n', True),
        (LINE + b'2,2026-01-01,1,"half', True),
        (LINE + b'2,2026-01-01,1",1,"half', True),
        (b"", False),
    ],
)
def test_it_doubts_a_file_whose_lines_are_not_each_one_record(lines: bytes, doubted: bool) -> None:
    assert read(HEADER + lines).doubted is doubted


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [True, False])
def test_a_clean_file_of_many_blocks_is_read_once_whatever_ends_its_lines(end: bytes, last: bool) -> None:
    data = (HEADER + LINE * 600_000).replace(b"\n", end)
    assert not read(data if last else data.removesuffix(end)).doubted


def test_once_it_doubts_it_takes_no_more_bytes_from_the_reader_that_comes_after_it(tmp_path: Path) -> None:
    data = HEADER + b"2,2026-01-01\n" + LINE * 2_000_000
    raw = io.BytesIO(data)
    found = Csv().open(OpenedFile(LandedFile("a.csv", "a.csv", len(data), 0), raw), Wanted())
    found.stream().read_all()
    assert found.doubted
    place = raw.tell()
    time.sleep(0.2)
    assert raw.tell() == place
    assert found.patient is not None
    assert sum(batch.num_rows for batch in found.patient().stream()) == 2_000_001


#: Values as they are written, well and badly.
VALUES = [
    "a",
    "",
    "é",
    "1",
    '"a,b"',
    '"a""b"',
    'a"',
    '5" x',
    '"3\\" y"',
    '"3\\", y"',
    '"a\nb"',
    "\\,",
    '"\\\\"',
    '"a',
    "id",
    "day",
]


@settings(max_examples=100)
@given(
    st.lists(st.lists(st.sampled_from(VALUES), min_size=1, max_size=3).map(",".join), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([{}, {"escape": "\\"}, {"skip": 1}, {"footer": 1}, {"nulls": ["a"]}]),
)
@example(['a","a'], "\n", {}).via("a quote within a value makes the quotes of a last line even")
@example(['a","a\nb"'], "\n", {"footer": 1}).via("a footer below it")
@example(['a","a', "", ""], "\r\n", {}).via("blank lines behind it")
def test_what_it_trusts_is_what_the_patient_reader_reads(
    lines: list[str], end: str, options: dict[str, object]
) -> None:
    data = end.join(["id,day", *lines]).encode()
    file = OpenedFile(LandedFile("a.csv", "a.csv", len(data), 0), io.BytesIO(data))
    try:
        records = Csv(**options).open(file, Wanted())  # type: ignore[arg-type]
        quick = taken(records)
    except GateError:
        return
    if records.patient and not records.doubted:
        assert taken(records.patient()) == quick
