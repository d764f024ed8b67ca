"""Files that were put behind one another, headers and all."""

from __future__ import annotations

import pytest

from marketpulse.errors import GateError
from marketpulse.landing.formats.csv import Csv
from tests.landing.reading import read

TABLE = b"id,name,price\na,x,1\nb,y,2\n"
ROWS = [["a", "x", "1"], ["b", "y", "2"]]


@pytest.mark.parametrize("more", [b"", b"short\n", b'd,"two\nlines",4\n'])
def test_the_header_once_more_is_no_record(more: bytes) -> None:
    found = read(Csv(), TABLE + TABLE + more)
    assert found.values[:4] == ROWS + ROWS
    assert found.bad[3] == ("it repeats the header", "id,name,price")


def test_a_second_header_in_another_order_blocks_the_file() -> None:
    with pytest.raises(GateError, match="a second header has the columns in another order"):
        read(Csv(), TABLE + b"name,id,price\nx,c,1\n")
