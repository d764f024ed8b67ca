"""Records inside of documents: the same as Python's own reader finds, however they are written, cut and nested."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.landing.limits import Limits
from tests.landing.formats.json.reading import bad, expected, rows, said

TEXTS = st.text(alphabet='ab"\\{}[],: \n€\u00e4😀', max_size=6)
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | TEXTS
KEYS = st.sampled_from(["a", "b", "c d", 'e"f', "g.h", "ä"]) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
PATHS = {
    "a": ["a"],
    "a[*].b[*]": ["a", "b"],
    "$.a.b": ["a", "b"],
    "['e\"f'].b": ['e"f', "b"],
    '"g.h"': ["g.h"],
    "ä": ["ä"],
}


def nested(path: list[str]) -> st.SearchStrategy[Any]:
    """Objects that often hold what the path leads to."""
    below = VALUES if len(path) == 1 else nested(path[1:])
    inner = st.lists(below | VALUES, max_size=3) | below | VALUES
    more = st.dictionaries(KEYS, VALUES, max_size=2)
    whole = st.builds(lambda value, rest: {**rest, path[0]: value}, inner, more)
    return whole | st.builds(lambda value, rest: {path[0]: value, **rest}, inner, more)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[str], list[Any], bytes]:
    """A path, documents, and how they are written: lines, an array, or one behind the other, pretty or not."""
    path = draw(st.sampled_from(sorted(PATHS)))
    documents = draw(st.lists(nested(PATHS[path]), min_size=1, max_size=4))
    style = draw(st.sampled_from(["lines", "array", "behind"]))
    ascii_only, indent = draw(st.booleans()), None if style == "lines" else draw(st.sampled_from([None, 0, 2]))
    texts = [json.dumps(each, ensure_ascii=ascii_only, indent=indent) for each in documents]
    if style == "array":
        text = json.dumps(documents, ensure_ascii=ascii_only, indent=indent)
    else:
        between = "\n" if style == "lines" else draw(st.sampled_from(["\n", " ", "", ",\n"]))
        text = between.join(texts)
    return path, PATHS[path], documents, text.encode()


@settings(max_examples=150)
@given(files(), st.sampled_from([1, 7, 1000]))
def test_records_are_those_that_python_finds(
    engine: DuckEngine, file: tuple[str, list[str], list[Any], bytes], piece: int
) -> None:
    path, names, documents, data = file
    found = rows(engine, data, path, piece)
    wanted = [each for document in documents for each in expected(document, names)]
    assert said(found) == [each for each in wanted if isinstance(each[0], dict)]
    wrong = [each[0] for each in wanted if not isinstance(each[0], dict)]
    assert [(reason, json.loads(text or "")) for reason, text in bad(found)] == [
        ("not a JSON object", w) for w in wrong
    ]
    assert [row[3] for row in found] == sorted({row[3] for row in found})
    assert len({row[2] or str(row[3]) for row in found}) == len(found)


#: Lines that are one record, several, one that says nothing of its array, and none that can be read.
LINES = [
    '{"b":[{},{},{}]}',
    "[{},{}]",
    '{"x":1}',
    '{"b":[]}',
    '{"b":null}',
    '{"b":[1,{}]}',
    "",
    "no",
    "[]",
    '"\\xff"',
    " " * 2000,
]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12), st.sampled_from([7, 1000]), st.booleans())
def test_no_two_records_of_a_file_of_lines_share_an_id(
    engine: DuckEngine, lines: list[str], piece: int, ends: bool
) -> None:
    written = ("\n".join(['{"first":1}', *lines]) + "\n" * ends).encode().replace(b"\\xff", b"\xff")
    found = rows(engine, written, "b", piece, Limits(record=1000))
    ids = [place or str(number) for _, _, place, number, _, _, _ in found]
    assert sorted(ids) == sorted(set(ids))
    assert len({row[3] for row in found}) == len(found)


@pytest.mark.parametrize("number", ["1.10", "12345678901234567890", "1e400", "-0.0", "1E+2"])
def test_numbers_stay_as_they_were_written(engine: DuckEngine, number: str) -> None:
    line = f'{{"total":{number},"lines":[{{"price":{number}}}]}}'
    for data in (line, f"[{line}]", f"[\n{line}\n]"):
        (row,) = rows(engine, data.encode(), "lines")
        assert row[:2] == (f'{{"price":{number}}}', f'{{"total":{number}}}')


@pytest.mark.parametrize(
    "text", ['{"a": 1,}', '{"a": [1, ]}', '{"a": "\\\\", "b": {"c": 1,\t}}', '{"a": {"b": [],},"c": ",]"}']
)
def test_a_comma_with_nothing_behind_it_is_no_json(engine: DuckEngine, text: str) -> None:
    good = '{"a": ",}", "b": ["\\\\\\",]", 1]}'
    found = rows(engine, f"{good}\n{text}\n{good}\n".encode())
    assert bad(found) == [("not valid JSON", text)]
    assert [row[0] for row in found] == [good, None, good]


@pytest.mark.parametrize(
    "fields",
    ['"a":[{"id":1}],"a":[{"id":2}]', '"a":[],"a":[{"id":2}]', '"a":5,"\\u0061":[1]', '"a":[{}],"b":1,"a":null'],
)
def test_an_object_that_names_the_array_twice_hides_none_of_them(engine: DuckEngine, fields: str) -> None:
    line = f"{{{fields}}}"
    found = rows(engine, f'{line}\n{{"a":[{{"id":3}}]}}'.encode(), "a")
    assert bad(found) == [("names a twice", line)]
    assert said(found) == [({"id": 3}, {}, 1)]
    found = rows(engine, f'{{"data":[{line},{{"a":[{{"id":3}}]}}]}}'.encode(), "data.a")
    assert bad(found) == [("names a twice", line)]
    assert said(found) == [({"id": 3}, {"data": {}}, 1)]


def test_an_envelope_is_kept_as_often_as_there_is_room_for_it(engine: DuckEngine) -> None:
    def line(count: int) -> bytes:
        return f'{{"pad":"{"x" * 90}","a":[{",".join(["{}"] * count)}]}}\n'.encode()

    limits = Limits(record=1_000)
    assert len(rows(engine, line(12), "a", limits=limits)) == 12
    (row,) = rows(engine, line(80), "a", limits=limits)
    assert row[5:] == (
        "80 records would carry 100 bytes of envelope each, more than the 0 MB of record_mb",
        line(80).decode().strip(),
    )


def test_envelopes_of_many_lines_are_not_in_memory_together(engine: DuckEngine) -> None:
    line = f'{{"pad":"{"x" * 100_000}","a":[{",".join(["{}"] * 100)}]}}\n'.encode()
    assert len(rows(engine, line * 18, "a")) == 1_800


@pytest.mark.parametrize(
    "around", ['{"a":[{}],"b":nope}', '{"a" x:[{}]}', '{"a":[{}]}}', '{"b":[1},"a":[{}]}', '{"a":x[{}]}']
)
def test_a_record_in_what_is_no_json_is_none(engine: DuckEngine, around: str) -> None:
    found = rows(engine, f'{around}\n{{"a":[{{"id":1}}]}}'.encode(), "a")
    assert len(bad(found)) == 1
    assert said(found)[-1:] == [({"id": 1}, {}, 1)]
    assert len(found) == 2
