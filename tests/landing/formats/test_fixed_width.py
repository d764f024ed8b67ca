"""Fixed width that lands: values at their places, counted in characters; a line of another length is told."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.errors import DefinitionError, GateError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.fixed_width import FixedWidth, Place
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Wanted
from marketpulse.project.source import load_source
from tests.landing.packs import PACKERS
from tests.shop import MiniShop
from tests.tables import sale_ids

Found = tuple[list[dict[str, Any]], list[tuple[int, str, str]]]


def read(data: bytes, limits: Limits | None = None, **options: Any) -> Found:
    """Rows with their numbers, and (number, reason, text) of what could not be read."""
    opened = OpenedFile(LandedFile("a.txt", "a.txt", len(data), 0), io.BytesIO(data), limits or Limits())
    rows = FixedWidth(**options).open(opened, Wanted()).stream().read_all().to_pylist()
    bad = [(row["_source_row"], row["_error"], row["_malformed"]) for row in rows if row["_error"]]
    good = [row for row in rows if not row["_error"]]
    return [{k: v for k, v in row.items() if k not in ("_error", "_malformed")} for row in good], bad


WIDTHS = {"id": 4, "name": 6, "qty": 3}


def values(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["_source_row"], row["id"], row["name"], row["qty"]) for row in found]


def test_values_stand_where_they_are_said_to_stand() -> None:
    found, bad = read(b"0007Socks  12\r\n0008         \n", widths=WIDTHS)
    assert (values(found), bad) == ([(1, "0007", "Socks", "12"), (2, "0008", None, None)], [])
    columns = [Place(name="qty", start=11, width=3), Place(name="id", start=2, width=3)]
    found, bad = read(b"0007Socks  12 and more\n", columns=columns)
    assert ([(row["id"], row["qty"]) for row in found], bad) == ([("007", "12")], [])


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252", "utf-16"])
def test_places_are_counted_in_characters_whatever_their_bytes(encoding: str) -> None:
    data = "0001Zürich 12\n0002Müller  3\n".encode(encoding)
    found, bad = read(data, widths=WIDTHS, encoding=encoding)
    assert (values(found), bad) == ([(1, "0001", "Zürich", "12"), (2, "0002", "Müller", "3")], [])


def test_a_line_of_another_length_is_told_with_its_text() -> None:
    found, bad = read(b"0001Socks  12\n0002Socks  1\n0003Socks  123\n0004Socks  12  \n", widths=WIDTHS)
    assert [row["id"] for row in found] == ["0001", "0004"]
    assert bad == [
        (2, "12 characters instead of 13", "0002Socks  1"),
        (3, "14 characters instead of 13", "0003Socks  123"),
    ]


def test_lines_whose_blanks_were_cut_off_are_filled_up_where_the_feed_says_so() -> None:
    found, bad = read(b"0001Socks\n0002\n\n0003Socks  123\n", widths=WIDTHS, short=True)
    assert values(found) == [(1, "0001", "Socks", None), (2, "0002", None, None)]
    assert [number for number, *_ in bad] == [4]


def test_blanks_and_spellings_of_nothing_are_options() -> None:
    found, _ = read(b"0001Socks  12\n0000NULL     \n", widths=WIDTHS, trim=False, nulls=["NULL  ", "   "])
    assert values(found) == [(1, "0001", "Socks ", " 12"), (2, "0000", None, None)]


def test_a_file_that_ends_within_the_lines_to_skip_is_not_taken_for_an_empty_one() -> None:
    assert read(b"HEAD\n\n", widths=WIDTHS, skip=2) == ([], [])
    with pytest.raises(GateError, match=r"it ends with line 1, and fixed_width\.skip leaves out 2"):
        read(b"HEAD\n", widths=WIDTHS, skip=2)


def test_lines_before_the_first_record_are_skipped_and_keep_their_numbers() -> None:
    found, bad = read(b"HEAD\n\xff\xff\n0001Socks  12\n", widths=WIDTHS, skip=2)
    assert (values(found), bad) == ([(3, "0001", "Socks", "12")], [])


def test_what_is_no_text_or_too_long_costs_its_line() -> None:
    data = b"0001Socks  12\n0002So\xffks  12\n" + b"x" * 3 * MB + b"\n0004Socks  12"
    found, bad = read(data, Limits(record=2 * MB), widths=WIDTHS)
    assert [row["_source_row"] for row in found] == [1, 4]
    assert [(number, reason) for number, reason, _ in sorted(bad)] == [
        (2, "not valid utf-8"),
        (3, "the line has 3,000,001 bytes, more than the 2 MB of record_mb"),
    ]


_ROW = st.tuples(*(st.text(st.characters(codec="utf-8", categories=["L", "N"]), max_size=w) for w in WIDTHS.values()))


@settings(max_examples=40)
@given(rows=st.lists(_ROW, max_size=8), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_are_what_slices_of_them_are(rows: list[tuple[str, ...]], end: str) -> None:
    lines = ["".join(v.ljust(w) for v, w in zip(row, WIDTHS.values(), strict=True)) for row in rows]
    found, bad = read("".join(line + end for line in lines).encode(), widths=WIDTHS)
    right = [(n, *(value or None for value in row)) for n, row in enumerate(rows, start=1) if any(row)]
    assert (values(found), bad) == (right, [])


@pytest.mark.engines(always=False)
def test_fixed_width_comes_in_packed_or_not(shop: MiniShop) -> None:
    options = "format: fixed_width\nfixed_width: {widths: {id: 3, day: 10, qty: 3, amount: 5}}"
    shop.edit("sources/sales.yaml", "format: csv", options)
    shop.land("sales/a.txt", b"a1 2026-01-01  1  1.5\na2 2026-01-01  1\n")
    packed = PACKERS["xz"](b"b1 2026-01-01  1  1.5\nb2 2026-01-01  1  1.5\n" * 500)
    shop.land("sales/b.txt.xz", packed[:-40])
    shop.run()
    assert "a1" in sale_ids(shop)
    reasons = str(shop.rows("silver.quarantine"))
    assert "16 characters instead of 21" in reasons


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("{}", "say either widths or columns"),
        ("{widths: {a: 1}, columns: [{name: b, start: 1, width: 1}]}", "say either widths or columns"),
        ("{widths: {a: 0}}", "a is 0 characters wide"),
        ("{widths: {a: 1, A: 1}}", "two columns are called a"),
        ("{widths: {_source_row: 1}}", "_source_row is a column of the platform"),
        ("{widths: {a: 1}, encoding: utf-9}", "unknown encoding"),
        ("{columns: [{name: b, start: 0, width: 1}]}", "start"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, options: str, told: str) -> None:
    path = tmp_path / "pos.yaml"
    text = f"name: pos\ndescription: P.\nowner: m\nformat: fixed_width\nfixed_width: {options}\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_source(path)
    assert told in str(caught.value)
