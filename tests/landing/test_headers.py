"""What columns are called: in every script, wherever they stand, each by a name of its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.errors import GateError
from marketpulse.landing.headers import Given, column_names, snake_case
from tests.shop import MiniShop


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Invoice No.", "invoice_no"),
        ("unitPrice", "unit_price"),
        ("  VAT % ", "vat"),
        ("Währung", "wahrung"),
        ("Wa\u0308hrung", "wahrung"),
        ("Größe", "grosse"),
        ("Ærø", "aero"),
        ("Łódź Sp. z o.o.", "lodz_sp_z_o_o"),
        ("İstanbul", "istanbul"),
        ("N° de série", "n_de_serie"),
        ("Ｐｒｉｃｅ", "price"),
        ("单价", "单价"),
        ("单价 (元)", "单价_元"),
        ("Цена за штуку", "цена_за_штуку"),
        ("ЙОД", "йод"),
        ("가격", "가격"),
        ("がく", "がく"),
        ("मूल्य", "मूल्य"),
        ("السعر", "السعر"),
        ("Τιμή", "τιμή"),
    ],
)
def test_a_header_says_as_a_name_what_it_says(header: str, name: str) -> None:
    assert snake_case(header) == name


@settings(max_examples=150)
@given(st.text(max_size=20))
def test_a_name_is_its_own_name(header: str) -> None:
    assert snake_case(snake_case(header)) == snake_case(header)


@settings(max_examples=100)
@given(st.permutations(["单价", "数量", "Währung", "Price", "Price €", "Price $", "💶", "id"]))
def test_names_do_not_know_the_place_of_their_headers(header: list[str]) -> None:
    names = dict(zip(header, column_names(header, None, "a.csv"), strict=True))
    assert names == {
        "单价": "单价",
        "数量": "数量",
        "Währung": "wahrung",
        "Price": "price",
        "Price €": "price_euro",
        "Price $": "price_dollar",
        "💶": "banknote_with_euro",
        "id": "id",
    }


def test_what_has_no_letter_in_ascii_is_called_by_its_place() -> None:
    assert column_names(["#", "", "a"], None, "a.csv") == ("column_1", "column_2", "a")


@pytest.mark.parametrize("header", [["qty", "qty"], ["Qty", "qty"], ["unit qty", "unit_qty"], ["qty", " qty"]])
def test_headers_that_say_one_thing_are_refused_until_the_feed_names_them(header: list[str]) -> None:
    with pytest.raises(GateError, match="twice") as told:
        column_names(header, {}, "a.csv")
    assert "name them in the feed: csv.names" in (told.value.hint or "")


@pytest.mark.parametrize(
    ("header", "given", "names"),
    [
        (["qty", "id", "qty"], {"qty": ["sold", "returned"]}, ("sold", "id", "returned")),
        (["Qty", "qty"], {"Qty": "ordered"}, ("ordered", "qty")),
        (["Währung"], {"Währung": "w_hrung"}, ("w_hrung",)),
        (["id"], {"qty": "sold"}, ("id",)),
    ],
)
def test_a_feed_may_name_headers_one_by_one(header: list[str], given: Given, names: tuple[str, ...]) -> None:
    assert column_names(header, given, "a.csv") == names


def test_headers_that_stand_there_more_often_than_they_are_named_are_refused() -> None:
    with pytest.raises(GateError, match="the header has 'qty' 3 times, and the feed names 2 of them"):
        column_names(["qty"] * 3, {"qty": ["sold", "returned"]}, "a.csv")


@pytest.mark.engines(always=False)
def test_columns_of_another_script_are_found_by_name_in_any_order_on_every_engine(shop: MiniShop) -> None:
    source = "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\nrequired: [编号, 日期]\n"
    shop.write("sources/sales.yaml", source)
    columns = "编号 as id, 日期 as day, `数量` as qty, wahrung as amount"
    shop.write("silver/sales/from_sales.sql", f"select {columns} from bronze.sales\n")
    shop.land("sales/a.csv", "编号,日期,数量,Währung\na,2026-01-01,1,5\n")
    shop.land("sales/b.csv", "数量,Währung,编号,日期\n2,6,b,2026-01-01\n")
    shop.run()
    assert [(row[0], row[2], int(row[3])) for row in shop.rows("silver.sales")] == [("a", 1, 5), ("b", 2, 6)]
