"""Whatever a name is: where it stands in a text as a word, a pattern of a crowd it is in finds it."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.people.looks import patterns
from marketpulse.people.words import words

WORDS = st.from_regex(r"[a-zA-Z0-9äé_@+\-]{4,12}", fullmatch=True)
AROUND = st.text(" ,.;:/\"'={}()?&", min_size=1, max_size=3)


def found(text: str, names: list[str]) -> set[str]:
    """Names that the engine finds in a text by their patterns."""
    matches = "select unnest(regexp_extract_all($text, $pattern, 1)) as w"
    each = (duckdb.execute(matches, {"text": text, "pattern": one}).fetchall() for one in patterns(names))
    said = {word for rows in each for (word,) in rows if word}
    return ({word.strip(".") for word in said} | {part for word in said for part in word.split(".")}) & {*names}


@settings(max_examples=150)
@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(st.tuples(AROUND, WORDS), max_size=6), st.data())
def test_a_name_that_is_a_word_of_a_text_is_found(
    names: list[str], others: list[tuple[str, str]], data: st.DataObject
) -> None:
    said = data.draw(st.lists(st.tuples(AROUND, st.sampled_from(names)), min_size=1, max_size=4))
    text = "".join(around + word for around, word in data.draw(st.permutations([*others, *said]))) + "."
    assert found(text, names) >= {word for _, word in said} & {*words(text)}


@pytest.mark.parametrize(
    "name",
    ["ada@example.org", "b.o-b@12.example", "+49 170 12", "M\\u00fcller", "ada%40example.org", "J&#252;rgen", "Ünal"],
)
def test_names_with_signs_are_found(name: str) -> None:
    assert found(f'{{"note": "ask {name} or C000017"}}', [name, "C000017"]) == {name, "C000017"}


@pytest.mark.parametrize(
    ("text", "name"),
    [("next=%2Forders%3Fid%3DAB12CD34", "AB12CD34"), ("to=%20ada%40example.org", "ada%40example.org"),
     ('{"a": "\\u003dAB12CD34"}', "AB12CD34"), ("bob ada.l@example.org", "ada.l@example.org"),
     ("a@b.ab@12 x", "ab@12"),
     ("x.AB12CD34.csv", "AB12CD34"), ("AB12CD34.", "AB12CD34"), ("%20%3DAB12CD34", "AB12CD34")],
)  # fmt: skip
def test_what_stands_before_a_name_is_no_part_of_it(text: str, name: str) -> None:
    crowd = [*(f"{n:08X}" for n in range(9**9, 9**9 + 9)), "AB12CD34", *(f"x{n}@example.org" for n in range(9))]
    more = ["ada%40example.org", "b%40example1.org", "ada.l@example.org", "bob smith", "bob ada", "x.b1", "ab@12"]
    assert name in found(text, [*crowd, *more])


def test_a_crowd_has_few_patterns() -> None:
    people = [f"C{number:06d}" for number in range(10_000)]
    browsers = [f"{number:08x}-{number % 7:04x}-4{number % 5:03x}-a000-{number:012x}" for number in range(20_000)]
    assert patterns([*people, *browsers]) == [
        r"(?:\b|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})"
        r"((?:[0][0-9a-z]{7}-[0][0-9]{3}-[4][0-9]{3}-[a][0-9]{3}-[0][0-9a-z]{11}|[C][0-9]{6})[0-9A-Za-z_.@+\-]*)"
    ]
