"""Files of any size in each format, written a block at a time: record `n` of a file is called `n`.

The sum of what records are called tells that each of them came in, once.
"""

from __future__ import annotations

import gzip
import json
import random
import string
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

MB = 1_000_000
#: Records that are written at once; letters of which each of them has some.
_BLOCK, _LETTERS = 10_000, 200
_TEXT = "".join(random.Random(13).choices(string.ascii_letters + string.digits + "    ", k=1 << 20))
Writer = Callable[[Path, int], int]


@dataclass(frozen=True)
class Large:
    """A format: what the source says, how a file of so many MB is written, and where a record says how it is called."""

    says: str
    write: Writer
    called: str = "id"


def _some(number: int) -> str:
    at = number * 7919 % (len(_TEXT) - _LETTERS)
    return _TEXT[at : at + _LETTERS]


def _blocks(line: Callable[[int, str], str], target: BinaryIO, mb: int) -> Iterator[int]:
    """Write records until there are so many MB; give how many there are, block by block."""
    written = number = 0
    while written < mb * MB:
        data = "".join(line(n, _some(n)) for n in range(number + 1, number + _BLOCK + 1)).encode()
        target.write(data)
        written, number = written + len(data), number + _BLOCK
        yield number


def _text(line: Callable[[int, str], str], head: str = "", foot: str = "") -> Callable[[BinaryIO, int], int]:
    def write(target: BinaryIO, mb: int) -> int:
        target.write(head.encode())
        *_, count = _blocks(line, target, mb)
        target.write(foot.encode())
        return count

    return write


def _plain(write: Callable[[BinaryIO, int], int]) -> Writer:
    def whole(path: Path, mb: int) -> int:
        with path.open("wb") as target:
            return write(target, mb)

    return whole


def _packed(write: Callable[[BinaryIO, int], int], pack: Callable[[Path], BinaryIO]) -> Writer:
    def whole(path: Path, mb: int) -> int:
        with pack(path) as target:
            return write(target, mb)

    return whole


def _zip(write: Callable[[BinaryIO, int], int]) -> Writer:
    def whole(path: Path, mb: int) -> int:
        archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        with archive, archive.open("a.csv", "w", force_zip64=True) as target:
            return write(target, mb)  # type: ignore[arg-type]

    return whole


def _record(number: int, text: str) -> str:
    return json.dumps({"id": number, "text": text, "lines": [{"sku": f"S{number % 97}", "quantity": 2}]})


CSV = _text(lambda n, text: f"{n},2026-03-01,{text},12.50\n", "id,day,text,price\n")
QUOTED = _text(lambda n, text: f'"{n}","2026-03-01","a ""b""\n{text}, x","12.50"\n', "id,day,text,price\n")
LINES = _text(lambda n, text: _record(n, text) + "\n")


def _array(head: str, foot: str) -> Writer:
    line = lambda n, text: (",\n" if n > 1 else "\n") + _record(n, text)  # noqa: E731 - one of several lines
    return _plain(_text(line, head, foot))


def _parquet(path: Path, mb: int) -> int:
    """Two groups of rows, each as large as all memory: so do tools write that were told to."""
    schema = pa.schema([("id", pa.int64()), ("text", pa.string()), ("tags", pa.list_(pa.string()))])
    each = mb * MB // (2 * (_LETTERS + 30))
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for first in (1, each + 1):
            numbers = range(first, first + each)
            columns = [pa.array(numbers), pa.array(map(_some, numbers)), pa.array([["a", "b"]] * each)]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=each)
    return 2 * each


def _avro(path: Path, mb: int) -> int:
    fields = [{"name": "id", "type": "long"}, {"name": "text", "type": "string"}, {"name": "price", "type": "double"}]
    count = mb * MB // (_LETTERS + 16)
    records = ({"id": n, "text": _some(n), "price": 12.5} for n in range(1, count + 1))
    with path.open("wb") as target:
        fastavro.writer(target, {"type": "record", "name": "r", "fields": fields}, records, "null")
    return count


def _xml(path: Path, mb: int) -> int:
    line = "<order no='{0}'><id>{0}</id><text>{1}</text><line><sku>a</sku></line></order>\n"
    return _plain(_text(line.format, "<?xml version='1.0'?>\n<all><orders>", "</orders></all>"))(path, mb)


_SHEETS = """<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>
<sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>"""
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>text</t></is></c></row>'
)
_ROW = '<row r="{0}"><c r="A{0}"><v>{1}</v></c><c r="B{0}" t="inlineStr"><is><t>{2}{2}{2}</t></is></c></row>'
_ROWS = 1_048_575


def _related(kind: str, target: str) -> str:
    return f'<Relationships><Relationship Id="r1" Type="{_KIND}{kind}" Target="{target}"/></Relationships>'


def _excel(path: Path, _: int) -> int:
    """As many rows as a sheet may have."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("_rels/.rels", _related("officeDocument", "xl/workbook.xml"))
        book.writestr("xl/workbook.xml", _SHEETS)
        book.writestr("xl/_rels/workbook.xml.rels", _related("worksheet", "worksheets/sheet1.xml"))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f"<worksheet><sheetData>{_HEADER}".encode())
            for first in range(1, _ROWS + 1, _BLOCK):
                numbers = range(first, min(first + _BLOCK, _ROWS + 1))
                sheet.write("".join(_ROW.format(n + 1, n, _some(n)) for n in numbers).encode())
            sheet.write(b"</sheetData></worksheet>")
    return _ROWS


def _gz(path: Path) -> BinaryIO:
    return gzip.open(path, "wb", 1)  # type: ignore[return-value]


def _zst(path: Path) -> BinaryIO:
    return zstandard.open(path, "wb")  # type: ignore[return-value]


_JSON = "get_json_object(raw, '$.id')"
LARGE: dict[str, Large] = {
    "csv": Large("format: csv", _plain(CSV)),
    "csv_quoted": Large("format: csv", _plain(QUOTED)),
    "csv_gz": Large("format: csv", _packed(CSV, _gz)),
    "csv_zip": Large("format: csv", _zip(CSV)),
    "lines": Large("format: json", _plain(LINES), _JSON),
    "lines_zst": Large("format: json", _packed(LINES, _zst), _JSON),
    "array": Large("format: json", _array("[", "\n]\n"), _JSON),
    "document": Large(
        "format: json\njson: {records: data}", _array('{"page": 1, "data": [', '\n], "more": false}'), _JSON
    ),
    "parquet": Large("format: parquet", _parquet),
    "parquet_lists": Large("format: parquet\nparquet: {records: tags}", _parquet),
    "avro": Large("format: avro", _avro),
    "fixed_width": Large(
        "format: fixed_width\nfixed_width: {widths: {id: 10, text: 200, price: 8}}",
        _plain(_text(lambda n, text: f"{n:>10}{text:<200}{'12.50':>8}\n")),
    ),
    "xml": Large("format: xml\nxml: {record: order}", _xml, _JSON),
    "excel": Large("format: excel", _excel),
}
