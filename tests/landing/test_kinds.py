"""What a file is, is told; and what may be a text is left alone."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.errors import GateError
from marketpulse.landing.formats import format_called
from marketpulse.landing.formats.csv import Csv
from marketpulse.landing.kinds import kind_of
from tests.landing.reading import read


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["a"]}), out)
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "id,day\n")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped("a.csv"), "a zip file"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
        (zipped("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "an old Excel workbook (xls), or another old Office file"),
        (parquet(), "a Parquet file"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\n<!DOCTYPE html>\n<html>", "an HTML page"),
        (b"<HTML><body>", "an HTML page"),
        (b'<?xml version="1.0"?>\n<orders>', "XML"),
        (b"<orders>\n  <order id='1'>", "XML"),
        (b'{"id": 1, "day": 2}\n', "JSON"),
        (b'[\n  {"id": 1}\n]', "JSON"),
        (b"[]", "JSON"),
        ("id,day\n1,2\n".encode("utf-16-le"), "UTF-16 text"),
        ("id,day\n1,2\n".encode("utf-16-be"), "UTF-16 text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "an image"),
        (b"SQLite format 3\0", "an SQLite database"),
    ],
)
def test_a_file_of_another_kind_is_told_where_csv_is_expected(data: bytes, kind: str) -> None:
    with pytest.raises(GateError) as told:
        read(Csv(), data)
    assert told.value.message == f"this is {kind}, not CSV"
    assert told.value.where == "a.csv"
    assert told.value.hint


FORMATS: dict[str, dict[str, Any]] = {
    "json": {},
    "parquet": {},
    "avro": {},
    "excel": {},
    "fixed_width": {"widths": {"id": 2}},
    "xml": {"record": "sale"},
}
PDF, PICTURE = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n\0\0"
PACKED = gzip.compress(PDF, mtime=0)  # no clock in the name of a test


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("data", "kind"), [(PDF, "a PDF"), (PICTURE, "an image"), (PACKED, "a PDF")])
def test_it_is_told_where_any_other_format_is_expected(name: str, data: bytes, kind: str) -> None:
    form = format_called(name)
    with pytest.raises(GateError) as told:
        read(form(**FORMATS[name]), data)
    assert (told.value.message, told.value.where) == (f"this is {kind}, not {form.title}", "a.csv")


@pytest.mark.parametrize("name", ["json", "fixed_width"])
@pytest.mark.parametrize("line", [b"<html><body>503</body></html>", b"<a><b>1</b></a>", b"id"])
def test_one_strange_line_does_not_make_a_file_of_lines_another_kind(name: str, line: bytes) -> None:
    more = b'{"id": 1}\n' if name == "json" else b"17\n"
    assert len(read(format_called(name)(**FORMATS[name]), line + b"\n" + more).rows) > 0


@pytest.mark.parametrize(
    "data",
    [
        b"ORCHID,PAR1,Obj\n",
        b"PAR1,PAR2\n",
        b"ORC\n",
        b"BZh9,GIF8\n",
        b"PK,id\n",
        b"<DATE>,<TIME>,<OPEN>\n20260101,900,1\n",
        b"<DATE>\t<TIME>\n",
        b"[id],[day]\n",
        b"{id},day\n",
        b'"id","day"\n',
        "名,日\n".encode(),
        b"caf\xe9,1\n",
        b"\0\0\0\n",
        b"",
    ],
)
def test_what_may_be_a_text_is_no_other_kind(data: bytes) -> None:
    assert kind_of(data) is None


def test_a_first_value_may_be_json_where_no_header_stands_before_it() -> None:
    form = Csv(header=False, columns=["what", "day"], delimiter="\t")
    assert read(form, b'{"id": 1}\t2026-03-01\n').values == [['{"id": 1}', "2026-03-01"]]
