"""The last lines of a file that are no records, as its feed says."""

from __future__ import annotations

import pytest

from marketpulse.landing.formats.csv import Csv
from tests.landing.reading import read

TABLE = b"id,name,price\na,x,1\nb,y,2\n"
ROWS = [["a", "x", "1"], ["b", "y", "2"]]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("last", [b"", b"\n", b"\n\n \n"])
@pytest.mark.parametrize("damage", [b"", b"short\n"])
def test_the_last_lines_are_no_records_where_the_feed_says_so(end: bytes, last: bytes, damage: bytes) -> None:
    data = (TABLE + damage + b"Total,,3\n\nprinted 2026" + last).replace(b"\n", end)
    found = read(Csv(footer=2), data)
    assert (found.values, len(found.bad)) == (ROWS, len(damage) > 0)


def test_a_footer_of_a_large_file_is_cut_at_its_end_alone() -> None:
    data = b"id,name,price\n" + b"a,x,1\n" * 300_000 + b"Total,,300000\n"
    found = read(Csv(footer=1), data)
    assert (len(found.rows), found.quick) == (300_000, True)
