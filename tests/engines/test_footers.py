"""Footers of files: files with the same columns go together, and every file has its rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.engines.footers import by_schema, row_counts


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Three files: the second has another type, the third a column less; all have one that nobody asks for."""
    tables = [
        {"n": pa.array([1, 2], pa.int64()), "d": pa.array([None] * 2, pa.decimal128(18, 4)), "x": [0, 0]},
        {"n": pa.array([1], pa.int32()), "d": pa.array([None], pa.decimal128(18, 4)), "x": [0]},
        {"n": pa.array([1, 2, 3], pa.int64()), "x": [0, 0, 0]},
    ]
    paths = []
    for number, columns in enumerate(tables):
        pq.write_table(pa.table(columns), tmp_path / f"{number}.parquet")
        paths.append(str(tmp_path / f"{number}.parquet"))
    return paths


def test_files_with_the_same_columns_of_the_same_types_are_one_group(files: list[str], tmp_path: Path) -> None:
    again = str(tmp_path / "again.parquet")
    pq.write_table(pq.read_table(files[0]), again)
    assert dict(by_schema([*files, again], {"n": "long", "d": "decimal(18,4)"})) == {
        (("n", "long"), ("d", "decimal(18,4)")): [files[0], again],
        (("n", "int"), ("d", "decimal(18,4)")): [files[1]],
        (("n", "long"),): [files[2]],
    }


def test_files_of_which_the_columns_are_known_are_not_read(files: list[str]) -> None:
    known = (("n", "long"), ("x", "int"))
    found = dict(by_schema([files[2], "nowhere.parquet"], {"n": "long"}, {"nowhere.parquet": known}))
    assert found == {(("n", "long"),): [files[2], "nowhere.parquet"]}


def test_every_file_has_its_rows(files: list[str]) -> None:
    assert row_counts(files) == [(files[0], 2), (files[1], 1), (files[2], 3)]
    assert row_counts([]) == []


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (pa.bool_(), "boolean"),
        (pa.string(), "string"),
        (pa.date32(), "date"),
        (pa.timestamp("us"), "timestamp"),
        (pa.timestamp("us", "UTC"), "timestamp"),
        (pa.float64(), "double"),
    ],
)
def test_types_are_told_in_the_words_of_contracts(tmp_path: Path, kind: pa.DataType, word: str) -> None:
    path = str(tmp_path / "one.parquet")
    pq.write_table(pa.table({"c": pa.array([None], kind)}), path)
    ((columns, _),) = by_schema([path], {"c": word})
    assert columns == (("c", word),)
