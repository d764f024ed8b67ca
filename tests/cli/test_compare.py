"""Two warehouses compared on the command line."""

from __future__ import annotations

import json

from tests.cli.conftest import Typed
from tests.shop import MiniShop
from tests.upkeep.conftest import twins

__all__ = ["twins"]


def test_the_command_says_so_with_its_exit_code(twins: tuple[MiniShop, MiniShop], typed: Typed) -> None:
    left, right = (str(shop.settings.warehouse) for shop in twins)
    same = typed("diff", left, left)
    assert (same.returncode, same.stdout) == (0, "5 of 5 tables are equal, 8 rows in them\n")
    other = typed("diff", left, right, "--json")
    assert other.returncode == 1
    differing = [table["table"] for table in json.loads(other.stdout) if table["status"] != "equal"]
    assert differing == ["bronze.landed_files", "bronze.sales", "silver.sales"]
    wrong = typed("diff", left, "nowhere")
    assert (wrong.returncode, wrong.stderr.splitlines()[0]) == (2, "error there is no warehouse nowhere")
