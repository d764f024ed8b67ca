"""A landed file as records: which columns it has by its header, and files that have no record at all."""

from __future__ import annotations

import gzip

import pytest

from tests.landed import HEADER
from tests.landing.corpus import Corpus

FILES: dict[str, bytes] = {
    "sales/twice.csv": b"id,day,qty,qty\nt1,2026-01-01,1,1\n",
    "sales/twice_in_snake.csv": b"id,day,Unit Qty,unit_qty\nt1,2026-01-01,1,1\n",
    "sales/reordered.csv": b"amount,qty,day,id\n1,2,2026-01-01,r1\n",
    "sales/empty.csv": b"",
    "sales/blank.csv": b"\n\n \n",
    "sales/header_only.csv": HEADER,
    "sales/empty.csv.gz": gzip.compress(b""),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("records"), FILES)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    corpus.assert_conserved("silver.sales")


@pytest.mark.parametrize(("name", "column"), [("twice", "qty"), ("twice_in_snake", "unit_qty")])
def test_a_header_that_names_a_column_twice_blocks_the_file(corpus: Corpus, name: str, column: str) -> None:
    assert corpus.blocked(f"sales/{name}.csv") == f"the header names {column} twice"
    assert corpus.records(f"sales/{name}.csv") == 0


def test_columns_are_found_by_name_in_any_order(corpus: Corpus) -> None:
    assert corpus.accepted("sales/reordered.csv") == ["r1"]


def test_a_header_of_blanks_is_none_with_the_required_columns(corpus: Corpus) -> None:
    assert corpus.blocked("sales/blank.csv") == "the required columns id, day are missing"


@pytest.mark.parametrize("name", ["empty.csv", "header_only.csv", "empty.csv.gz"])
def test_a_file_without_records_is_done_with(corpus: Corpus, name: str) -> None:
    assert corpus.records(f"sales/{name}") == 0
    assert corpus.blocked(f"sales/{name}") is None
