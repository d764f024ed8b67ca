"""An analyst's queries see what analysts may see, whatever is typed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from marketpulse.errors import UsageError
from marketpulse.run.context import Context
from marketpulse.serving.masking import masks
from marketpulse.serving.query import Moment, stream
from tests.shop import MiniShop, contract

COLUMNS = [("buyer_id", "string", "key"), ("email", "string", ""), ("pieces", "long", "")]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    shop = MiniShop(tmp_path_factory.mktemp("masking"))
    text = contract("gold.dim_buyer", COLUMNS)
    for name in ("buyer_id", "email"):
        text = text.replace(f"{{name: {name},", f"{{name: {name}, classification: pii,")
    shop.write("gold/dim_buyer/contract.yaml", text)
    shop.write(
        "gold/dim_buyer/model.sql",
        "select id as buyer_id, concat(id, '@people.example') as email, qty as pieces from silver.sales\n",
    )
    shop.land_sales("2026-01-01", "ada,2026-01-01,1,1", "bob,2026-01-02,2,2", "eve,2026-01-02,0,2")
    shop.run()
    return shop


def asked(context: Context, query: str, masked: bool = True) -> list[tuple[Any, ...]]:
    table = stream(context, query, moment=Moment.now(context, masked=masked)).read_all()
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_identifiers_are_pseudonyms_that_join_and_other_personal_columns_are_not_there(people: MiniShop) -> None:
    with people.open() as context:
        ada = hashlib.sha256(b"ada").hexdigest()
        assert asked(context, "select * from gold.dim_buyer where pieces = 1") == [(ada, 1)]
        joined = "select count(*) from gold.dim_buyer a join gold.dim_buyer b using (buyer_id)"
        assert asked(context, joined) == asked(context, joined, masked=False) == [(2,)]
        whole = asked(context, "select * from gold.dim_buyer where pieces = 1", masked=False)
        assert whole == [("ada", "ada@people.example", 1)]
        for query in (
            "select email from gold.dim_buyer",
            "select 1 from gold.dim_buyer where email = 'ada@people.example'",
            "select b.email from gold.dim_buyer b",
            "select max(columns('email')) from gold.dim_buyer",
        ):
            with pytest.raises(UsageError):
                asked(context, query)


def test_of_what_no_contract_describes_nothing_is_shown(people: MiniShop) -> None:
    with people.open() as context:
        assert masks(context.project, "bronze.sales") == {}
        assert asked(context, "select * from bronze.sales limit 1") == [(None,)]
        kept_out = asked(context, "select * from silver.quarantine")
        assert len(kept_out) == 1
        assert "eve" not in str(kept_out)
        assert "eve" in str(asked(context, "select * from silver.quarantine", masked=False))


def test_the_files_of_a_table_are_no_way_around(people: MiniShop) -> None:
    with people.open() as context:
        table = context.lake.find("gold.dim_buyer")
        assert table
        (path, *_) = [file.path for file in table.files()]
        assert Path(path).is_file()
        for reading in (f"read_parquet('{path}')", f"'{path}'", f"query('select * from \"{path}\"')"):
            for query in (f"select * from {reading}", f"select (select count(*) from {reading}) from gold.dim_buyer"):
                with pytest.raises(UsageError):
                    asked(context, query)
        assert len(asked(context, f"select * from read_parquet('{path}'), gold.dim_buyer", masked=False)) > 0
