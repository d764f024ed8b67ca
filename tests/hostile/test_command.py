"""What a person can get wrong on the command line: a sentence, a hint, and the right exit code."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.settings import load_settings
from tests.hostile.command import marketpulse
from tests.shop import MiniShop


def said(found: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    assert "Traceback" not in found.stderr
    return found.returncode, found.stderr


def test_a_run_ends_with_0_a_gate_with_1_and_wrong_usage_with_2(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    assert said(marketpulse(shop, "run"))[0] == 0
    shop.land("sales/bad.csv", "id,qty\n1,1\n")
    assert said(marketpulse(shop, "run"))[0] == 1
    code, text = said(marketpulse(shop, "run", "--select", "gold.agg_dayly"))
    assert (code, "did you mean gold.agg_daily?" in text) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["run"], {"MARKETPULSE_THREDS": "3"}, "unknown setting 'threds' in the environment"),
        (["run"], {"MARKETPULSE_THREADS": "many"}, "setting threads in the environment is 'many'"),
        (["run"], {"MARKETPULSE_ENGINE": "abacus"}, "unknown engine 'abacus'"),
        (["run", "--project", "nowhere"], {}, "there is no project folder nowhere"),
        (["query", "drop table silver.sales"], {}, "read-only"),
        (["quarantine", "list", "--status", "lost"], {}, "unknown status 'lost'"),
    ],
)
def test_wrong_usage_is_one_sentence(
    shop: MiniShop, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    shop.run("silver.quarantine")
    code, text = said(marketpulse(shop, *arguments, **environment))
    assert (code, words in text) == (2, True), text


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        ("sources/sales.yaml", "format: csv", "format: [csv", "sales.yaml:"),
        ("sources/sales.yaml", "format: csv", "format: xls", "sales.yaml:4"),
        ("sources/sales.yaml", "format: csv", "format: csv\nformal: csv", "formal"),
        ("silver/sales/contract.yaml", "physicalType: 'int'", "physicalType: 'number'", "unknown type 'number'"),
        ("silver/sales/contract.yaml", "severity: quarantine", "severity: shrug", "contract.yaml:"),
        ("silver/sales/from_sales.sql", "select id", "selct id", "from_sales.sql"),
        ("silver/sales/from_sales.sql", "amount from", "amount, 1 as more from", "adds more"),
        ("gold/agg_daily/model.sql", "silver.sales", "silver.sale", "silver.sale"),
        ("gold/agg_daily/contract.yaml", "column: day", "column: date", "agg_daily"),
        ("gold/agg_daily/contract.yaml", "column: day", "column: day, apart: shop", "silver.sales has no column shop"),
    ],
)
def test_a_wrong_definition_names_its_file(shop: MiniShop, path: str, old: str, new: str, words: str) -> None:
    shop.edit(path, old, new)
    with pytest.raises(DefinitionError) as caught:
        shop.project()
    assert words in str(caught.value)


def test_a_plan_makes_nothing_where_there_is_no_warehouse_yet(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    found = marketpulse(shop, "plan", "--json")
    assert said(found)[0] == 0
    assert {row["table"]: row["reason"] for row in json.loads(found.stdout)}["silver.sales"] == "after bronze.sales"
    assert not Path(shop.settings.warehouse).exists()


def test_an_unknown_argument_is_no_setting() -> None:
    with pytest.raises(UsageError, match="unknown setting 'lading'"):
        load_settings(lading="x")


def test_a_strict_run_refuses_a_rebuild_nobody_asked_for(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    before = shop.snapshots(runs=False)
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "sum(qty + 0)")
    with pytest.raises(UsageError, match="would be rebuilt: the model changed"):
        shop.run(strict=True)
    assert shop.snapshots(runs=False) == before
    assert shop.run(full_refresh=True, strict=True).ok
