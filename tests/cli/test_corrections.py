"""What was delivered is corrected on the command line."""

from __future__ import annotations

import json

from tests.cli.conftest import Typed
from tests.shop import MiniShop

LIMIT = "{property: rejectedShareLimit, value: 1}"
NAME = "sales/ingest_date=2026-01-02/sales.csv"


def test_a_delivery_is_forgotten_and_what_is_built_from_it_is_built(shop: MiniShop, typed: Typed) -> None:
    shop.land_sales("2026-01-01", "a,2026-01-01,1,1")
    shop.run()
    shop.land_sales("2026-01-02", "a,2026-01-01,2,1", "b,2026-01-01,2,1", "c,2026-01-01,many,1")
    shop.edit("silver/sales/contract.yaml", "customProperties:\n", f"customProperties:\n  - {LIMIT}\n")
    shop.run()
    assert len(shop.rows("silver.quarantine")) == 1
    assert typed("forget", NAME, "--reason", " ", "--yes").returncode == 2
    done = typed("forget", NAME, "--reason", "of another shop", "--yes", "--json", MARKETPULSE_LOG="json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr.splitlines()[-1])["event"] == "run finished"
    assert {table["name"]: table["status"] for table in json.loads(done.stdout)["tables"]}["gold.agg_daily"] == "built"
    assert [row[:3:2] for row in shop.rows("silver.sales")] == [("a", 1)]
    assert shop.rows("silver.quarantine") == []
    seen = typed("query", "select count(*) as n from silver.quarantine", "--format", "csv")
    assert seen.stdout == "n\n0\n", seen.stderr
    again = typed("forget", NAME, "--reason", "of another shop", "--yes")
    assert (again.returncode, "was taken back already, 20" in again.stderr) == (2, True), again.stderr
    assert "of another shop" in again.stderr


def test_rejected_rows_are_written_corrected_and_landed_again(shop: MiniShop, typed: Typed) -> None:
    shop.land_sales("2026-01-01", *[f"{number},2026-01-01,1,1" for number in range(9)], "a,2026-01-01,many,1")
    shop.run()
    file = shop.root / "rows.csv"
    steward = ("--role", "steward")
    refused = typed("quarantine", "export", "--source", "sales", "--output", str(file))
    assert (refused.returncode, "for stewards" in refused.stderr, file.exists()) == (2, True, False)
    assert typed("quarantine", "export", "--source", "sales", "--output", str(file), *steward).returncode == 0
    assert typed("quarantine", "export", "--source", "sales", *steward).stdout == file.read_text(encoding="utf-8")
    kept = [(each["action"], each["what"]) for each in json.loads(typed("audit", "--json").stdout)]
    assert kept == [("export rejected", {"rows": {"sales": 1}})] * 2  # the refused one gave nothing out
    file.write_text(file.read_text(encoding="utf-8").replace("many", "4"), encoding="utf-8")
    done = typed("quarantine", "fix", str(file))
    assert (done.returncode, "1 rows closed; next: marketpulse run" in done.stdout) == (0, True), done.stderr
    shop.run()
    assert ("a", 4) in [row[:3:2] for row in shop.rows("silver.sales")]
    assert "not open in quarantine" in typed("quarantine", "fix", str(file)).stderr
    assert typed("quarantine", "fix", "nowhere.csv").returncode == 2
