"""How a feed writes: for all of its columns, or for one; and what it cannot say."""

from __future__ import annotations

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.landing.spelling import Spelled, Spelling
from marketpulse.sql.written import Written

NUMBER, DATE, MOMENT = {"number"}, {"date"}, {"timestamp"}


def test_a_feed_says_once_how_its_numbers_and_times_are_written() -> None:
    form = Spelled(decimal=",", date="dd.MM.yyyy", timezone="Europe/Berlin")
    assert form.written({"price": NUMBER, "day": DATE}) == {
        "price": Written("number", ","),
        "day": Written("date", pattern="dd.MM.yyyy"),
    }


def test_a_column_may_be_written_in_its_own_way_or_as_sql_writes() -> None:
    own = {"price": Spelling(thousands="."), "rate": Spelling(), "at": Spelling(timestamp="yyyyMMddHHmm")}
    form = Spelled(decimal=",", timezone="Europe/Paris", formats=own)
    assert form.written({"rate": NUMBER, "cost": NUMBER}) == {
        "at": Written("timestamp", pattern="yyyyMMddHHmm", timezone="Europe/Paris"),
        "cost": Written("number", ","),
        "price": Written("number", ",", "."),
    }


def test_a_time_with_its_offset_has_no_place() -> None:
    form = Spelled(timestamp="yyyy-MM-dd HH:mm XXX", timezone="Europe/Paris")
    assert form.written({"at": MOMENT})["at"].timezone is None


def test_a_date_is_written_as_times_are_where_only_those_are_said() -> None:
    assert Spelled(timestamp="yyyyMMdd HH:mm").written({"day": DATE})["day"].kind == "timestamp"
    assert Spelled(date="yyyyMMdd").written({"at": MOMENT})["at"].kind == "date"


def test_a_column_that_becomes_two_things_is_named() -> None:
    with pytest.raises(DefinitionError, match="stamp becomes a number and a date: how is it written"):
        Spelled(decimal=",", date="yyyyMMdd").written({"stamp": {"number", "date"}})


def test_a_column_that_the_mapping_reads_by_a_pattern_of_its_own_is_left_to_it() -> None:
    form = Spelled(date="dd.MM.yyyy")
    assert form.written({"day": {"read"}}) == {}
    with pytest.raises(DefinitionError, match="day is read by a pattern of the mapping, and without one"):
        form.written({"day": {"read", "date"}})


def test_marks_of_numbers_are_not_replaced_twice() -> None:
    """`replace(price, '.', '')` of what is read as 1234.56 already would be a hundred times the price."""
    with pytest.raises(DefinitionError, match="price is a number, and the mapping reads its text"):
        Spelled(decimal=",").written({"price": {"read", "number"}})
    assert Spelled(decimal=",", formats={"price": Spelling()}).written({"price": {"read", "number"}}) == {}
    assert Spelled(timezone="Europe/Berlin").written({"price": {"read", "number"}}) == {}


@pytest.mark.parametrize(
    ("form", "option", "words"),
    [
        (Spelled(thousands="."), "thousands", "parted by the same"),
        (Spelled(decimal=",", thousands=","), "thousands", "parted by the same"),
        (Spelled(date="DD.MM.YYYY"), "date", "'DD.MM.YYYY' cannot be read: DD is no part"),
        (Spelled(date="dd.MM.yyyy HH:mm"), "date", "has a time of day"),
        (Spelled(timezone="Europe/Berln"), "timezone", "is not the name of a time zone"),
        (Spelled(formats={"Price": Spelling(decimal=",")}), "formats", "no column is called 'Price'"),
        (Spelled(formats={"a": Spelling(decimal=",", date="yyyyMMdd")}), "formats", "a is date and number"),
        (Spelled(formats={"a": Spelling(date="yyyy")}), "formats", "a: 'yyyy' cannot be read: it has no month"),
    ],
)
def test_what_it_cannot_say_is_told(form: Spelled, option: str, words: str) -> None:
    ((where, what, hint),) = form.wrong_spelling(())
    assert where == option
    assert words in what
    assert hint


def test_thousands_of_a_column_go_with_the_decimals_of_the_feed() -> None:
    assert list(Spelled(decimal=",", formats={"a": Spelling(thousands=".")}).wrong_spelling(())) == []
