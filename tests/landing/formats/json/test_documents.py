"""Documents and arrays over lines: what is wrong with one text is its own, and nothing is too long to be cut."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.landing.formats.json import Json
from marketpulse.landing.formats.json.cutting import ENDS_INSIDE, NEVER_CLOSED, Broken, Cutter
from marketpulse.landing.limits import Limits
from marketpulse.landing.records import Wanted
from tests.landing.formats.json.reading import bad, checked, landed, rows, said

GOOD = ['{"id": 1}', '{"id": 2}', '{"id": 3}']


def ids(engine: DuckEngine, data: bytes, path: str | None = None, **more: Any) -> list[int]:
    """Ids of the records that are left."""
    return [record["id"] for record, *_ in said(rows(engine, data, path, **more))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"id": nope}', "not valid JSON"),
        ('{"id": 5,, "x": 1}', "not valid JSON"),
        ('{"id": 5}}', "not valid JSON"),
        ('{"id": 5]}', "not valid JSON"),
        ('{"id": [5]]}', "not valid JSON"),
        ('{"id": 5} {"id": 6}', "not valid JSON"),
        ('{"id": "a\nb"}', "not valid JSON"),
        ("7", "not a JSON object"),
        ('"te,xt"', "not a JSON object"),
        ("null", "not a JSON object"),
        ('[{"id": 7}]', "not a JSON object"),
        ("nonsense", "not valid JSON"),
    ],
)
@pytest.mark.parametrize("style", ["[{}, {}, {}, {}]", "[\n  {},\n  {},\n  {},\n  {}\n]\n", "[\n{}\n,{}\n,{}\n,{}]"])
@pytest.mark.parametrize("piece", [1, 1000])
def test_a_bad_element_is_kept_as_it_is_and_the_rest_goes_through(
    engine: DuckEngine, text: str, reason: str, style: str, piece: int
) -> None:
    found = rows(engine, style.replace("{}", "%s").__mod__((*GOOD[:2], text, GOOD[2])).encode(), piece=piece)
    assert [(row[5], row[6], row[3]) for row in found if row[5]] == [(reason, text, 3)]
    assert [record["id"] for record, *_ in said(found)] == [1, 2, 3]


@pytest.mark.parametrize("text", ['{"id": 5', '{"id": "5}', '{"id": [5}', '{"id: 5}', '{"id": {5}', '{"a": [{"id": 5}'])
@pytest.mark.parametrize("style", ["[\n  {},\n  {},\n  {},\n  {}\n]\n", "[{}\n,{}\n,{}\n,{}]", "[{},\n{},\n{},\n{}]"])
def test_an_element_that_does_not_end_costs_no_other_that_has_its_line(
    engine: DuckEngine, text: str, style: str
) -> None:
    found = rows(engine, style.replace("{}", "%s").__mod__((*GOOD[:2], text, GOOD[2])).encode())
    assert [record["id"] for record, *_ in said(found)] == [1, 2, 3]
    assert bad(found)[0] == ("not valid JSON", text)


def test_where_no_line_says_where_the_next_begins_the_rest_is_told(engine: DuckEngine) -> None:
    found = rows(engine, b'[{"id": 1}, {"id": "2}, {"id": 3}]')
    assert said(found) == [({"id": 1}, None, None)]
    assert bad(found) == [(ENDS_INSIDE, '{"id": "2}, {"id": 3}]'), (NEVER_CLOSED, "")]


@pytest.mark.parametrize(
    ("data", "left", "told"),
    [
        (b'[{"id": 1}, {"id": 2}, {"id"', [1, 2], [(ENDS_INSIDE, '{"id"'), (NEVER_CLOSED, "")]),
        (b'[{"id": 1}, {"id": 2}', [1], [(ENDS_INSIDE, '{"id": 2}'), (NEVER_CLOSED, "")]),
        (b'[{"id": 1},\n', [1], [(NEVER_CLOSED, "")]),
        (b'{\n"id": 1}\n{\n"id"', [1], [(ENDS_INSIDE, '{\n"id"')]),
        (b'{\n"id": 1', [], [(ENDS_INSIDE, '{\n"id": 1')]),
    ],
)
def test_a_file_that_is_cut_off_keeps_what_came_before(
    engine: DuckEngine, data: bytes, left: list[int], told: list[tuple[str, str]]
) -> None:
    found = rows(engine, data)
    assert ([record["id"] for record, *_ in said(found)], bad(found)) == (left, told)


def test_a_document_that_is_cut_off_keeps_the_records_in_it(engine: DuckEngine) -> None:
    for data in (
        b'{"page": 1, "data": [{"id": 1}, {"id": 2}, {"i',
        b'{\n"page": 1,\n"data": [\n{"id": 1},\n{"id": 2},\n{"i',
    ):
        found = rows(engine, data, "data")
        assert said(found) == [({"id": 1}, {"page": 1}, 1), ({"id": 2}, {"page": 1}, 2)]
        assert bad(found) == [(ENDS_INSIDE, '{"i'), (NEVER_CLOSED, "")]


@pytest.mark.parametrize("data", [b"[]", b" [ ]\n", b"", b"\n\n", b"\xef\xbb\xbf", b"[]\n[]\n", b"\xef\xbb\xbf[\n]"])
def test_what_holds_no_record_gives_none(engine: DuckEngine, data: bytes) -> None:
    assert rows(engine, data) == []


@pytest.mark.parametrize(
    "data",
    [
        b'\xef\xbb\xbf[{"id": 1}, {"id": 2}]',
        b'{"id": 1}{"id": 2}',
        b'{\n"id": 1\n}\n{\n"id": 2\n}',
        b'[{"id": 1}]\n[{"id": 2}]\n',
        b'[{"id": 1}][{"id": 2}]',
        b'\x1e{"id": 1}\n\x1e{"id": 2}\n',
        b'{"id": 1},\n{"id": 2},\n',
        b'[{"id": 1},\n{"id": 2},\n]',
        b'[\r\n  {"id": 1},\r\n  {"id": 2}\r\n]\r\n',
        b'{"id": 1}\n[{"id": 2}]\n',
    ],
)
@pytest.mark.parametrize("piece", [1, 5, 1000])
def test_documents_arrays_and_lines_are_told_apart(engine: DuckEngine, data: bytes, piece: int) -> None:
    assert ids(engine, data, piece=piece) == [1, 2]


def test_an_element_in_another_encoding_is_kept_with_its_bytes(engine: DuckEngine) -> None:
    found = rows(engine, b'[{"id": 1}, {"id": "caf\xe9"}, {"id": 3}]')
    assert [row[5] for row in found] == [None, "not valid UTF-8", None]
    assert (found[1][6] or "").startswith("base64:")


def test_where_no_text_is_one_the_path_leads_nowhere(engine: DuckEngine) -> None:
    assert bad(rows(engine, b'[{"a":[{"id":"\xe9"}]}]', "a")) == [
        ("not valid UTF-8", "base64:eyJhIjpbeyJpZCI6IukifV19")
    ]


def test_an_element_that_is_too_long_is_told_by_its_start(engine: DuckEngine) -> None:
    long = '{"id": 2, "x": "' + 'y\\"' * 4_000 + '"}'
    for piece in (100, 1_000, 1 << 20):
        found = rows(engine, f'[{{"id": 1}}, {long}, {{"id": 3}}]'.encode(), piece=piece, limits=Limits(2_000))
        assert [record["id"] for record, *_ in said(found)] == [1, 3]
        assert bad(found) == [(f"the record has {len(long):,} bytes, more than the 0 MB of record_mb", long[:1_000])]


def document(orders: list[Any], behind: Any) -> bytes:
    return json.dumps({"page": 1.0, "data": {"orders": orders}, "behind": behind}).encode()


ORDERS = st.lists(
    st.fixed_dictionaries({"id": st.integers(0, 9), "a": st.lists(st.just({"s": 1}), max_size=3)}),
    min_size=30,
    max_size=60,
)


LEVELS = st.sampled_from(["data.orders", "data.orders[*].a[*]"])


@settings(max_examples=20)
@given(ORDERS, st.text(max_size=5), LEVELS, st.sampled_from([50, 5_000]))
def test_a_document_that_is_too_long_gives_what_a_short_one_does(
    engine: DuckEngine, orders: list[Any], behind: str, path: str, piece: int
) -> None:
    data = document(orders, behind)
    short, long = rows(engine, data, path), rows(engine, data, path, piece, Limits(300))
    assert [row[:2] + row[3:] for row in long] == [row[:2] + row[3:] for row in short]
    assert len({row[2] for row in long}) == len(long)


LAST = b'{"data": [' + b'{"id": 1},' * 99 + b'{"id": "]}"}]'


@pytest.mark.parametrize(
    ("behind", "is_doubted"),
    [
        (b"}", False),
        (b', "more": {"next": ["a", {"b": "\\\\"}], "text": "]}\\" [{"}, "errors": []}\n\n', False),
        (b', "refunds": [' + b'{"id": 3},' * 99 + b'{"id": 4}]}', True),  # its end says nothing of the first array
        (b'}\n{"data": [{"id": 5}]}', False),  # these say at once that they end in no such way
        (b', "data": 1}', False),
        (b', "text": "a}', False),
        (b"", False),
    ],
    ids=["nothing", "fields", "an array as long", "another document", "the name twice", "an open text", "no end"],
)
def test_the_end_of_a_file_is_taken_for_that_of_a_long_document_where_it_is(
    engine: DuckEngine, behind: bytes, is_doubted: bool
) -> None:
    data = LAST + behind
    quick = Json(records="data").open(landed(data, 50, Limits(300)), Wanted())
    found = checked(engine, quick)
    assert quick.doubted == is_doubted
    assert quick.patient
    patient = quick.patient()
    told = checked(engine, patient)
    assert is_doubted or found == told
    assert not patient.doubted


def test_of_a_long_document_that_names_its_array_twice_nothing_is_hidden(engine: DuckEngine) -> None:
    data = b'{"data": [' + b'{"id": 1},' * 99 + b'{"id": 2}], "data": [{"id": 3}]}\n{"data": [{"id": 4}]}'
    found = rows(engine, data, "data", limits=Limits(300))
    assert [row[5] for row in found] == ["names data twice", None]
    assert said(found) == [({"id": 4}, {}, 1)]


def test_a_damaged_gzip_keeps_what_came_before(engine: DuckEngine) -> None:
    packed = gzip.compress(b"[" + b",\n".join(b'{"id": %d}' % n for n in range(50_000)) + b"]")
    found = rows(engine, packed[:-2_000])
    assert len(said(found)) > 10_000
    assert "the gzip stream ends too early" in [reason for reason, _ in bad(found)]


def test_an_array_larger_than_memory_is_cut_in_little(engine: DuckEngine) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"["
        for _ in range(200):
            yield b'{"id": 1, "text": "%s"},\n' % (b"x" * 1_000) * 1_000
        yield b"{}]"

    tracemalloc.start()
    cutter = Cutter(pieces(), Limits())
    count = sum(1 if isinstance(each, Broken) else len(each.texts) for each in cutter.texts())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 200_001
    assert peak < 60 << 20
