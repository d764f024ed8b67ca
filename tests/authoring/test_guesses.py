"""What is thought of columns, from their values alone: what their sample does not prove is asked, and stays a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.authoring.column import Names
from marketpulse.authoring.feed import Feed, guess, source
from marketpulse.authoring.looks import Look
from marketpulse.authoring.sample import Sample


def guessed(columns: dict[str, list[str]], form: str = "csv", literal: bool = False) -> Feed:
    """What is thought of a file with these columns."""
    names = Names()
    found = [names.column(name, name, name, list(values)) for name, values in columns.items()]
    for column in found:
        column.is_literal = literal
    return guess("made", Path("made.csv"), Sample(Look(form), found, len(found[0].values)))


def types(feed: Feed) -> dict[str, str]:
    return {column.name: column.type for column in feed.sample.columns}


def asked(feed: Feed) -> set[str]:
    return {column.name for column in feed.sample.columns if column.doubts or column.asks}


DOUBTFUL = ["1.234", "2.345"]


@pytest.mark.parametrize("form", ["json", "xml", "excel", "csv"])
def test_texts_that_may_be_thousands_are_asked_in_every_format(form: str) -> None:
    feed = guessed({"price": DOUBTFUL}, form)
    assert (types(feed), asked(feed)) == ({"price": "string"}, {"price"})
    other = guessed({"price": DOUBTFUL, "cost": ["1,50", "2,75"]}, form)
    assert types(other)["price"] == "string"
    assert "price" in asked(other)
    proven = guessed({"price": DOUBTFUL, "cost": ["1.50", "2.75"]}, form)
    assert (types(proven)["price"], asked(proven)) == ("decimal(18,4)", set())


def test_a_number_of_the_format_itself_has_one_meaning() -> None:
    feed = guessed({"price": DOUBTFUL, "big": ["1E5", "2E7"]}, "json", literal=True)
    assert (types(feed), asked(feed)) == ({"price": "decimal(18,4)", "big": "double"}, set())


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["48.123", "9.456"], "string"),
        (["1.500", "7"], "string"),
        (["1.234.567", "12"], "int"),
        (["1.234,50", "48.123"], "decimal(18,4)"),
    ],
)
def test_a_column_is_no_thousands_because_another_has_a_comma(values: list[str], kind: str) -> None:
    feed = guessed({"amount": ["12,50", "3,10"], "other": values})
    assert types(feed) == {"amount": "decimal(18,4)", "other": kind}
    assert asked(feed) == ({"other"} if kind == "string" else set())
    assert 'decimal: ","   # 12,50 of amount can be read in no other way' in source(feed)


def test_a_zero_in_front_is_no_group_of_thousands() -> None:
    assert types(guessed({"weight": ["0.250", "1.500"]})) == {"weight": "decimal(18,4)"}


def test_thousands_parted_by_blanks_have_one_meaning() -> None:
    feed = guessed({"amount": ["1 234", "12"]})
    assert (types(feed), asked(feed)) == ({"amount": "int"}, set())


@pytest.mark.parametrize(
    ("name", "values", "kind", "is_asked"),
    [
        ("sku", ["1E5", "2E7"], "string", False),
        ("thing", ["1E5", "2E7"], "string", True),
        ("thing", ["1.5E5", "2"], "double", False),
        ("thing", ["1E-5", "2"], "double", False),
        ("weight", ["1E5", "2"], "double", False),
        ("article_code", ["1.0E5", "2"], "string", False),
    ],
)
def test_an_article_with_an_e_is_no_number(name: str, values: list[str], kind: str, is_asked: bool) -> None:
    feed = guessed({name: values})
    assert (types(feed), bool(asked(feed))) == ({name: kind}, is_asked)


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "customer",
        "kunde",
        "shop",
        "store",
        "filiale",
        "sku",
        "ean",
        "kdnr",
        "belegnr",
        "artno",
        "lfdnr",
        "article_number",
        "card_no",
        "user",
        "order_id",
    ],
)
def test_what_is_called_by_a_number_is_a_text(name: str) -> None:
    assert types(guessed({name: ["1001", "1002"]})) == {name: "string"}


@pytest.mark.parametrize("name", ["qty", "item_count", "store_sales", "total", "product_price", "menge"])
def test_what_is_counted_is_a_number(name: str) -> None:
    assert types(guessed({name: ["1001", "1002"]})) == {name: "int"}


@pytest.mark.parametrize("values", [["١٢", "٣٤"], ["１２", "３４"], ["２０２６-０１-０１", "2026-01-02"]])
def test_digits_of_other_scripts_are_asked(values: list[str]) -> None:
    feed = guessed({"a": values})
    assert (types(feed), asked(feed)) == ({"a": "string"}, {"a"})


@pytest.mark.parametrize(
    "values",
    [
        ["2026-13-01", "2026-14-02"],
        ["2026-02-30", "2026-01-05"],
        ["2026/02/30", "2026/01/05"],
        ["2026-01-05 25:00", "2026-01-05 10:00"],
        ["31.01.2026 24:30", "31.01.2026 10:00"],
    ],
)
def test_days_that_are_none_leave_a_text_that_is_asked(values: list[str]) -> None:
    feed = guessed({"d": values})
    assert (types(feed), asked(feed)) == ({"d": "string"}, {"d"})
