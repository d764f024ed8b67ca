"""UTF-8 that a feed takes for an encoding of single bytes."""

from __future__ import annotations

import pytest

from marketpulse.errors import GateError
from marketpulse.landing.formats.csv import Csv
from marketpulse.landing.formats.fixed_width import FixedWidth
from marketpulse.landing.formats.json import Json
from marketpulse.landing.mistaken import Mistaken
from tests.landing.reading import read
from tests.shop import MiniShop
from tests.tables import sale_ids

SINGLE = ["cp1252", "latin-1", "iso8859-15", "cp1251", "cp850", "mac-roman"]


def verdict(name: str, data: bytes, size: int = 1 << 20) -> str:
    """What is said of some bytes, seen in pieces of `size`; nothing when they may be what the feed says."""
    watch = Mistaken(name, name)
    try:
        for begin in range(0, len(data), size):
            watch.see(data[begin : begin + size])
        watch.end()
    except GateError as error:
        return error.message
    return ""


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("text", ["Ölkännchen", "5 €", "°", "Łódź", "молоко", "牛乳", "😀"])
@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
def test_utf8_is_told_however_it_comes(name: str, text: str, size: int) -> None:
    assert "is UTF-8" in verdict(name, f"a,b\n1,{text}\n".encode(), size)


@pytest.mark.parametrize("name", [*SINGLE, "ascii", "shift_jis"])
def test_a_mark_of_utf8_is_told_before_all_else(name: str) -> None:
    assert "a BOM" in verdict(name, b"\xef\xbb\xbfa,b\n1,2\n", 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cp1252", "plain"),
        ("cp1252", "Ölkännchen 5 €"),
        ("cp1252", "NESCAFÉ® and more CAFÉ® by NESCAFÉ®"),
        ("cp1252", "ends with Ã"),
        ("cp1251", "молоко"),
        ("iso8859-2", "Łódź"),
        ("mac-roman", "Größe"),
        ("cp850", "Größe"),
        ("shift_jis", "牛乳"),
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_what_is_in_the_encoding_of_its_feed_is_read(name: str, text: str, size: int) -> None:
    assert verdict(name, f"a,b\n1,{text}".encode(name), size) == ""


@pytest.mark.parametrize("late", [0, 200_000])
def test_no_format_takes_one_for_the_other(late: int) -> None:
    rows = b"a,1\n" * late
    with pytest.raises(GateError, match="is UTF-8, and its feed says cp1252"):
        read(Csv(encoding="cp1252"), b"id,qty\n" + rows + "Öl,2\n".encode())
    with pytest.raises(GateError, match="is UTF-8, and its feed says latin-1"):
        read(FixedWidth(encoding="latin-1", widths={"id": 3}), rows + "Öl \n".encode())
    with pytest.raises(GateError, match="is UTF-8, and its feed says cp1252"):
        read(Json(encoding="cp1252"), b'{"id": "a"}\n' * late + '{"id": "Öl"}\n'.encode())


def test_the_file_is_blocked_and_what_is_in_its_encoding_comes_in(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ncsv: {encoding: cp1252}\n")
    text = "id,day,qty,amount\n{},2026-01-01,1,1\n"
    shop.land("sales/good.csv", text.format("café").encode("cp1252"))
    shop.land("sales/wrong.csv", (text.format("Öl") + "x,2026-01-01,1,1\n" * 100_000).encode())
    report = shop.run()
    assert sale_ids(shop) == ["café"]
    (blocked,) = next(feed for feed in report.feeds if feed.source == "sales").blocked
    assert blocked["file"] == "sales/wrong.csv"
    assert "is UTF-8" in str(blocked["message"])
    assert "encoding: utf-8" in str(blocked["hint"])
