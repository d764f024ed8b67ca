"""Damaged and odd CSV: the good rows go through, the bad ones stay readable, nothing is lost."""

from __future__ import annotations

import base64

import pytest

from tests.landed import HEADER
from tests.landing.corpus import Corpus

TEN_MB = b"x" * (10 << 20)
FILES: dict[str, bytes] = {
    "sales/half_line.csv": HEADER + b"h1,2026-01-01,1,1\nh2,2026-0",
    "sales/latin.csv": HEADER + b"l1,2026-01-01,1,1\ncaf\xe9,2026-01-01,1,1\nl3,2026-01-01,1,1\n",
    "sales/bom.csv": b"\xef\xbb\xbf" + HEADER + b"b1,2026-01-01,1,1\n",
    "sales/bom_damaged.csv": b"\xef\xbb\xbf" + HEADER + b"b2,2026-01-01,1,1\nb3\n",
    "sales/newlines.csv": HEADER + b"n1,2026-01-01,1,\r\nn2,2026-01-01,1,\rn3,2026-01-01,1,\n\n\r\nn4,2026-01-01,1,4",
    "sales/embedded.csv": HEADER + b'"e\n1, ""quoted""",2026-01-01,1,1\n"e\r\n2",2026-01-01,1,1\n',
    "sales/unclosed.csv": HEADER + b'u1,2026-01-01,1,1\n"u2,2026-01-01,1,1\nu3,2026-01-01,1,1\nu4,2026-01-01,1,1\n',
    "sales/unclosed_last_field.csv": HEADER + b'v1,2026-01-01,1,"1\nv2,2026-01-01,1,1\nv3,2026-01-01,1,1\n',
    "sales/inches.csv": HEADER + b'5" pipe,2026-01-01,1,1\n6" pipe,2026-01-01,1,1\ni3,2026-01-01,1,1\n',
    "sales/huge.csv": HEADER + TEN_MB + b",2026-01-01,1,1\nhuge2,2026-01-01,1,1\n",
    "sales/nul.csv": HEADER + b"a\x00b,2026-01-01,1,1\n\x00\x00\x00\nz3,2026-01-01,1,1\n",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("csv"), FILES)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    corpus.assert_conserved("silver.sales")


def test_a_half_written_last_line_is_quarantined_as_it_is(corpus: Corpus) -> None:
    assert corpus.accepted("sales/half_line.csv") == ["h1"]
    assert corpus.rejected("sales/half_line.csv") == [(2, "2 columns instead of 4")]
    assert corpus.raw("sales/half_line.csv", 2) == "h2,2026-0"


def test_a_line_in_another_encoding_is_quarantined_with_its_bytes(corpus: Corpus) -> None:
    assert corpus.accepted("sales/latin.csv") == ["l1", "l3"]
    assert corpus.rejected("sales/latin.csv") == [(2, "not valid utf-8 (byte 4 of the line)")]
    kept = corpus.raw("sales/latin.csv", 2).removeprefix("base64:")
    assert base64.b64decode(kept) == b"caf\xe9,2026-01-01,1,1"


def test_a_byte_order_mark_is_no_part_of_the_first_column(corpus: Corpus) -> None:
    assert corpus.accepted("sales/bom.csv") == ["b1"]
    assert corpus.accepted("sales/bom_damaged.csv") == ["b2"]


def test_any_mixture_of_line_ends_is_read(corpus: Corpus) -> None:
    assert corpus.accepted("sales/newlines.csv") == ["n1", "n2", "n3", "n4"]


def test_quoted_fields_keep_newlines_and_quotes(corpus: Corpus) -> None:
    assert corpus.accepted("sales/embedded.csv") == ['e\n1, "quoted"', "e\r\n2"]


def test_an_unclosed_quote_costs_one_line(corpus: Corpus) -> None:
    assert corpus.accepted("sales/unclosed.csv") == ["u1", "u3", "u4"]
    assert corpus.raw("sales/unclosed.csv", 2) == '"u2,2026-01-01,1,1'


def test_an_unclosed_quote_in_the_last_field_costs_one_line(corpus: Corpus) -> None:
    assert corpus.accepted("sales/unclosed_last_field.csv") == ["v2", "v3"]
    assert corpus.raw("sales/unclosed_last_field.csv", 1) == 'v1,2026-01-01,1,"1'


def test_a_quote_inside_a_field_is_text(corpus: Corpus) -> None:
    assert corpus.accepted("sales/inches.csv") == ['5" pipe', '6" pipe', "i3"]


def test_a_field_of_ten_megabytes_is_a_field(corpus: Corpus) -> None:
    assert [len(key) for key in corpus.accepted("sales/huge.csv")] == [10 << 20, 5]


def test_nul_bytes_end_nothing(corpus: Corpus) -> None:
    assert corpus.accepted("sales/nul.csv") == ["a\0b", "z3"]
    assert corpus.rejected("sales/nul.csv") == [(2, "1 columns instead of 4")]


def test_a_second_run_over_bad_files_commits_nothing(corpus: Corpus) -> None:
    before = corpus.shop.snapshots()
    corpus.shop.run()
    assert corpus.shop.snapshots() == before
