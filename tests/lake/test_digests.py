"""A data file's name says what it holds, wherever it is taken."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from marketpulse.errors import DamagedFileError
from marketpulse.lake.digests import check, problem, seal, told


def sealed(folder: Path, name: str, data: bytes = b"rows") -> Path:
    (folder / name).write_bytes(data)
    return Path(seal(str(folder / name)))


def test_a_file_is_named_after_its_bytes_and_keeps_what_it_was_called(tmp_path: Path) -> None:
    file = sealed(tmp_path, "data.parquet")
    assert file == tmp_path / f"data.sha256-{hashlib.sha256(b'rows').hexdigest()[:32]}.parquet"
    assert list(tmp_path.iterdir()) == [file]
    assert seal(str(file)) == str(file)
    assert sealed(tmp_path, "part-0.zstd.parquet").name.startswith("part-0.zstd.sha256-")


def test_files_of_one_content_stay_two(tmp_path: Path) -> None:
    assert sealed(tmp_path, "a.parquet") != sealed(tmp_path, "b.parquet")


def test_what_another_engine_writes_before_a_path_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"rows")
    assert Path(seal(f"file:{tmp_path}/a.parquet")).is_file()


def test_a_file_in_a_store_keeps_its_name() -> None:
    assert seal("s3://lake/data/a.parquet") == "s3://lake/data/a.parquet"


@pytest.mark.parametrize("name", ["data.parquet", "data.sha256-0123.parquet", "sha256-" + "0" * 32 + ".parquet"])
def test_a_name_without_a_digest_says_nothing(name: str) -> None:
    assert told(name) is None


def test_whoever_writes_rows_anew_asks_before(tmp_path: Path) -> None:
    good, bad = sealed(tmp_path, "a.parquet"), sealed(tmp_path, "b.parquet", b"more rows")
    check("silver.sales", [(str(good), 4), (str(bad), 9), ("s3://lake/x.parquet", 1), (str(tmp_path / "plain"), 1)])
    bad.write_bytes(b"more rowz")
    assert problem(str(good), 4) is None
    with pytest.raises(DamagedFileError, match=rf"a data file of silver.sales holds other bytes .*: {bad}"):
        check("silver.sales", [(str(good), 4), (str(bad), 9)])
