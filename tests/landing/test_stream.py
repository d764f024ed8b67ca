"""Bytes of a landed file as UTF-8, whatever they were packed and encoded in."""

from __future__ import annotations

import gzip

import pytest

from tests.landed import GOOD, HEADER
from tests.landing.corpus import Corpus
from tests.shop import MiniShop
from tests.tables import sale_ids

PACKED = gzip.compress(HEADER + b"".join(b"gz%d,2026-01-01,1,1\n" % n for n in range(20_000)))
DAMAGED = bytearray(gzip.compress(HEADER + b"".join(b"dz%d,2026-01-01,1,1\n" % n for n in range(20_000))))
DAMAGED[20_000:20_040] = b"\xff" * 40
FILES: dict[str, bytes] = {
    "sales/truncated.csv.gz": PACKED[:-2000],
    "sales/damaged.csv.gz": bytes(DAMAGED),
    "sales/two_members.csv.gz": gzip.compress(HEADER + b"m1,2026-01-01,1,1\n") + gzip.compress(b"m2,2026-01-01,1,1\n"),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("gzip"), FILES)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    corpus.assert_conserved("silver.sales")


def test_what_a_gzip_that_was_cut_off_still_holds_is_kept_and_the_break_is_named(corpus: Corpus) -> None:
    reasons = " ".join(reason for _, reason in corpus.rejected("sales/truncated.csv.gz"))
    assert "the gzip stream ends too early" in reasons
    assert len(corpus.accepted("sales/truncated.csv.gz")) > 1000


def test_of_a_gzip_that_is_damaged_nothing_comes_in(corpus: Corpus) -> None:
    assert "the gzip stream is damaged" in str(corpus.blocked("sales/damaged.csv.gz"))
    assert corpus.accepted("sales/damaged.csv.gz") == []


def test_gzip_members_one_after_the_other_are_one_file(corpus: Corpus) -> None:
    assert corpus.accepted("sales/two_members.csv.gz") == ["m1", "m2"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_a_feed_in_another_encoding_is_read(shop: MiniShop, encoding: str) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\ncsv: {{encoding: {encoding}}}\n")
    shop.land("sales/a.csv", "id,day,qty,amount\ncafé,2026-01-01,1,1\n".encode(encoding))
    assert shop.run().ok
    assert sale_ids(shop) == ["café"]


@pytest.mark.parametrize("data", [b"\xff\xfei\x00d\x00,", "id,day,qty,amount\n\ud800,2026-01-01,1,1\n"])
def test_a_file_that_is_not_in_its_encoding_is_blocked_or_its_lines_are_quarantined(
    shop: MiniShop, data: bytes | str
) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ncsv: {encoding: utf-16}\n")
    raw = data if isinstance(data, bytes) else data.encode("utf-16", errors="surrogatepass")
    shop.land("sales/bad.csv", raw)
    shop.land("sales/good.csv", GOOD.decode().encode("utf-16"))
    report = shop.run()
    assert sale_ids(shop) == ["1"]
    assert report.feeds[1].blocked or shop.rows("silver.quarantine")
