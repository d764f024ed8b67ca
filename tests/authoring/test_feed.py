"""What is thought of columns, from their values alone: what their sample does not prove is asked, and stays a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.authoring.begin import checked_name, name_of, new_project, write_new
from marketpulse.authoring.column import Names
from marketpulse.authoring.elements import record_of
from marketpulse.authoring.feed import Feed, guess, mapping, source
from marketpulse.authoring.fields import fields
from marketpulse.authoring.looks import Look, look
from marketpulse.authoring.sample import Sample
from marketpulse.errors import UsageError


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
    assert [bool(column.doubts) for column in feed.sample.columns] == [False, kind == "string"]
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
        "card_no",
        "user",
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


@pytest.mark.parametrize(
    ("document", "record", "is_asked"),
    [
        (b"<os><o><l/><l/></o><o/></os>", "o", False),
        (b"<f><title>t</title><n:item/><n:item/></f>", "item", True),
        (b"<p><meta/><data><row/><row/></data></p>", "data/row", True),
        (b"<os><o><l/><l/></o></os>", "o", True),
        (b"<os><!-- <x/><x/> --><o a='>'/></os>", "o", False),
        (b"<order><id>1</id><n>2</n></order>", "order", True),
        (b"<a><x/><y/><y/><x/><y/></a>", "y", True),
        (b"<a><x/><x/><y", "x", False),
    ],
)
def test_the_element_that_repeats_is_the_record(document: bytes, record: str, is_asked: bool) -> None:
    found = record_of(document)
    assert found is not None
    assert (found[0], found[2] is not None) == (record, is_asked)


@pytest.mark.parametrize("name", ["select", "from", "values", "landed_files", "x" * 300])
def test_names_that_no_table_can_have_are_refused_and_not_made_of_a_file(name: str) -> None:
    with pytest.raises(UsageError):
        checked_name(name, "--name")
    made = name_of(Path(f"{name}.csv"))
    assert checked_name(made, "--name") == made


def test_all_is_written_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "silver").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        write_new(tmp_path, {"sources/a.yaml": "a", "silver/a/contract.yaml": "a"})
    assert [path.name for path in tmp_path.rglob("*")] == ["silver"]


def test_a_project_extends_one_beside_it_by_a_path_from_itself(tmp_path: Path) -> None:
    new_project(tmp_path / "base", None)
    new_project(tmp_path / "more", "../base")
    with pytest.raises(UsageError) as raised:
        new_project(tmp_path / "other", "../bas")
    assert str(tmp_path / "bas" / "project.yaml") in (raised.value.hint or "")


@pytest.mark.parametrize(
    "name",
    [
        "kundenname",
        "recipient",
        "customer",
        "user",
        "kaufer",
        "lieferadresse",
        "ship_to",
        "user_name",
        "cardno",
        "billing_city",
        "username",
    ],
)
def test_columns_of_people_are_marked_by_their_names(name: str) -> None:
    assert guessed({name: ["a", "b"]}).sample.columns[0].personal


def test_numbers_of_cards_are_marked_and_stay_texts() -> None:
    feed = guessed({"paid_with": ["4111111111111111", "5500 0000 0000 0004"], "n": ["4111111111111112"] * 2})
    assert [bool(column.personal) for column in feed.sample.columns] == [True, False]
    assert types(feed)["paid_with"] == "string"


def test_what_is_measured_is_no_key_and_another_number_is_asked() -> None:
    feed = guessed({"qty": ["1", "2"], "price": ["1.5", "2.5"], "sold": ["x", "x"]})
    assert feed.key == []
    feed = guessed({"position": ["1", "2"], "sold": ["x", "x"]})
    assert [column.name for column in feed.key] == ["position"]
    assert asked(feed) == {"position"}


def test_blanks_around_texts_are_asked_and_around_numbers_are_not() -> None:
    feed = guessed({"id": [" 1", "2 "], "qty": [" 5 ", " 6"], "price": [" 1.5", "2"]})
    assert types(feed) == {"id": "string", "qty": "int", "price": "decimal(18,4)"}
    assert asked(feed) == {"id"}


ORDERS = {
    "name": ["#1", "#1", "#2", "#3", "#3", "#3"],
    "email": ["a@example.org", "", "b@example.org", "", "", ""],
    "paid_at": ["2026-11-27 10:00:00 +0100", "", "2026-11-28 10:00:00 +0100", "2026-11-28 12:00:00 +0100", "", ""],
    "currency": ["EUR", "", "EUR", "USD", "", ""],
    "total": ["30.00", "", "5.50", "17.00", "", ""],
    "item": ["Tea", "Cup", "Spoon", "Pot", "Tray", "Lid"],
}


def test_lines_below_the_first_of_an_order_are_filled_down_and_numbered_and_its_sum_is_not() -> None:
    feed = guessed(ORDERS)
    assert [column.name for column in feed.key] == ["name", "line_number"]
    assert "fill_down: [email, paid_at, currency]" in source(feed)
    assert "required: [name] " in source(feed)
    assert "_group_row as line_number" in mapping(feed)
    assert any("total of the whole name is not filled down" in doubt for doubt in feed.doubts)


@pytest.mark.parametrize(
    "other",
    [
        {"currency": ["EUR", "EUR", "EUR", "USD", "", ""]},
        {"name": ["#1", "#1", "#2", "#1", "#1", "#1"]},
        {"name": ["#1", "#1", "#2", "#3", "#4", "#5"]},
        {"name": ["#1", "", "#2", "#1", "", ""]},
        {"line_number": list("121123")},
    ],
)
def test_lines_that_may_belong_together_by_chance_are_each_their_own(other: dict[str, list[str]]) -> None:
    feed = guessed({name: ORDERS[name] for name in ("name", "paid_at", "currency", "item")} | other)
    assert feed.groups is None
    assert guessed(ORDERS, "json").groups is None


MERGED = {
    "day": ["2026-03-01", "", "2026-03-02", "", "2026-03-03"],
    "order": ["O1", "", "O2", "", "O3"],
    "sku": ["a", "b", "a", "b", "c"],
    "qty": ["1", "2", "1", "2", "1"],
}


def test_lines_without_an_order_are_of_the_one_above_where_it_stands_in_the_first_columns() -> None:
    feed = guessed(MERGED, "excel")
    assert [column.name for column in feed.key] == ["order", "line_number"]
    assert "by: [order]" in source(feed)
    assert "fill_down: [day, order]" in source(feed)
    assert any("lines without order are taken for lines of the order above" in doubt for doubt in feed.doubts)


@pytest.mark.parametrize("first", [["sku"], ["qty"], []])
def test_columns_that_are_blank_together_are_no_groups_where_another_stands_first(first: list[str]) -> None:
    names = [*first, *(name for name in MERGED if name not in first)] if first else ["order", "sku", "qty"]
    assert guessed({name: MERGED[name] for name in names}).groups is None
    assert guessed(MERGED | {"day": ["", *MERGED["day"][1:]]}).groups is None


@pytest.mark.parametrize("zone", ["+0100", " +0100", " +01:00", "Z", " UTC"])
def test_times_with_an_offset_are_times_and_nothing_is_asked(zone: str) -> None:
    feed = guessed({"paid_at": [f"2026-11-28 10:00:00{zone}", f"2026-11-28T10:00{zone}"]})
    assert (types(feed), asked(feed)) == ({"paid_at": "timestamp"}, set())


@pytest.mark.parametrize(("value", "unit"), [("1772452800", "seconds"), ("1772452800000", "milliseconds"),
                                            ("1772452800000000", "microseconds"), ("177245280", "")])  # fmt: skip
def test_moments_that_are_counted_are_asked_with_their_unit(value: str, unit: str) -> None:
    (column,) = guessed({"event_timestamp": [value]}, "json").sample.columns
    assert [ask.split()[2] for ask in column.asks if "since 1970" in ask] == ([unit] if unit else [])


FIXED = "sku   name          price\nA1    Green tea     10.00\nA2    Cup blue       9.50\nA3    Pot of steel  12.00\n"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a,b,a\n1,2,3\n", {"names": {"a": ["a", "a_2"]}}),
        ("a,A,a_2\n1,2,3\n", {"names": {"a": "a", "A": "a_3"}}),
        ("a,b\n1,2\n", {}),
        (FIXED, {"widths": {"sku": 6, "name": 13, "price": 6}, "skip": 1}),
        (FIXED.partition("\n")[2], {"widths": {"column_1": 6, "column_2": 13, "column_3": 6}}),
    ],
)
def test_headers_of_one_name_and_places_of_columns_are_said_and_asked(text: str, options: dict[str, object]) -> None:
    found = look(text.encode(), is_whole=True)
    assert found.options == options
    assert bool(found.doubts) == bool(options)


def test_lines_of_one_width_without_a_blank_place_say_what_to_write_by_hand() -> None:
    with pytest.raises(UsageError, match="no place is blank in all") as error:
        look(b"0001K0012026030100000100\n0002K0022026030100000250\n", is_whole=True)
    assert "fixed_width: {widths: {receipt: 8, pieces: 5}}" in (error.value.hint or "")


def test_a_field_that_is_an_object_now_and_then_is_a_text_and_asked() -> None:
    said = ['{"v": 5, "w": null}', '{"v": {"a": 1}, "w": {"b": 2}}', '{"v": [1, 2]}', '{"v": 7}']
    columns = {column.name: column for column in fields([{"raw": text} for text in said], False)}
    feed = guess("made", Path("made.json"), Sample(Look("json"), list(columns.values()), len(said)))
    assert types(feed) == {"v": "string", "v_a": "int", "w_b": "int"}
    assert columns["v"].values == ["5", '{"a": "1"}', '["1", "2"]', "7"]
    assert asked(feed) == {"v"}


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("sep=;\nReport\na;b\nx;2\ny;3\n", {"skip": 2}),
        ("a;b\nx;2;\ny;3;\n", {}),
        ("a;b;\nx;2;\ny;3;\n", {}),
        ("Report;March\na;b;note\nx;2;\ny;3;\n", {"skip": 1}),
        ("a;b\nx;2\n;\n;\n;\n", {}),
    ],
)
def test_what_stands_above_the_header_is_counted_as_the_file_does(text: str, options: dict[str, object]) -> None:
    assert look(text.encode(), is_whole=True).options == {"delimiter": ";", **options}
