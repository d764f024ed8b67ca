"""Excel workbooks that land: one table of one sheet, as the list saved as CSV would be, but for what a CSV loses."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from marketpulse.errors import DefinitionError, GateError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.excel import Excel
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Wanted
from marketpulse.project.source import load_source
from tests.landing.packs import PACKERS, zipped
from tests.shop import MiniShop
from tests.tables import sale_ids


def workbook(*sheets: list[list[Any]], change: Callable[[Worksheet], None] | None = None) -> bytes:
    """A workbook with sheets of rows; `change` does to the first what values cannot say."""
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for at, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(at, column, value)
        if change and number == 0:
            change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def edited(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with another text in one of its parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[part] = change(parts.get(part, b"").decode()).encode()
    return zipped(parts)


def sharing(data: bytes, texts: str) -> bytes:
    """The workbook with cells that share texts, A2 the first of them, as Excel writes it."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    related = f'<Relationship Id="s" Type="{kind}" Target="/xl/shared.xml"/></Relationships>'
    data = edited(data, "xl/_rels/workbook.xml.rels", lambda text: text.replace("</Relationships>", related))
    data = edited(data, "xl/shared.xml", lambda _: f"<sst>{texts}</sst>")
    cell = '<c r="A2" t="s"><v>0</v></c>'
    return edited(data, SHEET, lambda text: re.sub(r'<c r="A2".*?</c>', cell, text))


SHEET = "xl/worksheets/sheet1.xml"
Found = tuple[list[dict[str, Any]], list[tuple[int, str]]]


def read(data: bytes, limits: Limits | None = None, required: tuple[str, ...] = (), **options: Any) -> Found:
    """Rows without what is null, and (number, reason) of what could not be read."""
    opened = OpenedFile(LandedFile("a.xlsx", "a.xlsx", len(data), 0), io.BytesIO(data), limits or Limits())
    rows = Excel(**options).open(opened, Wanted(required)).stream().read_all().to_pylist()
    bad = [(row["_source_row"], row["_error"]) for row in rows if row["_error"]]
    return [{k: v for k, v in row.items() if v is not None} for row in rows if not row["_error"]], bad


def one(value: Any, change: Callable[[Worksheet], None] | None = None) -> str | None:
    (found, bad) = read(workbook([["v", "w"], [value, "x"]], change=change))
    assert bad == []
    text: str | None = found[0].get("v")
    return text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("007", "007"),
        (12, "12"),
        (12.0, "12"),
        (39.5, "39.5"),
        (-0.1, "-0.1"),
        (123456789012345, "123456789012345"),
        (1e300, "1e+300"),
        (True, "true"),
        (date(2026, 3, 1), "2026-03-01"),
        (date(1900, 1, 1), "1900-01-01"),
        (datetime(2026, 3, 1, 12, 30, 15, 500_000), "2026-03-01T12:30:15.500"),
        (time(1, 2, 3), "01:02:03"),
        (timedelta(hours=30), "30:00:00"),
        ("#N/A", "#N/A"),
        (" Zürich\n東京 ", " Zürich\n東京 "),
        (None, None),
    ],
)
def test_values_are_text_without_loss(value: Any, text: str | None) -> None:
    assert one(value) == text


def test_a_number_is_a_date_only_where_its_format_says_so() -> None:
    def as_shown(shown: str) -> Callable[[Worksheet], None]:
        return lambda sheet: setattr(sheet["A2"], "number_format", shown)

    assert one(46082.5, as_shown('0.00 "days"')) == "46082.5"
    assert one(46082.5, as_shown("[Red]#,##0")) == "46082.5"
    assert one(46082.5, as_shown("[$-409]d-mmm-yy;@")) == "2026-03-01T12:00:00"
    assert one(46082, as_shown("mmm yy")) == "2026-03-01"


def test_texts_of_several_faces_and_inline_texts_are_texts() -> None:
    faces = "<si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>spoken</t></rPh></si>"
    rich = sharing(workbook([["v"], [1]]), faces)
    assert read(rich)[0][0]["v"] == "rich"
    data = workbook([["v"], ["a_b"]])
    inline = edited(data, SHEET, lambda text: text.replace("a_b", "a_x000D_b"))
    assert read(inline)[0][0]["v"] == "a\rb"


def test_a_formula_gives_what_it_was_computed_to_and_one_that_never_was_is_told() -> None:
    data = workbook([["v", "w"], ["=1+1", 1], ["=2+2", 1]])
    data = edited(data, SHEET, lambda text: re.sub(r"<f>1\+1</f><v ?/>", "<f>1+1</f><v>2</v>", text))
    found, bad = read(data)
    assert [row["v"] for row in found] == ["2"]
    assert bad[0][0] == 3
    assert "cell A3: it holds a formula that was not computed" in bad[0][1]


TITLED = [["Price list"], [], ["SKU", "Price"], ["a", 1], [], ["b", 2], [None, None, "note"]]


def test_rows_have_the_numbers_that_excel_shows_and_blank_ones_are_none() -> None:
    found, bad = read(workbook(TITLED), header=3)
    assert [(row["_source_row"], row["sku"], row["price"]) for row in found] == [(4, "a", "1"), (6, "b", "2")]
    assert bad == [(7, "it has a value in column C, which the header does not name")]


def test_a_title_is_never_taken_for_a_header_in_silence() -> None:
    _, bad = read(workbook(TITLED))
    assert [number for number, _ in bad] == [3, 4, 6, 7]
    with pytest.raises(GateError, match="the required column sku is missing"):
        read(workbook(TITLED), required=("sku",))


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({"range": "A3:B6"}, ["a", "b"]),
        ({"range": "A3:B5"}, ["a"]),
        ({"range": "A:B", "header": 3}, ["a", "b"]),
        ({"range": "$A$4:$B$9", "columns": ["SKU", "Price"]}, ["a", "b"]),
    ],
)
def test_a_range_is_what_is_looked_at(options: dict[str, Any], keys: list[str]) -> None:
    found, bad = read(workbook(TITLED), **options)
    assert ([row["sku"] for row in found], bad) == (keys, [])


def test_which_sheet_is_said_or_there_is_only_one_that_people_see() -> None:
    two = workbook([["a"], [1]], [["a"], [2]])
    with pytest.raises(GateError, match="several sheets") as caught:
        read(two)
    assert "'Sheet', 'Sheet1'" in str(caught.value.hint)
    assert read(two, sheet="Sheet1")[0][0]["a"] == read(two, sheet=2)[0][0]["a"] == "2"
    hidden = edited(two, "xl/workbook.xml", lambda text: text.replace('"visible" r:id="rId1"', '"hidden" r:id="rId1"'))
    assert read(hidden)[0][0]["a"] == "2"
    for sheet in ("Prices", 3):
        with pytest.raises(GateError, match="the workbook has no sheet"):
            read(two, sheet=sheet)


def test_only_the_first_of_merged_cells_holds_their_value() -> None:
    data = workbook([["a", "b"], ["x", 1], [None, 2]], change=lambda sheet: sheet.merge_cells("A2:A3"))
    assert [row.get("a") for row in read(data)[0]] == ["x", None]


def test_days_may_be_counted_from_1904() -> None:
    data = workbook([["v"], [date(2026, 3, 1)]])
    data = edited(data, "xl/workbook.xml", lambda text: text.replace("<workbookPr ", '<workbookPr date1904="1" '))
    assert read(data)[0][0]["v"] == "2030-03-02"


_CELL = (
    st.none()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.booleans()
    | st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cn"]), min_size=1).filter(lambda t: t[0] not in "=#")
    | st.dates(date(1900, 3, 1), date(9999, 12, 31))
)


@settings(max_examples=25)
@given(rows=st.lists(st.lists(_CELL, min_size=3, max_size=3), max_size=6))
def test_cells_are_what_the_reference_reads(rows: list[list[Any]]) -> None:
    data = workbook([["a", "b", "c"], *rows])
    found, bad = read(data)
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True).active
    right = {}
    for number, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        if any(value is not None for value in row):
            right[number] = {name: value for name, value in zip("abc", row, strict=True) if value is not None}
    assert bad == []
    assert [row.pop("_source_row") for row in found] == list(right)
    for texts, values in zip(found, right.values(), strict=True):
        assert {name: same(texts.get(name), value) for name, value in values.items()} == dict.fromkeys(texts, True)


def same(text: str | None, value: Any) -> bool:
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, datetime):
        return text == value.date().isoformat()
    return float(text or "nan") == value if isinstance(value, int | float) else text == value


def test_a_sheet_that_is_cut_off_gives_what_stood_before() -> None:
    data = workbook([["a"], [1], [2], [3]])
    found, bad = read(edited(data, SHEET, lambda text: text[: text.index('<c r="A4"')]))
    assert [row["a"] for row in found] == ["1", "2"]
    assert "the sheet 'Sheet' is damaged: not well-formed XML" in bad[0][1]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no Excel workbook"),
        (b"sku,price\n", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old workbook"),
        (zipped({"a.csv": b"a"}), "a zip file, and no Excel workbook"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), "the workbook is damaged"),
        (workbook([["a"], [1]])[:-40], "damaged or not whole"),
    ],
)
def test_what_is_no_workbook_is_blocked(data: bytes, told: str) -> None:
    with pytest.raises(GateError, match=told):
        read(data)


def test_a_workbook_that_unpacks_to_too_much_is_blocked() -> None:
    bomb = workbook([["a"], *([["x" * 100]] * 10)])
    bomb = edited(bomb, SHEET, lambda text: text + " " * 3 * MB)
    with pytest.raises(GateError, match="more than the 2 MB of unpacked_mb"):
        read(bomb, Limits(unpacked=2 * MB))
    many = sharing(bomb, "".join(f"<si><t>{n:050d}</t></si>" for n in range(170_000)))
    with pytest.raises(GateError, match="its texts have more than 16 MB"):
        read(many, Limits(record=MB))


def test_a_far_cell_and_a_document_type_take_no_memory() -> None:
    far = edited(
        workbook([["a"], [1]]),
        SHEET,
        lambda text: text.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    found, bad = read(far)
    assert (len(found), bad[0][0]) == (1, 1_048_576)
    typed = edited(workbook([["a"], [1]]), SHEET, lambda text: "<!DOCTYPE worksheet [<!ENTITY a 'a'>]>" + text)
    with pytest.raises(GateError, match="it has a document type"):
        read(typed)


@pytest.mark.engines(always=False)
def test_workbooks_come_in_packed_or_not(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv", "format: excel")

    def book(key: str) -> bytes:
        return workbook([["id", "day", "qty", "amount"], [key, date(2026, 1, 1), 1, 1.5]])

    shop.land("sales/a.xlsx", book("s1"))
    shop.land("sales/b.xlsx.gz", PACKERS["gz"](book("s2")))
    shop.land("sales/c.zip", zipped({"x.xlsx": book("s3"), "y.xlsx": b"no"}))
    report = shop.run()
    assert sale_ids(shop) == ["s1", "s2", "s3"]
    assert [each["file"] for each in report.feeds[1].blocked] == ["sales/c.zip!/y.xlsx"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("{range: Prices}", "'Prices' is no range of cells (for example A3:F200, or B:F)"),
        ("{range: 'B3:A1'}", "is no range of cells"),
        ("{range: 'A3:B9', header: 1}", "row 1 does not lie in A3:B9"),
        ("{header: 1, columns: [a]}", "the header names the columns"),
        ("{columns: [a, A]}", "two columns are called a"),
        ("{sheet: 0}", "there is no sheet 0"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: str, told: str) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(f"name: prices\ndescription: P.\nowner: m\nformat: excel\nexcel: {options}\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_source(path)
    assert told in str(caught.value)


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("number", ["1", "2"])
def test_a_row_that_stands_there_again_damages_the_sheet_and_shares_no_number(number: str) -> None:
    whole = workbook([["id", "qty"], ["a", 1], ["b", 2], ["c", 3]])
    rows, bad = read(edited(whole, SHEET, lambda text: text.replace('<row r="3"', f'<row r="{number}"')))
    assert [row["id"] for row in rows] == ["a"]
    assert bad == [(3, f"the sheet 'Sheet' is damaged: row {number} stands below row 2")]


def test_a_cell_that_stands_there_twice_hides_none_of_its_values() -> None:
    whole = workbook([["id", "qty"], ["a", 1], ["b", 2]])
    rows, bad = read(edited(whole, SHEET, lambda text: text.replace('"B2"', '"A2"')))
    assert [row["id"] for row in rows] == ["b"]
    assert bad == [(2, "cell A2 stands there twice")]
