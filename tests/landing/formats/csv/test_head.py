"""What stands above the records of a file, and delimiters that stand where no value is."""

from __future__ import annotations

import pytest

from marketpulse.errors import GateError
from marketpulse.landing.formats.csv import Csv
from tests.landing.reading import read

TABLE = b"id,name,price\na,x,1\nb,y,2\n"
ROWS = [["a", "x", "1"], ["b", "y", "2"]]


@pytest.mark.parametrize("first", [b"sep=;\n", b'"sep=;"\r\n', b"SEP=;\n", b"\xef\xbb\xbfsep=;\n", b"sep=;;;\n"])
def test_a_first_line_may_say_how_the_file_is_separated(first: bytes) -> None:
    found = read(Csv(), first + TABLE.replace(b",", b";"))
    assert (found.names, found.values, found.quick) == (("id", "name", "price"), ROWS, True)


@pytest.mark.parametrize("mark", [b"\t", b"\\t"])
def test_a_tab_may_be_said_so_too(mark: bytes) -> None:
    assert read(Csv(), b"sep=" + mark + b"\n" + TABLE.replace(b",", b"\t")).values == ROWS


@pytest.mark.parametrize(
    ("header", "rows", "read_quickly"),
    [
        ("id,name,price", ["a,x,1,", "b,y,2,"], True),
        ("id,name,price", ["a,x,1,,,", "b,y,2,,,"], True),
        ("id,name,price", ["a,x,1,", "b,y,2", "c,z,3,"], False),
        ("id,name,price,", ["a,x,1,", "b,y,2,"], True),
        ("id,name,price,", ["a,x,1", "b,y,2"], True),
        ("id,name,price", ['a,"x",1,', "b,y,2,"], True),
    ],
)
def test_delimiters_at_the_end_of_lines_say_nothing(header: str, rows: list[str], read_quickly: bool) -> None:
    found = read(Csv(), "\n".join([header, *rows]).encode(), "id")
    assert [row[:3] for row in found.values[:2]] == ROWS
    assert not any(value for row in found.values for value in row[3:])
    assert (found.bad, found.quick) == ({}, read_quickly)


@pytest.mark.parametrize("end", ["", ","])
def test_a_row_whose_values_would_move_is_kept_out(end: str) -> None:
    """A value too few, or a delimiter too many, before an empty last value: what stands where nobody can say."""
    usual = [f"{key},x,1{end}" for key in "abc"]
    found = read(Csv(), "\n".join(["id,name,price", *usual, f"d,1{end}", f"e,x,y,{end}", f"f,x,y,1{end}"]).encode())
    assert [row[0] for row in found.values] == ["a", "b", "c"]
    assert sorted(found.bad) == [4, 5, 6]


def test_lines_that_the_feed_skips_are_gone_whatever_is_in_them() -> None:
    above = b'Report "of ,a\nstore" 7,,\n\n\xff\xff\n'
    found = read(Csv(skip=4), above + TABLE, "id")
    assert (found.values, found.bad, found.quick) == (ROWS, {}, True)


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        (Csv(skip=3), 2),
        (Csv(skip=3), 3),
        (Csv(footer=2), 1),
        (Csv(footer=2), 2),
        (Csv(skip=1, footer=1), 2),
        (Csv(skip=3, header=False, columns=["a"]), 2),
    ],
)
def test_a_file_of_nothing_but_what_is_left_out_is_not_taken_for_an_empty_one(form: Csv, lines: int) -> None:
    with pytest.raises(GateError, match=r"nothing is left of it without the lines that csv\.skip and csv\.footer"):
        read(form, b"a title\n" * lines)


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        (Csv(), 0),
        (Csv(skip=3, header=False, columns=["a"]), 3),
        (Csv(footer=1, header=False, columns=["a"]), 1),
        (Csv(skip=1, footer=1), 3),
    ],
)
def test_a_file_may_have_no_records(form: Csv, lines: int) -> None:
    assert read(form, b"title\n" * lines).values == []


@pytest.mark.parametrize("more", [b"", b"short\n"])
def test_lines_above_the_header_that_nobody_skips_are_kept_out_and_told(more: bytes) -> None:
    found = read(Csv(), b'Report of "store,7\n\nprinted,today\n' + TABLE + more, "id", "price")
    told = "it stands above the header: say so, csv.skip"
    assert found.values == ROWS
    assert [found.bad[number] for number in (1, 2)] == [(told, 'Report of "store,7'), (told, "printed,today")]
    assert sorted(found.rows) == [3, 4]


@pytest.mark.parametrize(("mark", "called"), [("\t", "tabs"), (";", "semicolons"), ("|", "bars")])
def test_a_header_that_is_parted_by_another_character_is_told_so(mark: str, called: str) -> None:
    with pytest.raises(GateError, match="the required columns id, price are missing") as told:
        read(Csv(), mark.join(["id", "name", "price"]).encode() + b"\n", "id", "price")
    assert f"its lines are parted by {called}: csv: {{delimiter: " in (told.value.hint or "")
