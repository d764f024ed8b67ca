"""Checks of silver: what is no value of its type, what the sentences say, and when there are too many."""

from __future__ import annotations

import json

import pytest

from marketpulse.errors import GateError
from marketpulse.silver.checks import share_gate
from tests.landing.corpus import Corpus, lines
from tests.shop import MiniShop, contract, result

AMOUNTS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e3", "0x10", "1_000", "99999999999999.99999", "1.00005"]
COUNTS = ["NaN", "inf", "1e400", "2147483648", "-2147483648", "-3", "0", "1.5", "+7", " 8 ", "9.0"]
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
    assert corpus.accepted("sales/amounts.csv") == ["amount-1e3"]
    assert {reason for _, reason in corpus.rejected("sales/amounts.csv")} == {"amount is not a decimal(18,4)"}


def test_counts_out_of_range_or_not_whole_are_quarantined(corpus: Corpus) -> None:
    assert corpus.accepted("sales/counts.csv") == ["qty--2147483648", "qty--3", "qty-+7", "qty- 8 ", "qty-9.0"]
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


@pytest.mark.engines
@pytest.mark.parametrize(("columns", "rules"), [(40, 0), (3, 200)])
def test_a_row_is_told_every_reason_however_many_checks_there_are(shop: MiniShop, columns: int, rules: int) -> None:
    names = [f"n{number}" for number in range(columns)]
    checks = "\n      - ".join(
        f"{{name: above_{number}, type: custom, implementation: n0 > {number}, severity: quarantine,"
        f" description: r{number}}}"
        for number in range(rules)
    )
    text = contract(
        "silver.sales",
        [("id", "string", "key"), *((name, "int", "required") for name in names)],
        "{property: merge, value: {policy: latest}}\n  - {property: rejectedShareLimit, value: 1}",
        checks,
    )
    shop.write("silver/sales/contract.yaml", text)
    shop.write("silver/sales/from_sales.sql", f"select id, {', '.join(names)} from bronze.sales\n")
    shop.write("sources/sales.yaml", "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\n")
    rows = ["good," + ",".join(["1000"] * columns), "bad," + ",".join(["100", *["x"] * (columns - 1)])]
    shop.land("sales/a.csv", "\n".join([f"id,{','.join(names)}", *rows]) + "\n")
    report = result(shop.run("silver.sales"), "silver.sales")
    assert (report.status, report.rows) == ("built", 1)
    (reasons,) = [json.loads(row[8]) for row in shop.rows("silver.quarantine")]
    wanted = [f"{name} is not a int" for name in names[1:]] + [f"r{number}" for number in range(100, rules)]
    assert [reason["message"] for reason in reasons] == wanted
