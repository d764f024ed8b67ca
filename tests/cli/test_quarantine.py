"""Rejected rows on the command line: counted, shown whole, replayed once fixed, discarded."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
import typer

from marketpulse.people import audit
from marketpulse.run.opening import reading
from marketpulse.silver import quarantine
from marketpulse.silver.quarantine import Filter
from tests.cli.conftest import Typed
from tests.command import is_killed
from tests.shop import MiniShop
from tests.tables import everything


@pytest.fixture
def dirty(shop: MiniShop) -> MiniShop:
    """A shop with two rejected rows: one of a rule, one of a type."""
    rows = [f"{number},2026-01-01,1,1" for number in range(8)]
    shop.land_sales("2026-01-01", *rows, "a,2026-01-01,0,1", "b,2026-01-01,many,1")
    assert shop.run().ok
    return shop


def said(typed: Typed, *arguments: str) -> Any:
    found = typed("quarantine", *arguments, "--json")
    assert (found.returncode, found.stderr) == (0, "")
    return json.loads(found.stdout)


def test_rows_are_counted_by_reason_and_shown_with_their_record(dirty: MiniShop, typed: Typed) -> None:
    assert {row["reason"]: row["rows"] for row in said(typed, "list")} == {"nothing was sold": 1, "qty is not a int": 1}
    (masked,) = said(typed, "show", "--rule", "type")
    assert ("raw_record" in masked, len(masked["record_key"])) == (False, 64)
    (shown,) = said(typed, "show", "--rule", "type", "--role", "steward")
    assert json.loads(shown["raw_record"])["qty"] == "many"
    text = typed("quarantine", "show", "--rule", "type").stdout
    assert ("many" in text, "--role steward" in text) == (False, True)
    assert ("- type: qty is not a int" in text, "there are more" in text) == (True, False)
    assert "these are the newest 1, and there are more" in typed("quarantine", "show", "--limit", "1").stdout
    assert "sales/ingest_date=2026-01-01/sales.csv, record 10" in text


def test_what_was_fixed_is_replayed_and_what_is_discarded_is_closed(dirty: MiniShop, typed: Typed) -> None:
    dirty.edit("silver/sales/contract.yaml", "qty <> 0", "qty >= 0")
    (dry,) = said(typed, "replay", "--dry-run")
    (done,) = said(typed, "replay")
    assert dry == done
    assert (done["tried"], done["passed"], done["failed"]) == (2, 1, 1)
    assert typed("quarantine", "discard", "--rule", "type", "--yes").returncode == 0
    assert {(row["status"], row["rows"]) for row in said(typed, "list", "--status", "all")} == {
        ("replayed", 1),
        ("discarded", 1),
    }


NAMES = [
    ("--table", "silver.sale", "did you mean silver.sales?"),
    ("--table", "nope", "known: silver.clicks, silver.quarantine, silver.sales"),
    ("--source", "sale", "did you mean sales?"),
    ("--rule", "qty_not_zeroo", "did you mean qty_not_zero?"),
    ("--status", "opened", "one of open, replayed, discarded, all"),
]


def test_a_name_that_is_not_there_is_no_empty_answer(dirty: MiniShop, typed: Typed) -> None:
    asked = [(command, *each) for command in ("list", "show") for each in NAMES]
    asked += [(command, *each) for command in ("replay", "discard", "reopen") for each in NAMES[:1]]
    for command, option, name, hint in asked:
        found = typed("quarantine", command, option, name)
        assert (found.returncode, f" hint {hint}" in found.stderr) == (2, True), (command, found.stderr)


def test_rows_of_a_table_that_is_not_defined_any_more_are_found(dirty: MiniShop, typed: Typed) -> None:
    for name in ("silver/sales", "gold/agg_daily", "gold/mart_total"):
        for file in (dirty.project_dir / name).iterdir():
            file.unlink()
    found = said(typed, "list", "--table", "silver.sales", "--rule", "qty_not_zero")
    assert [row["reason"] for row in found] == ["nothing was sold"]
    told = typed("status").stdout
    assert "warning silver.sales is not defined any more: no run builds it" in told
    assert "bronze.sales is not defined" not in told
    assert "silver.quarantine is not defined" not in told
    assert "the project has no headlines" in typed("headlines").stdout


def test_a_discard_that_was_said_yes_to_is_of_the_rows_that_were_there(
    dirty: MiniShop, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(asked: str) -> bool:
        assert asked == "Discard 2 rows?"
        dirty.land_sales("2026-01-02", *[f"x{n},2026-01-02,1,1" for n in range(9)], "c,2026-01-02,0,1")
        dirty.run()
        with dirty.open() as context:
            quarantine.discard(context, Filter(rule="type"))
        return True

    monkeypatch.setattr(typer, "confirm", meanwhile)
    found = typed("quarantine", "discard", "--table", "silver.sales")
    told = "these are as many rows, 2, but not all the same ones by now: nothing was changed"
    assert (found.returncode, told in " ".join(found.stderr.split())) == (2, True)
    assert len(said(typed, "show")) == 2
    monkeypatch.setattr(typer, "confirm", lambda _: True)
    assert typed("quarantine", "discard", "--table", "silver.sales").returncode == 0
    assert said(typed, "show") == []


DEEDS = {
    "discard": ("quarantine", "discard", "--rule", "type", "--yes"),
    "replay": ("quarantine", "replay"),
    "fix": ("quarantine", "fix"),
}
MOMENTS = [(1, "inside"), (1, "after"), (2, "after")]


@pytest.mark.parametrize("deed", DEEDS)
def test_what_was_killed_is_done_once_when_it_is_said_again(dirty: MiniShop, typed: Typed, deed: str) -> None:
    written = typed("quarantine", "export", "--source", "sales", "--role", "steward").stdout
    (dirty.root / "rows.csv").write_text(written.replace(",many,", ",7,").replace(",0,", ",8,"))
    dirty.edit("silver/sales/contract.yaml", "qty <> 0", "qty >= 0")
    words = [*DEEDS[deed], *([str(dirty.root / "rows.csv")] if deed == "fix" else [])]
    kept = dirty.root / "kept"
    shutil.copytree(dirty.settings.local, kept)
    assert typed(*words).returncode == 0
    assert dirty.run().ok
    expected, killed = _lasting(dirty), 0
    for number, moment in MOMENTS:
        for file in dirty.landing.rglob("*.fixed-*"):
            file.unlink()
        shutil.rmtree(dirty.settings.local)
        shutil.copytree(kept, dirty.settings.local)
        killed += is_killed(dirty, number, moment, *words)
        assert typed(*words).returncode in (0, 2)  # 2: it was done, and its rows are not open any more
        assert dirty.run().ok
        assert _lasting(dirty) == expected, (number, moment)
        with reading(dirty.settings) as context:
            assert deed in {entry.action for entry in audit.trail(context)}
    assert killed >= 2


def _lasting(shop: MiniShop) -> dict[str, Any]:
    """What is there, but for how often a row was tried."""
    found = everything(shop)
    found["silver.quarantine"] = [row[:9] + row[-1:] for row in found["silver.quarantine"]]
    return found
