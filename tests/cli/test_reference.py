"""What may be written, and what is meant by what was."""

from __future__ import annotations

import json

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


def test_functions_are_listed_with_an_example_and_told_one_by_one(typed: Typed) -> None:
    everything = typed("functions").stdout
    assert "try_divide(7, 2)" in everything
    assert max(map(len, everything.splitlines())) <= 80
    assert typed("functions", "lag").stdout.splitlines()[:2] == [
        "lag(qty, 1, 0) over (order by day)",
        "   gives 0, 3, 1, 8",
    ]
    assert "never negative" in typed("functions", "pmod").stdout
    found = json.loads(typed("functions", "unix", "--json").stdout)
    assert {"from_unixtime", "unix_seconds"} <= {each["name"] for each in found}


def test_a_function_that_is_refused_says_what_to_write_instead(typed: Typed) -> None:
    refused = typed("functions", "median")
    assert (refused.returncode, "percentile(…, 0.5)" in refused.stderr) == (2, True)
    unknown = typed("functions", "regexp_matches")
    assert (unknown.returncode, "did you mean" in unknown.stderr) == (2, True)
