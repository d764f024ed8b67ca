"""Types of contracts in Redshift: texts that name something are short, the others as long as Iceberg's are read."""

from __future__ import annotations

import pytest

from marketpulse.project.contract import Column, Contract
from marketpulse.serving.redshift.types import redshift_type
from tests.shop import MiniShop


@pytest.fixture
def contract(shop: MiniShop) -> Contract:
    return shop.project().table("silver.sales").contract


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("id", "string", "varchar(256)"),
        ("store_id", "string", "varchar(256)"),
        ("customer_key", "string", "varchar(256)"),
        ("note", "string", "varchar(65535)"),
        ("amount", "decimal(18,4)", "numeric(18,4)"),
        ("n", "int", "integer"),
        ("n_id", "long", "bigint"),
        ("share", "double", "double precision"),
        ("is_new", "boolean", "boolean"),
        ("day", "date", "date"),
        ("at", "timestamp", "timestamp"),
    ],
)
def test_a_column_has_its_type(contract: Contract, name: str, kind: str, expected: str) -> None:
    assert redshift_type(Column(name, kind), contract) == expected
