"""Names that Redshift takes, and those that it would not."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.serving.redshift.names import RESERVED
from marketpulse.serving.redshift.plan import Options, ddl
from tests.shop import MiniShop, contract

OPTIONS = Options("shop_dev_gold", "arn:aws:iam::123456789012:role/shop-dev-redshift")


def test_a_column_whose_name_is_too_long_is_refused(shop: MiniShop) -> None:
    long = "c" * 128
    shop.write("gold/long/contract.yaml", contract("gold.long", [("id", "string", "key"), (long, "long", "")]))
    shop.write("gold/long/model.sql", f"select id, 1 as {long} from silver.sales\n")
    with pytest.raises(UsageError, match="128 letters"):
        ddl(shop.project(), OPTIONS)


def test_the_words_that_are_quoted_are_redshifts() -> None:
    assert {"order", "tag", "user", "restore"} <= RESERVED
    assert "name" not in RESERVED
