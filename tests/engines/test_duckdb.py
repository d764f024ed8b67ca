"""DuckDB as an engine: what it makes readable, which files it writes, and its errors in words for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.engines import LARGE
from marketpulse.engines import duckdb as duckdb_engine
from marketpulse.engines.duckdb import DuckEngine
from marketpulse.errors import EngineError, GateError, LostFileError

DAYS = f"select case when n < {LARGE} then date '2026-01-01' else date '2026-01-02' + (n % 3)::int end as day, n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    found = DuckEngine.open(512, 2, tmp_path / "scratch", places=[str(tmp_path)])
    yield found
    found.close()


def test_files_are_read_with_the_columns_that_are_asked_for_and_nulls_for_those_they_lack(
    engine: DuckEngine, tmp_path: Path
) -> None:
    old, new = str(tmp_path / "old.parquet"), str(tmp_path / "new.parquet")
    pq.write_table(pa.table({"id": ["1"], "other": ["x"]}), old)
    pq.write_table(pa.table({"id": ["2"], "qty": pa.array([7], pa.int32())}), new)
    sales = engine.bind("sales", {"qty": "long", "id": "string"}, [old, new])
    assert sorted(engine.rows(f"from {sales}"), key=repr) == [(7, "2"), (None, "1")]
    sales = engine.bind("sales", {"qty": "long", "id": "string"}, [old])
    assert engine.rows(f"from {sales}") == [(None, "1")]


def test_a_scan_is_bound_once_and_scans_without_end_go_with_their_scope(
    engine: DuckEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_engine, "_MOST_BOUND", 2)
    pq.write_table(pa.table({"id": ["1"]}), tmp_path / "a.parquet")
    file, views = [str(tmp_path / "a.parquet")], "select count(*) from duckdb_views() where not internal"
    with engine.scope():
        first = engine.bind("rows", {"id": "string"}, file)
        assert engine.bind("again", {"id": "string"}, file) == first
        for number in range(9):
            assert engine.rows(f"from {engine.bind('rows', {f'c{number}': 'long'}, file)}") == [(None,)]
        assert engine.rows(views) == [(10,)]
    assert engine.rows(views) == [(2,)]
    assert engine.rows(f"from {engine.bind('rows', {'id': 'string'}, file)}") == [("1",)]


def test_no_files_are_no_rows_with_the_columns_all_the_same(engine: DuckEngine) -> None:
    sales = engine.bind("sales", {"qty": "long", "id": "string"}, [], place=True)
    assert engine.rows(f"select qty, id, _file, _position from {sales}") == []


def test_rows_know_the_file_they_lie_in_and_their_place(engine: DuckEngine, tmp_path: Path) -> None:
    path = str(tmp_path / "a.parquet")
    pq.write_table(pa.table({"id": ["a", "b"]}), path)
    sales = engine.bind("sales", {"id": "string"}, [path], place=True)
    assert engine.rows(f"select id, _file, _position from {sales} order by 1") == [("a", path, 0), ("b", path, 1)]


def test_no_file_holds_two_buckets_and_a_bucket_without_rows_has_none(engine: DuckEngine, tmp_path: Path) -> None:
    paths = engine.write(f"{DAYS} from range({LARGE + 30}) as r(n)", str(tmp_path / "out"), "day")
    buckets = Counter(pq.read_table(path)["day"].unique().to_pylist()[0].isoformat() for path in paths)
    assert buckets == {"2026-01-01": 1, "2026-01-02": 1, "2026-01-03": 1, "2026-01-04": 1}
    assert sum(pq.read_metadata(path).num_rows for path in paths) == LARGE + 30
    assert engine.write("select 1 as day where false", str(tmp_path / "none"), "day") == []


def test_large_buckets_that_are_told_before_are_written_each_on_its_own(engine: DuckEngine, tmp_path: Path) -> None:
    query = "select date '2026-01-01' + (n % 3)::int as day, n from range(30) as r(n)"
    told = [str(row[0]) for row in engine.rows("select date '2026-01-02'")]
    paths = engine.write(query, str(tmp_path / "out"), "day", lambda: told)
    assert sorted(pq.read_table(path)["day"].to_pylist()[0].day for path in paths) == [1, 2, 3]
    assert sum(pq.read_metadata(path).num_rows for path in paths) == 30


@pytest.mark.parametrize("rows", ["range(1200000)", "range(1200002)"])  # of one day; two rows are of the next
@pytest.mark.parametrize("is_told", [False, True])
def test_a_large_bucket_is_several_files_in_which_rows_lie_as_they_were_made(
    engine: DuckEngine, tmp_path: Path, rows: str, is_told: bool
) -> None:
    query = f"select date '2026-01-01' + (n // 1200000)::int as day, n // 100 as owner from {rows} as r(n)"
    paths = engine.write(query, str(tmp_path / "out"), "day", (lambda: ["2026-01-01"]) if is_told else None)
    held = [pq.read_table(path) for path in paths]
    large = [each["owner"].unique().to_pylist() for each in held if each["day"][0].as_py().day == 1]
    assert 3 <= len(large) <= 5
    assert sum(each.num_rows for each in held) == engine.rows(f"select count(*) from {rows}")[0][0]
    assert (
        sum(map(len, large)) < 12_000 + 100
    )  # few owners have rows in two of them: one that goes has one written anew
    assert not list(tmp_path.glob("out/whole-*"))


def test_what_is_no_object_or_stands_in_none_has_its_reason(engine: DuckEngine) -> None:
    texts = ['{"id":1.10}', "[1]", "no json", '{"id":2}', '{"id":3}']
    around = [None, None, None, '{"at":x}', '{"at":"x"}']
    nothing = pa.nulls(len(texts), pa.string())
    columns = {"record": texts, "around": around, "place": nothing, "_source_row": range(1, 6)}
    batch = pa.table({**columns, "_item": range(1, 6), "_error": nothing, "_malformed": nothing})
    found = engine.rows(engine.records(engine.receive("landed", batch.to_reader())))
    assert sorted(found, key=lambda row: row[3]) == [
        ('{"id":1.10}', None, None, 1, 1, None, None),
        (None, None, None, 2, 2, "not a JSON object", "[1]"),
        (None, None, None, 3, 3, "not valid JSON", "no json"),
        (None, None, None, 4, 4, "not valid JSON around it", '{"id":2}'),
        ('{"id":3}', '{"at":"x"}', None, 5, 5, None, None),
    ]


def test_work_is_spread_and_comes_back_in_order(engine: DuckEngine) -> None:
    def double(local: DuckEngine, number: int) -> int:
        return int(local.rows(f"select {number} * 2")[0][0])

    assert list(engine.spread(double, range(20))) == list(range(0, 40, 2))


@pytest.mark.parametrize(
    ("query", "kind", "says", "hint"),
    [
        ("select no_such from (select 1 as x)", EngineError, "no_such", None),
        ("select cast(200 as tinyint)", EngineError, "out of range", None),
        ("select * from read_parquet('{0}/silver/sales/data/x.parquet')", LostFileError,
         "a data file of silver.sales is missing: ", "marketpulse repair"),
        ("select length(string_agg(md5(n::text))) from range(5000000) as r(n)", EngineError, "out of memory",
         "raise MARKETPULSE_MEMORY_MB"),
    ],
)  # fmt: skip
def test_errors_are_for_people(tmp_path: Path, query: str, kind: type, says: str, hint: str | None) -> None:
    engine = DuckEngine.open(60, 1, tmp_path / "scratch")
    engine.rows("select 1")
    with pytest.raises(kind) as caught:
        engine.rows(query.format(tmp_path / "scratch"))
    engine.close()
    assert says in str(caught.value)
    assert "LINE 1" not in str(caught.value)
    assert (hint or "") in (caught.value.hint or "")


def test_memory_of_the_machine_bounds_how_much_a_step_takes(engine: DuckEngine, tmp_path: Path) -> None:
    larger = DuckEngine.open(1024, 1, tmp_path / "other")
    assert larger.chunk_rows == 2 * engine.chunk_rows > 1_000_000
    larger.close()


def test_a_value_too_long_for_a_folder_is_no_bucket(engine: DuckEngine, tmp_path: Path) -> None:
    for rows in (1, LARGE + 1):
        query = f"select repeat('x', 300) as name, n from range({rows}) as r(n) union all select 'y' as name, 1"
        with pytest.raises(GateError, match="a value of name is too long to name a bucket"):
            engine.write(query, str(tmp_path / f"out-{rows}"), "name")


class Breaking:
    """A connection whose database broke: it refuses all there is."""

    def execute(self, _: str) -> None:
        raise duckdb.FatalException("FATAL Error: database has been invalidated")

    def close(self) -> None:
        """Be closed."""


def _break(engine: DuckEngine, folder: Path) -> None:
    with engine.scope():
        engine.define("old", "select 1 as n")
        engine._connection.close()
        engine._connection = Breaking()  # type: ignore[assignment]
        engine.write("select 1 as n", str(folder))


def test_a_database_that_broke_is_opened_anew_for_the_next_table(engine: DuckEngine, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="the engine itself broke"):
        _break(engine, tmp_path / "out")
    with engine.scope():
        assert engine.rows(f"select n from {engine.define('new', 'select 2 as n')}") == [(2,)]
        with pytest.raises(EngineError):
            engine.rows("select * from read_text('/etc/hostname')")
