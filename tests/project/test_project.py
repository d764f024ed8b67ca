"""A project that is wrong is refused when it loads, with file and line."""

from __future__ import annotations

import pytest

from marketpulse.errors import DefinitionError
from tests.shop import MiniShop


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        ("sources/sales.yaml", "format: csv", "format: [csv", "sales.yaml:"),
        ("sources/sales.yaml", "format: csv", "format: xls", "sales.yaml:4"),
        ("sources/sales.yaml", "format: csv", "format: csv\nformal: csv", "formal"),
        ("silver/sales/contract.yaml", "physicalType: 'int'", "physicalType: 'number'", "unknown type 'number'"),
        ("silver/sales/contract.yaml", "severity: quarantine", "severity: shrug", "contract.yaml:"),
        ("silver/sales/from_sales.sql", "select id", "selct id", "from_sales.sql"),
        ("silver/sales/from_sales.sql", "amount from", "amount, 1 as more from", "adds more"),
        ("gold/agg_daily/model.sql", "silver.sales", "silver.sale", "silver.sale"),
        ("gold/agg_daily/contract.yaml", "column: day", "column: date", "agg_daily"),
        ("gold/agg_daily/contract.yaml", "column: day", "column: day, apart: shop", "silver.sales has no column shop"),
    ],
)
def test_a_wrong_definition_names_its_file(shop: MiniShop, path: str, old: str, new: str, words: str) -> None:
    shop.edit(path, old, new)
    with pytest.raises(DefinitionError) as caught:
        shop.project()
    assert words in str(caught.value)
