"""Tools that know an address and a token, and nothing of where tables lie: the console's catalog."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from marketpulse.engines.spark_session import open_session
from marketpulse.settings import Settings
from tests.console.house import TOKEN, served
from tests.readers import READER, duckdb_with_iceberg
from tests.shop import MiniShop
from tests.spark import CONF, iceberg_jars, need_spark

ROWS = ("1,2026-01-01,2,0.1001", "2,2026-01-01,3,0.2002", "3,2026-01-02,4,12345678901234.5003")
WANTED = (3, 9, Decimal("12345678901234.8006"))
SUMS = "select sum(line_count), sum(qty), sum(amount) from {}.gold.agg_daily"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    shop = MiniShop(tmp_path)
    shop.land_sales("2026-01-01", *ROWS)
    shop.run()
    with served(shop) as found:
        yield f"{found}/catalog"


def test_spark_reads_by_the_address(address: str) -> None:
    need_spark()
    assert iceberg_jars()
    session = open_session(Settings(engine="spark", spark=CONF))
    known = {"": "org.apache.iceberg.spark.SparkCatalog", ".type": "rest", ".uri": address, ".token": TOKEN}
    for key, value in known.items():
        session.conf.set(f"spark.sql.catalog.there{key}", value)
    assert tuple(session.sql(SUMS.format("there")).first()) == WANTED


@READER
def test_duckdb_attaches_the_address(address: str) -> None:
    attach = f"attach '' as there (type iceberg, endpoint '{address}', token '{TOKEN}')"
    found = duckdb_with_iceberg(SUMS.format("there"), attach)
    assert (int(found[0]), int(found[1]), Decimal(found[2])) == WANTED
