"""CSV as people write it: each setting, and each way of writing, gives the records that Python's reader gives."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.errors import GateError
from marketpulse.landing.formats.csv import Csv
from tests.landing.reading import read

TABLE = b"id,name,price\na,x,1\nb,y,2\n"
ROWS = [["a", "x", "1"], ["b", "y", "2"]]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("packed", [True, False])
def test_utf_16_is_read_where_it_is_said_and_with_a_mark_where_it_is_not(
    encoding: str, mark: bool, packed: bool
) -> None:
    text = TABLE.decode().replace("x", "größer")
    data = (("\ufeff" if mark else "") + text).encode(encoding)
    data = gzip.compress(data) if packed else data
    for said in ("utf-16", encoding, *(["utf-8"] if mark else [])):
        assert read(Csv(encoding=said), data).values == [["a", "größer", "1"], ["b", "y", "2"]]
    if not mark:
        with pytest.raises(GateError, match="this is UTF-16 text, not CSV"):
            read(Csv(), data)


def test_a_header_in_another_encoding_is_told_with_what_to_say() -> None:
    with pytest.raises(GateError, match="not valid utf-8") as told:
        read(Csv(), "Währung,Preis\nEUR,1\n".encode("cp1252"))
    assert "csv.encoding: for example cp1252" in (told.value.hint or "")


def test_lines_in_another_encoding_are_kept_out_alone() -> None:
    found = read(Csv(), TABLE + "c,Größe,3\n".encode("cp1252"))
    assert found.values == ROWS
    assert found.bad[3][0].startswith("not valid utf-8 (byte 5 of the line)")


ESCAPED = b'id,name,price\na,"3\\" pipe",1\nb,"3\\", cut",2\nc,"C:\\\\dir\\\\",3\nd,"he ""said""",4\ne,one\\,two,5\n'


@pytest.mark.parametrize("more", [b"", b'f,"two\nlines \\"",6\n', b"f,bad\n"])
def test_an_escape_lets_a_value_have_quotes_and_delimiters(more: bytes) -> None:
    found = read(Csv(escape="\\"), ESCAPED + more)
    assert [row[1] for row in found.values[:5]] == ['3" pipe', '3", cut', "C:\\dir\\", 'he "said"', "one,two"]
    assert found.quick is not bool(more)
    assert len(found.rows) + len(found.bad) == 5 + bool(more)


def test_an_escape_may_stand_before_the_end_of_a_line_and_in_a_null() -> None:
    form = Csv(escape="\\", nulls=["\\N"])
    found = read(form, b"id,name,price\na,one\\\nline,1\nb,\\N,\\N\nc,N,\n")
    assert found.values == [["a", "one\nline", "1"], ["b", None, None], ["c", "N", ""]]


def test_without_an_escape_a_backslash_is_a_character() -> None:
    assert read(Csv(), b'id,name,price\na,"C:\\dir\\",1\n').values == [["a", "C:\\dir\\", "1"]]


def test_a_file_without_a_required_column_is_blocked_as_ever() -> None:
    with pytest.raises(GateError, match="the required column amount is missing"):
        read(Csv(), TABLE, "id", "amount")


def test_a_quote_in_a_value_without_quotes_costs_no_value_before_it_that_goes_over_lines() -> None:
    found = read(Csv(), b'id,name\n"a\nb",5" pipe\nc,"d\ne"\nf,g\n')
    assert (found.values, found.bad) == ([["a\nb", '5" pipe'], ["c", "d\ne"], ["f", "g"]], {})


TEXTS = st.text(alphabet='ab ",;\n\\é', max_size=6)


@settings(max_examples=80)
@given(
    rows=st.lists(st.lists(TEXTS, min_size=3, max_size=3).filter(any), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    around=st.integers(0, 2),
)
def test_a_written_file_is_read_as_it_was_written(
    rows: list[list[str]], delimiter: str, end: str, quoting: int, encoding: str, around: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([["title"]] * around + [["id", "name", "price"], *rows])
    text = out.getvalue() + "Total\n" * around
    form = Csv(delimiter=delimiter, encoding=encoding, skip=around, footer=around, nulls=[])
    found = read(form, text.encode(encoding))
    assert found.bad == {}
    assert found.values == rows
