"""Damaged, odd and malicious CSV: the good rows go through, the bad ones stay readable, nothing is lost."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from tests.hostile.corpus import HEADER, Corpus
from tests.shop import result

TEN_MB = b"x" * (10 << 20)
PACKED = gzip.compress(HEADER + b"".join(b"gz%d,2026-01-01,1,1\n" % n for n in range(20_000)))
DAMAGED = bytearray(gzip.compress(HEADER + b"".join(b"dz%d,2026-01-01,1,1\n" % n for n in range(20_000))))
DAMAGED[20_000:20_040] = b"\xff" * 40
INJECTION = "'; drop table silver.sales; --"

AMOUNTS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e3", "0x10", "1_000", "99999999999999.99999", "1.00005"]
COUNTS = ["NaN", "inf", "1e400", "2147483648", "-2147483648", "-3", "0", "1.5", "+7", " 8 "]
DAYS = [
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "10000-01-01",
    "0000-01-01",
    "-0044-03-15",
    "infinity",
    "epoch",
    "2026-13-01",
    "today",
]
TRICKS = [
    INJECTION,
    "../../etc/passwd",
    "{table}",
    "$(rm -rf /)",
    "=cmd|' /C calc'!A0",
    "\u202eevil",
    "\U0001f480",
    "%2e",
]
HEADERS = 'id,day,qty,amount,"\'; drop table x; --",../../up,{table},_ingest_id,名,"a\nb",select\n'.encode()


def lines(record: str, values: list[str]) -> bytes:
    return HEADER + "".join(record.format(value) + "\n" for value in values).encode()


FILES: dict[str, bytes] = {
    "sales/truncated.csv.gz": PACKED[:-2000],
    "sales/damaged.csv.gz": bytes(DAMAGED),
    "sales/two_members.csv.gz": gzip.compress(HEADER + b"m1,2026-01-01,1,1\n") + gzip.compress(b"m2,2026-01-01,1,1\n"),
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
    "sales/twice.csv": b"id,day,qty,qty\nt1,2026-01-01,1,1\n",
    "sales/twice_in_snake.csv": b"id,day,Unit Qty,unit_qty\nt1,2026-01-01,1,1\n",
    "sales/reordered.csv": b"amount,qty,day,id\n1,2,2026-01-01,r1\n",
    "sales/empty.csv": b"",
    "sales/blank.csv": b"\n\n \n",
    "sales/header_only.csv": HEADER,
    "sales/empty.csv.gz": gzip.compress(b""),
    "sales/amounts.csv": lines("amount-{0},2026-01-01,1,{0}", AMOUNTS),
    "sales/counts.csv": lines("qty-{0},2026-01-01,{0},1", COUNTS),
    "sales/days.csv": lines("day-{0},{0},1,1", DAYS),
    "sales/tricks.csv": lines('"{0}",2026-01-01,1,1', TRICKS),
    "sales/headers.csv": HEADERS + b"w1,2026-01-01,1,1,a,b,c,d,e,f,g\n",
    "sales/'; drop table sales; --.csv": HEADER + b"f1,2026-01-01,1,1\n",
    "sales/new\nline {table} \u00fc %2F.csv": HEADER + b"f2,2026-01-01,1,1\n",
    "sales/glob[ab]*?.csv": HEADER + b"f3,2026-01-01,1,1\n",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("csv"), FILES)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    counts = result(corpus.report, "silver.sales").feeds[0]
    assert counts.conserved
    assert counts.read == sum(corpus.records(name) for name in FILES)
    for name in FILES:
        assert corpus.records(name) == len(corpus.accepted(name)) + len(corpus.rejected(name)), name


@pytest.mark.parametrize("name", ["truncated", "damaged"])
def test_what_a_broken_gzip_still_holds_is_kept_and_the_break_is_named(corpus: Corpus, name: str) -> None:
    file = f"sales/{name}.csv.gz"
    reasons = " ".join(reason for _, reason in corpus.rejected(file))
    assert "the gzip stream" in reasons
    assert len(corpus.accepted(file)) > 1000


def test_gzip_members_one_after_the_other_are_one_file(corpus: Corpus) -> None:
    assert corpus.accepted("sales/two_members.csv.gz") == ["m1", "m2"]


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


@pytest.mark.parametrize(("name", "column"), [("twice", "qty"), ("twice_in_snake", "unit_qty")])
def test_a_header_that_names_a_column_twice_blocks_the_file(corpus: Corpus, name: str, column: str) -> None:
    assert corpus.blocked(f"sales/{name}.csv") == f"the header names {column} twice"
    assert corpus.records(f"sales/{name}.csv") == 0


def test_columns_are_found_by_name_in_any_order(corpus: Corpus) -> None:
    assert corpus.accepted("sales/reordered.csv") == ["r1"]


@pytest.mark.parametrize("name", ["empty.csv", "header_only.csv", "empty.csv.gz"])
def test_a_file_without_records_is_done_with(corpus: Corpus, name: str) -> None:
    assert corpus.records(f"sales/{name}") == 0
    assert corpus.blocked(f"sales/{name}") is None


def test_amounts_that_are_no_numbers_are_quarantined(corpus: Corpus) -> None:
    assert corpus.accepted("sales/amounts.csv") == ["amount-1e3", "amount-1.00005"]
    assert {reason for _, reason in corpus.rejected("sales/amounts.csv")} == {"amount is not a decimal(18,4)"}


def test_counts_out_of_range_or_not_whole_are_quarantined(corpus: Corpus) -> None:
    assert corpus.accepted("sales/counts.csv") == ["qty--2147483648", "qty--3", "qty-+7", "qty- 8 "]
    assert (7, "nothing was sold") in corpus.rejected("sales/counts.csv")
    assert (8, "qty is not a int") in corpus.rejected("sales/counts.csv")


def test_days_are_days_of_the_calendar(corpus: Corpus) -> None:
    assert corpus.accepted("sales/days.csv") == ["day-0001-01-01", "day-9999-12-31"]
    assert {reason.split(";")[0] for _, reason in corpus.rejected("sales/days.csv")} == {"day is not a date"}


def test_tricks_in_values_are_values(corpus: Corpus) -> None:
    assert corpus.accepted("sales/tricks.csv")[0] == INJECTION
    assert len(corpus.accepted("sales/tricks.csv")) == 8


def test_tricks_in_header_names_become_column_names(corpus: Corpus) -> None:
    with corpus.shop.open() as context:
        columns = set(context.lake.find("bronze.sales").types)
    assert {"drop_table_x", "up", "table", "ingest_id", "column_9", "a_b", "select"} <= columns
    assert corpus.accepted("sales/headers.csv") == ["w1"]


def test_tricks_in_file_names_are_file_names(corpus: Corpus) -> None:
    names = ["sales/'; drop table sales; --.csv", "sales/new\nline {table} \u00fc %2F.csv", "sales/glob[ab]*?.csv"]
    assert [corpus.accepted(name) for name in names] == [["f1"], ["f2"], ["f3"]]


def test_quarantine_keeps_the_whole_record(corpus: Corpus) -> None:
    record = json.loads(corpus.raw("sales/counts.csv", 8))
    assert record["id"] == "qty-1.5"
    assert record["qty"] == "1.5"


def test_a_second_run_over_bad_files_commits_nothing(corpus: Corpus) -> None:
    before = corpus.shop.snapshots(runs=False)
    corpus.shop.run()
    assert corpus.shop.snapshots(runs=False) == before
