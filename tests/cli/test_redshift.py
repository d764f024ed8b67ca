"""The plan for Redshift on the command line."""

from __future__ import annotations

import json

from marketpulse.serving.redshift.plan import Options, ddl
from tests.cli.conftest import Typed
from tests.shop import MiniShop

ROLE = "arn:aws:iam::123456789012:role/shop-dev-redshift"


def test_the_command_prints_the_plan_as_json(shop: MiniShop, typed: Typed) -> None:
    plan = ["redshift", "ddl", "--database", "shop_dev_gold", "--role-arn", ROLE, "--schema", "shop"]
    plan += ["--exports", "s3://shop-dev-gold/exports", "--project", str(shop.project_dir)]
    found = typed(*plan, "--json")
    assert (found.returncode, found.stderr) == (0, "")
    wanted = ddl(shop.project(), Options("shop_dev_gold", ROLE, "shop", exports="s3://shop-dev-gold/exports"))
    assert [statement["sql"] for statement in json.loads(found.stdout)["statements"]] == [s.sql for s in wanted]
