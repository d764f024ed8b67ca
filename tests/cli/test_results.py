"""A result on the screen: a table where it fits, else read downwards; counted, and never cut."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.cli import results
from marketpulse.errors import UsageError


def printed(capsys: pytest.CaptureFixture[str], **columns: list[object]) -> list[str]:
    results.write(pa.table(columns).to_reader(), "table", None)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_a_narrow_result_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, store=["S001", "S002"], units=[1234, None])
    assert found == ["store  units", "S001   1,234", "S002", "2 rows"]


def test_a_wide_result_is_read_downwards(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, a=["x" * 79], note=["[bold]y[/bold]"])
    assert found == ["row 1", "  a     " + "x" * 79, "  note  [bold]y[/bold]", "1 row"]


def test_a_result_without_rows_is_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, store=[]) == ["store", "0 rows"]


def test_a_long_result_says_that_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, n=list(range(1_001)))[-1] == "the first 1,000 rows"


@pytest.mark.parametrize(("form", "expected"), [("csv", "amount\n0.0000000000\n"), ("json", '"0.0000000000"')])
def test_a_decimal_is_written_in_digits(capsys: pytest.CaptureFixture[str], form: str, expected: str) -> None:
    results.write(pa.table({"amount": pa.array([Decimal("0E-10")], pa.decimal128(28, 10))}).to_reader(), form, None)
    assert expected in capsys.readouterr().out


def test_a_file_is_what_it_is_called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.csv", "a.json", "a.PARQUET"):
        path = tmp_path / name
        results.write(pa.table({"n": [1]}).to_reader(), results.form_of(path, None), path)
        assert capsys.readouterr().out == f"wrote 1 row to {path}\n"
    assert (tmp_path / "a.csv").read_text() == "n\n1\n"
    assert json.loads((tmp_path / "a.json").read_text()) == [{"n": 1}]
    assert pq.read_table(tmp_path / "a.PARQUET").to_pylist() == [{"n": 1}]
    assert (results.form_of(None, None), results.form_of(tmp_path / "a.txt", "csv")) == ("table", "csv")
    for name, asked in (("a.xlsx", None), ("a", None), ("a.txt", "table"), ("a.parquet", "json")):
        with pytest.raises(UsageError):
            results.form_of(tmp_path / name, asked)
