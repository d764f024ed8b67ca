"""Checks of silver: what is no value of its type, what the sentences say, and when there are too many."""

from __future__ import annotations

import pytest

from marketpulse.errors import GateError
from marketpulse.silver.checks import share_gate
from tests.landing.corpus import Corpus, lines
from tests.shop import MiniShop

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


FILES: dict[str, bytes] = {
    "sales/amounts.csv": lines("amount-{0},2026-01-01,1,{0}", AMOUNTS),
    "sales/counts.csv": lines("qty-{0},2026-01-01,{0},1", COUNTS),
    "sales/days.csv": lines("day-{0},{0},1,1", DAYS),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("rules"), FILES)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    corpus.assert_conserved("silver.sales")


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


@pytest.mark.parametrize(
    ("read", "rejected", "blocked"), [(0, 0, False), (100, 20, False), (100, 21, True), (8, 5, False), (3, 3, True)]
)
def test_too_large_a_share_blocks_and_a_handful_does_not_unless_it_is_all(
    shop: MiniShop, read: int, rejected: int, blocked: bool
) -> None:
    contract = shop.project().table("silver.sales").contract
    if not blocked:
        share_gate(contract, "sales", read, rejected, {"odd": rejected})
        return
    with pytest.raises(GateError, match=f"{rejected} of {read} rows of sales would be quarantined"):
        share_gate(contract, "sales", read, rejected, {"odd": rejected})
