"""What a file is by its first bytes, to tell a person who landed another than the feed reads."""

from __future__ import annotations

import re
from collections.abc import Collection

from marketpulse.errors import GateError

#: So many bytes are enough to know a file by.
FIRST = 4096

OLD_OFFICE = "an old Excel workbook (xls), or another old Office file"

#: A mark that could be the start of a header (`ORC`) is one only before what no text has.
_MARKS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(mark, re.DOTALL), kind)
    for mark, kind in (
        (rb"PAR1[\x00-\x08\x0e-\x1f]", "a Parquet file"),
        (rb"Obj\x01", "an Avro file"),
        (rb"ORC[\x00-\x08\x0e-\x1f]", "an ORC file"),
        (rb"%PDF-", "a PDF"),
        (rb"\x1f\x8b", "a gzip file"),
        (rb"\x28\xb5\x2f\xfd", "a zstd file"),
        (rb"BZh[1-9]1AY&SY", "a bzip2 file"),
        (rb"\xfd7zXZ\x00", "an xz file"),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (rb"Rar!\x1a\x07", "a rar archive"),
        (rb".{257}ustar", "a tar archive"),
        (rb"SQLite format 3\x00", "an SQLite database"),
        (rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a", "an image"),
        (rb"\{\\rtf", "a text of a word processor (RTF)"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    )
)
#: What is packed, and holds other files or one.
ARCHIVES = {
    *("a gzip file", "a zstd file", "a bzip2 file", "an xz file", "a 7z archive", "a rar archive", "a tar archive"),
    "a zip file",
}
_HOLDING = ARCHIVES | {
    *("an Excel workbook", "an Excel workbook or another Office file", "a Word document"),
    *("slides (pptx)", "an OpenDocument file"),
}
_WHAT_TO_DO = {
    "a Parquet file": "say format: parquet",
    "an Avro file": "say format: avro",
    "an Excel workbook": "say format: excel",
    "XML": "say format: xml",
    "a PDF": "ask its sender for the data",
    "an HTML page": "look at it: it may be an error or a login that was saved as the file",
    "JSON": "say format: json",
    "UTF-16 text": "say encoding: utf-16",
}
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|title|meta|table|script|div|h1)\b", re.IGNORECASE)
#: Headers may stand in such brackets too: `<DATE>,<TIME>`.
_XML = re.compile(rb"<(\?xml\b|!--|!DOCTYPE|[A-Za-z_][\w.:-]*(\s[^<>]*)?>(\r?\n\s*)?<)")
_JSON = re.compile(rb"""(\{\s*("([^"\\]|\\.)*"\s*:|\}|\Z)|\[\s*(\{\s*["}]|\[|"([^"\\]|\\.)*"\s*[\],]|\]|\Z))""")
_BOM, _UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


def kind_of(first: bytes) -> str | None:
    """What a file that begins so is; None for what may be any text.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"<!doctype html><p>"), kind_of(b"id,day")
    ('a PDF', 'an HTML page', None)
    """
    if first.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(first)
    for mark, kind in _MARKS:
        if mark.match(first):
            return kind
    if first.startswith(_UTF16) or half_zeros(first) is not None:
        return "UTF-16 text"
    text = first.removeprefix(_BOM).lstrip()
    for pattern, kind in ((_HTML, "an HTML page"), (_XML, "XML"), (_JSON, "JSON")):
        if pattern.match(text):
            return kind
    return None


def half_zeros(first: bytes) -> int | None:
    """Which of two bytes is zero (0 or 1) where most are that one: Latin text in UTF-16; None for other bytes."""
    evens, odds = first[0::2].count(0), first[1::2].count(0)
    for place, zeros, others in ((0, evens, odds), (1, odds, evens)):
        if zeros > len(first) // 4 and others * 8 < zeros:
            return place
    return None


def refuse_others(first: bytes, wanted: str, expected: Collection[str], is_packed: bool, file: str) -> None:
    """Raise GateError for a file that is of a known kind, but of none of the `expected`.

    `is_packed` says that these bytes were packed: what is in them is not unpacked again.
    """
    kind = kind_of(first)
    if kind is None or kind in expected:
        return
    if is_packed and kind in _HOLDING:
        hint = "what is packed twice is not read: land what is in it"
        raise GateError(f"what is packed in it is {kind}", where=file, hint=hint)
    hint = _WHAT_TO_DO.get(kind, f"land what is in it as {wanted}")
    raise GateError(f"this is {kind}, not {wanted}", where=file, hint=hint)


def _zipped(first: bytes) -> str:
    for sign, kind in ((b"xl/", "an Excel workbook"), (b"word/", "a Word document"), (b"ppt/", "slides (pptx)")):
        if sign in first:
            return kind
    if b"mimetypeapplication/vnd.oasis.opendocument" in first:
        return "an OpenDocument file"
    return "an Excel workbook or another Office file" if b"[Content_Types].xml" in first else "a zip file"
