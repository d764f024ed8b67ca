"""Rows in the form in which they are wanted: no digit lost, nothing imported that was not asked for."""

from __future__ import annotations

import builtins
import sys
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import marketpulse
from tests.readers import READER, need
from tests.shop import MiniShop

_LARGE = 9_007_199_254_740_993  # the first whole number that no double holds
_QUERY = f"""select * from (values ({_LARGE}::bigint, '12345678901234567.8901'::decimal(28, 4), date '2026-03-01',
    timestamp '2026-03-01 23:59:59.123456', 'ü'), (null, null, null, null, null)) as t(n, amount, day, moment, name)"""
_ROW = (_LARGE, Decimal("12345678901234567.8901"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """One for all: they only ask."""
    found = MiniShop(tmp_path_factory.mktemp("result"))
    found.land_sales("2026-03-09", "1,2026-03-01,1,1")
    found.run("silver.sales")
    return found


@pytest.fixture(scope="module")
def result(shop: MiniShop) -> marketpulse.Result:
    return marketpulse.open(shop.settings.warehouse, project=shop.project_dir).sql(_QUERY)


def test_every_form_has_every_digit(result: marketpulse.Result) -> None:
    row = result.rows()[0]
    assert (row["n"], row["amount"]) == _ROW
    frame = result.pandas()
    assert (frame.n[0], frame.amount.sum()) == _ROW
    assert [str(kind) for kind in frame.dtypes] == [
        "int64[pyarrow]", "decimal128(28, 4)[pyarrow]", "date32[day][pyarrow]", "timestamp[us][pyarrow]",
        "string[pyarrow]",
    ]  # fmt: skip
    assert result.duckdb().project("n, amount").limit(1).fetchall() == [_ROW]
    with duckdb.connect() as mine:
        assert result.duckdb(mine).aggregate("max(n), sum(amount)").fetchall() == [_ROW]
    assert pa.table(result).num_rows == 2
    with result.batches() as batches:
        assert sum(batch.num_rows for batch in batches) == 2


@READER
def test_polars_has_every_digit(result: marketpulse.Result) -> None:
    polars = need("polars")
    frame = result.polars()
    assert (frame["n"][0], frame["amount"].sum()) == _ROW
    assert polars.DataFrame(result).equals(frame)


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_library_that_is_missing_is_told_with_what_installs_it(
    result: marketpulse.Result, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def none(asked: str, *rest: Any) -> Any:
        if asked == name:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(asked, *rest)

    monkeypatch.setattr(builtins, "__import__", none)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(marketpulse.Error, match=f"{name} is not installed \\(pip install {name}\\)"):
        getattr(result, name)()


def test_limits_of_people_hold_here_too(shop: MiniShop, result: marketpulse.Result) -> None:
    lake = marketpulse.open(shop.settings.warehouse, project=shop.project_dir, query_rows=10)
    with pytest.raises(marketpulse.Error, match="more than 10 rows"):
        lake.sql("select * from range(11)").arrow()
    with lake.sql("select * from range(11)").batches() as batches, pytest.raises(marketpulse.Error, match="10 rows"):
        batches.read_all()
