"""Damaged and odd NDJSON: what is no record is kept with its reason, everything else goes through."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from tests.landing.corpus import Corpus

DAY = "2026-01-01T00:00:01Z"
TIMES = [
    b"0000-01-01T00:00:00Z",
    b"2026-02-30T00:00:00Z",
    b"9999-12-31T23:59:59Z",
    b"1970-01-01T00:00:00Z",
    b"infinity",
]
DEEP = "[" * 100_000 + "]" * 100_000


def click(key: str, **more: Any) -> bytes:
    return json.dumps({"id": key, "ts": DAY, **more}).encode() + b"\n"


def batch(*items: Any, **more: Any) -> bytes:
    return json.dumps({"batch": items, **more}).encode() + b"\n"


PACKED = gzip.compress(b"".join(click(f"gz{n}") for n in range(20_000)))

FILES: dict[str, bytes] = {
    "clicks/truncated.json.gz": PACKED[:-2000],
    "clicks/half_line.json": click("h1") + b'{"id":"h2","ts":"2026-0',
    "clicks/no_objects.json": b'1\n"text"\nnull\n[1,2]\ntrue\nNaN\n' + click("o1"),
    "clicks/no_json.json": b"<html>\n'; drop table silver.clicks; --\n" + click("o2"),
    "clicks/latin.json": click("l1") + b'{"id":"caf\xe9","ts":"2026-01-01T00:00:01Z"}\n' + click("l3"),
    "clicks/bom.json": b"\xef\xbb\xbf" + click("b1"),
    "clicks/newlines.json": b"\n\n" + click("n1").replace(b"\n", b"\r\n") + b" \t \r\n\n" + click("n2"),
    "clicks/nul.json": b"\x00\x00\n" + click("z1\0"),
    "clicks/batch.json": batch({"id": "t1", "ts": DAY}, {"id": "t2", "ts": DAY}, sentAt="now"),
    "clicks/empty_batch.json": batch(sentAt="now") + batch(id="e1", ts=DAY),
    "clicks/mixed_batch.json": batch(None, "text", 7, [1], {"id": "x5", "ts": DAY}),
    "clicks/no_array.json": json.dumps({"batch": "none", "id": "y1", "ts": DAY}).encode(),
    "clicks/deep.json": b'{"id":"d1","ts":"%s","deep":%s}\n' % (DAY.encode(), DEEP.encode()) + click("d2"),
    "clicks/deep_batch.json": b'{"batch":[{"id":"d3","ts":"%s"},%s]}\n' % (DAY.encode(), DEEP.encode()) + click("d4"),
    "clicks/open_brackets.json": b"[" * 1_000_000 + b"\n" + b'{"a":' * 1_000_000 + b"\n" + click("d5"),
    "clicks/twice.json": b'{"id":"first","id":"second","ts":"%s"}\n' % DAY.encode(),
    "clicks/two_batches.json": batch({"id": "u1", "ts": DAY})[:-2]
    + b","
    + batch({"id": "u2", "ts": DAY})[1:]
    + click("u3"),
    "clicks/huge.json": click("k1", name="x" * (10 << 20)) + click("k2"),
    "clicks/numbers.json": b'{"id":1e400,"ts":"2026-01-01T00:00:01Z"}\n{"id":"m2","ts":20260101}\n' + click("m3"),
    "clicks/keys.json": click("j1", **{"'; drop table x; --": 1, "../..": 2, "{table}": 3, 'a"b': 4, "": 5, "ключ": 6}),
    "clicks/surrogate.json": b'{"id":"s1\\ud800","ts":"%s"}\n' % DAY.encode() + click("s2"),
    "clicks/times.json": b"".join(b'{"id":"time%d","ts":"%s"}\n' % pair for pair in enumerate(TIMES)),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("ndjson"), FILES)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    corpus.assert_conserved("silver.clicks")


def test_what_a_truncated_gzip_still_holds_is_kept_and_the_break_is_named(corpus: Corpus) -> None:
    assert len(corpus.accepted("clicks/truncated.json.gz")) > 10_000
    assert "the gzip stream ends too early" in [reason for _, reason in corpus.rejected("clicks/truncated.json.gz")]


def test_a_half_written_last_line_is_quarantined_as_it_is(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/half_line.json") == ["h1"]
    assert corpus.rejected("clicks/half_line.json") == [(2, "not valid JSON")]
    assert corpus.raw("clicks/half_line.json", 2) == '{"id":"h2","ts":"2026-0'


def test_lines_that_are_no_objects_are_quarantined(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/no_objects.json") == ["o1"]
    reasons = [reason for _, reason in corpus.rejected("clicks/no_objects.json")]
    assert reasons[:6] == ["not a JSON object"] * 6
    assert [corpus.raw("clicks/no_objects.json", number) for number in (4, 5)] == ["1", "2"]


def test_lines_that_are_no_json_are_quarantined(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/no_json.json") == ["o2"]
    assert corpus.raw("clicks/no_json.json", 2) == "'; drop table silver.clicks; --"


def test_a_line_in_another_encoding_is_quarantined_with_its_bytes(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/latin.json") == ["l1", "l3"]
    kept = base64.b64decode(corpus.raw("clicks/latin.json", 2).removeprefix("base64:"))
    assert b"caf\xe9" in kept


def test_byte_order_marks_and_blank_lines_are_no_records(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/bom.json") == ["b1"]
    assert corpus.accepted("clicks/newlines.json") == ["n1", "n2"]
    assert corpus.rejected("clicks/newlines.json") == []


def test_nul_characters_end_nothing(corpus: Corpus) -> None:
    assert corpus.rejected("clicks/nul.json") == [(1, "not valid JSON")]
    assert corpus.accepted("clicks/nul.json") == ["z1\0"]


def test_each_element_of_a_batch_is_a_record(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/batch.json") == ["t1", "t2"]


def test_an_empty_batch_is_one_record_of_its_own(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/empty_batch.json") == ["e1"]
    assert [number for number, _ in corpus.rejected("clicks/empty_batch.json")] == [1]


def test_elements_of_a_batch_that_are_no_objects_are_quarantined_one_by_one(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/mixed_batch.json") == ["x5"]
    assert corpus.rejected("clicks/mixed_batch.json") == [(number, "not a JSON object") for number in (1, 2, 3, 4)]


def test_a_batch_that_is_no_array_leaves_the_line_one_record(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/no_array.json") == ["y1"]


@pytest.mark.parametrize(("name", "good"), [("deep", "d2"), ("deep_batch", "d4"), ("open_brackets", "d5")])
def test_deep_nesting_harms_nobody_else(corpus: Corpus, name: str, good: str) -> None:
    assert good in corpus.accepted(f"clicks/{name}.json")


def test_of_a_key_named_twice_one_value_is_taken(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/twice.json") in (["first"], ["second"])


def test_a_line_with_two_batches_hides_neither(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/two_batches.json") == ["u3"]
    assert corpus.rejected("clicks/two_batches.json") == [(1, "names batch twice")]


def test_a_line_of_ten_megabytes_is_a_line(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/huge.json") == ["k1", "k2"]


def test_odd_keys_and_characters_are_kept(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/keys.json") == ["j1"]
    assert "s2" in corpus.accepted("clicks/surrogate.json")
    assert "m3" in corpus.accepted("clicks/numbers.json")


def test_times_are_times_of_the_calendar(corpus: Corpus) -> None:
    assert corpus.accepted("clicks/times.json") == ["time2", "time3"]
    assert len(corpus.rejected("clicks/times.json")) == 3
