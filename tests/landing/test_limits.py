"""What is too large is told of its record or its file; the rest goes through, and so does the next run."""

from __future__ import annotations

import gzip

import pytest

from tests.landed import GOOD, HEADER
from tests.landing.corpus import Corpus
from tests.shop import MiniShop
from tests.tables import sale_ids

CLICK = '{{"id":"{}","ts":"2026-01-01T00:00:01Z"}}'
MANY = ",".join(CLICK.format(f"b{n}") for n in range(400))
LONG = b"x" * (9 << 20)
FILES: dict[str, bytes] = {
    "clicks/bomb.json": f'{{"pad":"{"x" * 500_000}","batch":[{MANY}]}}\n{CLICK.format("bomb2")}\n'.encode(),
    "clicks/long.json": b'{"id":"' + LONG + b'"}\n' + CLICK.format("long2").encode(),
    "clicks/last.json": CLICK.format("last1").encode() + b"\n" + b'{"id":"' + LONG,
    "sales/long.csv": HEADER + LONG + b",2026-01-01,1,1\nlong2,2026-01-01,1,1\n",
    "sales/quoted.csv": HEADER + b'"q1,2026-01-01,1,1\n' + (b"y" * 99_999 + b"\n") * 90 + b"q2,2026-01-01,1,1\n",
    "sales/packed.csv.gz": gzip.compress(HEADER + LONG + b",2026-01-01,1,1\npacked2,2026-01-01,1,1\n"),
}
TOO_LONG = "the line has {:,} bytes, more than the 8 MB of record_mb"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("limits"), FILES, record_mb=8)


@pytest.mark.parametrize(
    ("file", "row", "reason", "others"),
    [
        ("clicks/bomb.json", 1, "400 records would carry 500010 bytes of envelope each, more than the 8 MB", ["bomb2"]),
        ("clicks/long.json", 1, TOO_LONG.format(len(LONG) + 9).replace("line", "record"), ["long2"]),
        ("clicks/last.json", 2, TOO_LONG.format(len(LONG) + 7), ["last1"]),
        ("sales/long.csv", 1, TOO_LONG.format(len(LONG) + 16), ["long2"]),
        ("sales/packed.csv.gz", 1, TOO_LONG.format(len(LONG) + 16), ["packed2"]),
    ],
)
def test_a_record_that_is_too_large_is_that_records_problem(
    corpus: Corpus, file: str, row: int, reason: str, others: list[str]
) -> None:
    ((found, told),) = corpus.rejected(file)
    assert (found, told.startswith(reason)) == (row, True), told
    assert corpus.accepted(file) == others


def test_a_quote_that_is_never_closed_costs_no_more_than_its_line(corpus: Corpus) -> None:
    assert corpus.accepted("sales/quoted.csv") == ["q2"]
    assert len(corpus.rejected("sales/quoted.csv")) == 91


def test_of_a_line_that_is_too_long_its_start_is_kept_to_know_it_by(corpus: Corpus) -> None:
    records = [row[list(corpus.shop.project().table("silver.quarantine").contract.types).index("raw_record")]
               for row in corpus.shop.rows("silver.quarantine")]  # fmt: skip
    assert sum(record.startswith("xxxx") and len(record) == 1_000 for record in records) == 2


def test_a_file_that_unpacks_to_more_than_it_may_is_left_out_and_leaves_nothing_behind(shop: MiniShop) -> None:
    rows = b"".join(b"%d,2026-01-01,1,1\n" % n for n in range(500_000))
    bombs = {
        "sales/line.csv.gz": HEADER + LONG,
        "sales/header.csv.gz": LONG,
        "sales/rows.csv.gz": HEADER + rows,
        "clicks/lines.json.gz": (CLICK.format(1) + "\n").encode() * 250_000,
    }
    for name, data in bombs.items():
        shop.land(name, gzip.compress(data, 1))
    shop.land("sales/good.csv", GOOD)
    for _ in range(2):
        report = shop.run(unpacked_mb=8)
        told = [each for feed in report.feeds for each in feed.blocked]
        assert {each["file"] for each in told} == bombs.keys()
        assert {each["message"] for each in told} == {"it unpacks to more than the 8 MB of unpacked_mb"}
        assert sale_ids(shop) == ["1"]
    assert len(list(shop.settings.warehouse.glob("bronze/[sc]*s/data/**/*.parquet"))) == 1
    shop.land("sales/rows.csv.gz", gzip.compress(HEADER + rows[: rows.index(b"\n") + 1]))
    assert shop.run().feeds[1].files == 2  # as usual, one of long lines may come in, too


def test_a_header_that_is_none_is_told_in_few_words(shop: MiniShop) -> None:
    shop.land("sales/wide.csv", ",".join(["id", "day", *(f"c{n}" for n in range(4_999))]) + "\n")
    shop.land("sales/name.csv", "x" * 1_001 + "\n1\n")
    shop.land("sales/good.csv", GOOD)
    assert [each["message"] for each in shop.run().feeds[1].blocked] == [
        "the name of a column has 1,001 characters, more than 1,000",
        "the header has 5,001 columns, more than 5,000",
    ]
    assert sale_ids(shop) == ["1"]


def test_no_line_of_one_character_takes_more_than_its_record(shop: MiniShop) -> None:
    for number, each in enumerate((b"1,", b"\r", b'"', b'","')):
        shop.land(f"sales/odd{number}.csv", HEADER + each * 500_000 + b"\n%d,2026-01-01,1,1\n" % number)
    assert {each["message"] for each in shop.run().feeds[1].blocked} <= set()
    assert sale_ids(shop) == ["0", "1", "2", "3"]
