"""`marketpulse runs`: what a person sees at three in the morning."""

from __future__ import annotations

import json

from marketpulse.run import locks
from tests.command import marketpulse
from tests.shop import MiniShop


def said(shop: MiniShop, *arguments: str) -> list[str]:
    """Lines of the command on a screen of 80 columns."""
    done = marketpulse(shop, "runs", *arguments, COLUMNS="80", NO_COLOR="1", TERM="dumb")
    assert (done.returncode, done.stderr) == (0, "")
    return [line.rstrip() for line in done.stdout.splitlines()]


def test_runs_are_a_table_that_fits_the_screen(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1.5", "2,2026-01-02,2,2")
    shop.run()
    shop.run()
    shop.land("sales/bad.csv", "id,qty\n1,1\n")
    shop.land_sales("2026-01-02", *[f"x{n},2026-01-01,0,1" for n in range(9)])
    shop.run()
    lines = said(shop)
    assert lines[0] == "Runs, newest first (times in UTC)"
    assert lines[1].split() == ["began", "took", "status", "built,", "and", "what", "went", "wrong"]
    status, told = lines[1].index("status"), lines[1].index("built")  # a slow machine takes a digit more, or less
    assert max(map(len, lines)) <= 80
    assert [line[status : status + 7] for line in lines if line[:2] == "20"] == ["blocked", "done   "]
    text = " ".join(" ".join(line[told:] for line in lines[2:-2]).split())
    assert "bronze.sales: 9 rows sales/bad.csv: the required column day is missing silver.sales: 9 of 9 rows" in text
    assert text.endswith("bronze.sales, silver.sales, gold.agg_daily and 1 more: 7 rows")
    assert lines[-1] == "every word: marketpulse runs --json"


def test_the_last_run_is_asked_for_and_told_whole(shop: MiniShop) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        shop.land_sales(day, f"{day},{day},1,1.5")
        newest = shop.run()
    assert sum(line[:2] == "20" for line in said(shop)) == 2
    (run,) = json.loads("\n".join(said(shop, "--last", "1", "--json")))
    assert (run["run_id"], run["status"], run["reasons"]) == (newest.run_id, "done", [])
    assert {each["name"]: each["rows"] for each in run["tables"]}["silver.sales"] == 1
    assert set(run) == {"run_id", "started_at", "ended_at", "host", "version", "status", "tables", "rows", "reasons"}


def test_a_run_that_runs_and_one_that_was_killed_are_shown_before_the_ledger_has_them(shop: MiniShop) -> None:
    row = {"started_at": "2026-01-01 03:00:00.000000", "ended_at": None, "host": "h", "version": "1", "tables": None}
    row |= {"status": "killed", "rows": None, "reasons": '["the process ended before the run did"]'}
    shop.settings.scratch.mkdir(parents=True)
    (shop.settings.scratch / "dead.lock").write_text(json.dumps(row | {"run_id": "dead"}))
    with locks.hold(shop.settings.scratch, "living") as alive:
        alive.say(row | {"run_id": "living", "started_at": "2026-01-01 04:00:00.000000"})
        lines = said(shop)
    assert [" ".join(line.split()) for line in lines[2:4]] == [
        "2026-01-01 04:00 running",
        "2026-01-01 03:00 killed the process ended before the run did",
    ]


def test_a_warehouse_without_runs_says_so_and_a_missing_one_is_an_error(shop: MiniShop) -> None:
    missing = marketpulse(shop, "runs")
    assert (missing.returncode, "there is no warehouse" in missing.stderr) == (2, True)
    shop.run()
    assert said(shop) == ["no run has done anything yet"]
