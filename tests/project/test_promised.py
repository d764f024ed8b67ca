"""What is promised of one table is the same whether it is read alone or with its project."""

from __future__ import annotations

from marketpulse.project.owned import owned
from marketpulse.project.promised import promised, promised_alone
from tests.shop import MiniShop


def test_a_contract_that_is_read_alone_is_that_of_the_project(shop: MiniShop) -> None:
    base = shop.project_dir.rename(shop.root / "base")
    shop.write("project.yaml", "name: own\nextends: ../base\n")
    text = (base / "silver/sales/contract.yaml").read_text(encoding="utf-8")
    shop.write("silver/sales/contract.yaml", text.replace("{name: id,", "{name: id, classification: pii,"))
    project = shop.project()
    names = [*project.tables, *owned(), "bronze.sales", "gold.nothing"]
    alone = {name: promised_alone(shop.project_dir, name) for name in names}
    assert alone == {name: promised(project, name) for name in names}
    assert [column.name for column in alone["silver.sales"].personal] == ["id"]
    assert (alone["bronze.sales"], alone["gold.nothing"]) == (None, None)


def test_what_cannot_be_read_promises_nothing_and_wrong_sql_takes_no_promise_back(shop: MiniShop) -> None:
    shop.write("silver/sales/contract.yaml", "[")
    shop.write("gold/agg_daily/model.sql", "select (")
    assert promised_alone(shop.project_dir, "silver.sales") is None
    found = promised_alone(shop.project_dir, "gold.agg_daily")
    assert found is not None
    assert found == promised(shop.project(), "gold.agg_daily")
