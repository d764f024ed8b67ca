"""A query of a person stays within its limits, each told in words, and ends when somebody says so."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marketpulse.cli.results import write
from marketpulse.engines.duckdb_reader import ReadOnlyDuck
from marketpulse.engines.limits import Limits, Stopwatch
from marketpulse.errors import LimitError, UsageError
from marketpulse.serving.query import stream
from tests.command import HEARS_CTRL_C, places
from tests.shop import MiniShop

#: Never over: before its first row, and on the way through its rows.
ENDLESS = {
    "before": "select count(*) from range(100000000) a, range(100000000) b",
    "on the way": "select a.range from range(100000000) a, range(100000000) b",
    "sorted": "select * from range(100000000) a, range(100000000) b order by a.range desc",
}
LARGE = "select i, repeat('x', 200) || i as s from range(3000000) t(i) order by hash(i)"


def ask(tmp_path: Path, query: str, seconds: int = 0, memory: int = 200, spill: int = 500, rows: int = 0) -> int:
    reader = ReadOnlyDuck(Limits(seconds, memory, spill, rows), 2, tmp_path)
    reader.lock([], tmp_path)
    return sum(batch.num_rows for batch in reader.stream(query))


@pytest.mark.parametrize("query", ENDLESS.values(), ids=ENDLESS)
def test_a_query_is_stopped_after_its_time(tmp_path: Path, query: str) -> None:
    with pytest.raises(LimitError, match=r"stopped after 1\.0 s") as raised:
        ask(tmp_path, query, seconds=1)
    assert "MARKETPULSE_QUERY_SECONDS" in str(raised.value.hint)


def test_a_query_has_no_more_memory_than_it_may(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match=r"needs more memory than 200.0 MB") as raised:
        ask(tmp_path, "select list(range) from range(100000000)")
    assert "MARKETPULSE_QUERY_MEMORY_MB" in str(raised.value.hint)


def test_a_query_spills_no_more_than_it_may(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="more disk") as raised:
        ask(tmp_path, LARGE, spill=20)
    assert "MARKETPULSE_QUERY_SPILL_MB" in str(raised.value.hint)


@pytest.mark.parametrize("count", [0, 1, 2_047, 2_048, 2_049, 4_096, 100_000])
def test_a_short_result_is_had_in_one_step_and_a_long_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    steps: list[str] = []
    during = Stopwatch.during
    monkeypatch.setattr(Stopwatch, "during", lambda self, step: (steps.append("step"), during(self, step))[1])
    assert ask(tmp_path, f"select * from range({count})") == count
    assert len(steps) == 1 if count < 2_048 else len(steps) > 1
    assert ask(tmp_path, f"select * from range({count}) where range % 1000 = 7") == len(range(7, count, 1_000))


def test_what_goes_wrong_on_the_way_is_told_after_the_rows_before_it(tmp_path: Path) -> None:
    text = "select if(range < 50000, 1, error('it broke')) as n from range(60000)"
    with pytest.raises(UsageError, match="it broke"):
        ask(tmp_path, text)


def test_a_result_has_no_more_rows_than_it_may(tmp_path: Path) -> None:
    assert ask(tmp_path, "select * from range(30000)", rows=30_000) == 30_000
    with pytest.raises(LimitError, match="more than 30,000 rows"):
        ask(tmp_path, "select * from range(30001)", rows=30_000)


def test_what_a_query_meets_on_its_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="late"):
        ask(tmp_path, "select case when i = 300000 then error('late') else i end as x from range(400000) t(i)")


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_limits_are_settings_and_leave_the_old_file_alone(shop: MiniShop, form: str) -> None:
    out = shop.root / "out"
    out.write_text("precious")
    with shop.open(query_rows=30_000) as context, pytest.raises(LimitError, match="more than 30,000 rows"):
        write(stream(context, "select * from range(90000)"), form, out)
    assert out.read_text() == "precious"
    assert [path.name for path in shop.root.glob("*out*")] == ["out"]


@pytest.mark.parametrize("when", ["before", "on the way"])
def test_ctrl_c_ends_a_query_at_once(shop: MiniShop, when: str) -> None:
    shop.settings.warehouse.mkdir()
    out = shop.root / "out.csv"
    out.write_text("precious")
    query = [sys.executable, "-m", "marketpulse", "query", ENDLESS[when], "--format", "csv", "--output", str(out)]
    process = subprocess.Popen([*HEARS_CTRL_C, *query], env=places(shop), stderr=subprocess.PIPE, text=True)
    while not _is_asking(process.pid, shop.root):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1]
    assert (process.returncode, "Traceback" in told) == (130, False)
    assert out.read_text() == "precious"
    assert [path.name for path in shop.root.glob("*out*")] == ["out.csv"]


def _is_asking(pid: int, folder: Path) -> bool:
    """True once rows are written, or threads other than the first have used some of a processor."""
    if any(part.stat().st_size > 100_000 for part in folder.glob(".out.csv.*.part")):
        return True
    others = [task for task in Path(f"/proc/{pid}/task").iterdir() if task.name != str(pid)]
    return sum(int((task / "stat").read_text().rpartition(")")[2].split()[11]) for task in others) > 20
