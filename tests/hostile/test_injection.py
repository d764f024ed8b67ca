"""SQL, shell and paths where data belongs: in values, column names and file names they are only text."""

from __future__ import annotations

import pytest

from tests.landed import HEADER
from tests.landing.corpus import Corpus, lines

INJECTION = "'; drop table silver.sales; --"
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


FILES: dict[str, bytes] = {
    "sales/tricks.csv": lines('"{0}",2026-01-01,1,1', TRICKS),
    "sales/headers.csv": HEADERS + b"w1,2026-01-01,1,1,a,b,c,d,e,f,g\n",
    "sales/'; drop table sales; --.csv": HEADER + b"f1,2026-01-01,1,1\n",
    "sales/new\nline {table} \u00fc %2F.csv": HEADER + b"f2,2026-01-01,1,1\n",
    "sales/glob[ab]*?.csv": HEADER + b"f3,2026-01-01,1,1\n",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("injection"), FILES)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    corpus.assert_conserved("silver.sales")


def test_tricks_in_values_are_values(corpus: Corpus) -> None:
    assert corpus.accepted("sales/tricks.csv")[0] == INJECTION
    assert len(corpus.accepted("sales/tricks.csv")) == 8


def test_tricks_in_header_names_become_column_names(corpus: Corpus) -> None:
    with corpus.shop.open() as context:
        columns = set(context.lake.find("bronze.sales").types)
    assert {"drop_table_x", "up", "table", "ingest_id", "名", "a_b", "select"} <= columns
    assert corpus.accepted("sales/headers.csv") == ["w1"]


def test_tricks_in_file_names_are_file_names(corpus: Corpus) -> None:
    names = ["sales/'; drop table sales; --.csv", "sales/new\nline {table} \u00fc %2F.csv", "sales/glob[ab]*?.csv"]
    assert [corpus.accepted(name) for name in names] == [["f1"], ["f2"], ["f3"]]
