"""What may be written, and what is meant by what was."""

from __future__ import annotations

import yaml

from tests.cli.conftest import Typed
from tests.shop import MiniShop


def test_a_short_contract_is_printed_in_full(shop: MiniShop, typed: Typed) -> None:
    shop.write("silver/sales/contract.yaml", "owner: tills\nkey: id\npartition: day\ncolumns:\n"
               "  id: string\n  day: date\n  qty: int\n  amount: decimal(18,4)\n")  # fmt: skip
    told = typed("contract", "silver.sales", "--project", str(shop.project_dir))
    found = yaml.safe_load(told.stdout)
    assert (told.returncode, found["apiVersion"], found["id"]) == (0, "v3.0.2", "silver.sales")
    assert [column["physicalType"] for column in found["schema"][0]["properties"]] == [
        "string",
        "date",
        "int",
        "decimal(18,4)",
    ]
    shop.write("silver/sales/contract.yaml", told.stdout)
    assert typed("contract", "silver.sales", "--project", str(shop.project_dir)).stdout == told.stdout


def test_a_table_that_is_not_there_is_told(shop: MiniShop, typed: Typed) -> None:
    told = typed("contract", "silver.sale", "--project", str(shop.project_dir))
    assert (told.returncode, "did you mean silver.sales?" in told.stderr) == (2, True)
