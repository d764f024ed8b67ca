"""A warehouse from Python: the calls of the command line, in its words."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import marketpulse
from marketpulse.run.report import FailedRunError
from tests.command import marketpulse as typed
from tests.shop import MiniShop


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What the command line wrote of an error, without its layout."""
    lines = [line.removeprefix("error ").removeprefix(" hint ") for line in done.stderr.splitlines()]
    return " ".join(lines)


def test_a_run_fills_what_is_asked_and_every_surface_has_one_number(
    sold: MiniShop, lake: marketpulse.Lakehouse
) -> None:
    report = lake.run()
    assert report.ok
    assert "gold.fct_lines" in lake.tables()
    (number,) = lake.metric("rows", everything=True).rows()
    (same,) = lake.sql("select count(*) as lines from gold.fct_lines").rows()
    assert number["lines"] == same["lines"] == lake.table("gold.fct_lines").arrow().num_rows == 6
    assert {table.name: table.rows for table in lake.status()}["gold.fct_lines"] == 6
    assert lake.status("gold.fct_lines")[0].rows == 6
    assert [row["status"] for row in lake.quarantine(table="silver.sales").rows()] == ["open"] * 3
    assert lake.quarantine(status="discarded").arrow().column_names[0] == "quarantine_id"
    assert '"lines": 6' in typed(sold, "metric", "lines", "--all", "--json").stdout


def test_a_metric_takes_the_words_of_the_command_line(lake: marketpulse.Lakehouse) -> None:
    lake.run()
    days = {"first_day": date(2026, 3, 1), "last_day": "2026-03-02"}
    found = lake.metric("lines", "pieces", by="size", grain="day", compare="week", share=True, **days)
    assert found.title == "Lines, Pieces by size, 2026-03-01 to 2026-03-02, beside 2026-02-22 to 2026-02-23"
    assert [str(field.type) for field in found.arrow().schema] == [
        "date32[day]", "string", *["int64", "int64", "double", "double"] * 2, "string",
    ]  # fmt: skip
    assert {name: value for name, value in found.rows()[0].items() if value is not None} == {
        "period": date(2026, 3, 1), "size": "small", "lines": 2, "lines_share": 1.0, "pieces": 3, "pieces_share": 1.0,
        "incomplete": "the first day there is, perhaps not whole",
    }  # fmt: skip
    assert "count(*)" in found.query.lower()
    assert any("compared may not be whole" in note for note in found.notes)
    nothing = lake.metric("lines", by=["size"], where="size = 'big'", month="2026-03").arrow()
    assert nothing.column_names == ["size", "lines", "incomplete"]


#: What cannot be asked, and how the command line is asked the same.
REFUSED: list[tuple[Callable[[marketpulse.Lakehouse], object], list[str] | None]] = [
    (lambda lake: lake.metric("lnes"), ["metric", "lnes"]),
    (lambda lake: lake.metric(), None),
    (lambda lake: lake.metric("lines", last="28d", month="2026-03"), None),
    (lambda lake: lake.metric("lines", top=0), None),
    (lambda lake: lake.metric("lines", rolling=4_000), None),
    (lambda lake: lake.sql("select * from gold.agg_dayly").arrow(), ["query", "select * from gold.agg_dayly"]),
    (lambda lake: lake.sql("drop table gold.agg_daily").rows(), ["query", "drop table gold.agg_daily"]),
    (lambda lake: lake.sql("select 1; select 2").arrow(), ["query", "select 1; select 2"]),
    (lambda lake: lake.table("agg_daily"), None),
    (lambda lake: lake.table("gold.agg_daily", as_of="noon").arrow(), None),
    (lambda lake: lake.table("gold.agg_daily", as_of=7).arrow(), None),
    (lambda lake: lake.status("gold.nothing"), ["status", "gold.nothing"]),
    (lambda lake: lake.status("bronze.nothing"), ["status", "bronze.nothing"]),
    (lambda lake: lake.quarantine(rule="none"), ["quarantine", "show", "--rule", "none"]),
    (lambda lake: lake.quarantine(status="lost"), ["quarantine", "show", "--status", "lost"]),
    (lambda _: marketpulse.open(colour="red"), None),
    (lambda _: marketpulse.open("nowhere").tables(), None),
]


def test_what_cannot_be_asked_is_told_in_the_words_of_the_command_line(
    sold: MiniShop, lake: marketpulse.Lakehouse
) -> None:
    lake.run("+gold.agg_daily")
    for asked, command in REFUSED:
        with pytest.raises(marketpulse.Error) as told:
            asked(lake)
        assert told.value.exit_code == 2
        if command:
            words = said(typed(sold, *command))
            assert " ".join(told.value.message.split()) in words
            assert (told.value.hint or "") in words


def test_a_run_that_was_not_whole_raises_and_says_what_was_done(sold: MiniShop, lake: marketpulse.Lakehouse) -> None:
    sold.write("gold/mart_total/model.sql", "select 1 as total_id, nothing as qty, 1 as click_count from silver.sales")
    with pytest.raises(FailedRunError, match=r"gold\.mart_total.*nothing") as told:
        lake.run()
    assert {table.name: table.status for table in told.value.report.tables}["gold.agg_daily"] == "built"
    assert told.value.exit_code == told.value.report.exit_code == 2
    assert lake.run(check=False).ok is False


def test_calls_inside_of_with_see_one_state_and_those_after_it_the_newest(
    sold: MiniShop, lake: marketpulse.Lakehouse
) -> None:
    lake.run()
    before = datetime.now(UTC)
    with lake:
        sold.land_sales("2026-03-10", "9-1,2026-03-03,1,1")
        assert sold.run().ok
        held = lake.sql("select count(*) as n from gold.fct_lines")
        assert (held.rows(), lake.metric("lines", everything=True).rows()[0]["lines"]) == ([{"n": 6}], 6)
    assert lake.table("gold.fct_lines").arrow().num_rows == 7
    assert lake.table("gold.fct_lines", as_of=before).arrow().num_rows == 6
    snapshot = lake.status("gold.fct_lines")[0].snapshots[0].snapshot_id
    assert lake.table("gold.fct_lines", as_of=snapshot).arrow().num_rows == 6
    with pytest.raises(marketpulse.Error, match="did not exist"):
        lake.table("gold.fct_lines", as_of=before - timedelta(days=1)).arrow()
    with lake:
        sold.land_sales("2026-03-11", "9-2,2026-03-03,1,1")
        lake.run()
        assert lake.table("gold.fct_lines").arrow().num_rows == 8


def test_places_stay_where_they_are_and_rights_of_the_process_as_they_were(
    sold: MiniShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sold.root)
    lake = marketpulse.open("warehouse", project="project", landing="landing", memory_mb=512)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    before = os.umask(0o022)
    try:
        lake.run("silver.sales")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert (sold.root / "warehouse" / "silver").stat().st_mode & 0o077 == 0
    assert lake.tables()


def test_an_edited_project_is_read_again(sold: MiniShop, lake: marketpulse.Lakehouse) -> None:
    lake.run()
    assert lake.metric("lines", everything=True).title.startswith("Lines")
    sold.edit("metrics/lines.yaml", "name: lines\n", "name: lines\n    title: Rows of a till\n")
    assert lake.metric("lines", everything=True).title.startswith("Rows of a till")
