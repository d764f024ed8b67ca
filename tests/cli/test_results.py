"""A result on the screen: a table where it fits, else read downwards; counted, and never cut."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from marketpulse.cli import results


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
