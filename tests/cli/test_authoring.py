"""What becomes of a file, told in lines that fit, and as JSON."""

from __future__ import annotations

import json

from tests.cli.conftest import Typed
from tests.shop import MiniShop


def test_a_file_is_tried_and_the_exit_code_says_whether_a_row_is_rejected(shop: MiniShop, typed: Typed) -> None:
    file = shop.root / "some.csv"
    here = ["--project", str(shop.project_dir)]
    file.write_text("ID,day,qty,amount\n1,2026-01-01,1,1\n")
    good = typed("try", "sales", str(file), *here)
    assert (good.returncode, "1 read = 1 accepted" in good.stdout) == (0, True)
    assert good.stdout.splitlines()[-1].startswith("next: put it where the feed looks, ")
    assert not (shop.root / "warehouse").exists()
    file.write_text("ID,day,qty,amount\n1,2026-01-01,1,1\n2,2026-01-01,two,1\n")
    bad = typed("try", "sales", str(file), *here)
    assert (bad.returncode, "qty is not a int" in bad.stdout, "next:" in bad.stdout) == (1, True, False)
    assert max(map(len, typed("try", "sales", str(file), *here, COLUMNS="80").stdout.splitlines())) <= 80
    told = json.loads(typed("try", "sales", str(file), "--json", *here).stdout)
    assert (told["ok"], told["columns"][0]) == (False, {"header": "ID", "column": "id"})
    assert [row["became"] for row in told["tables"][0]["rows"]] == ["accepted", "quarantined"]
    assert typed("try", "sale", str(file), *here).returncode == 2


def test_a_project_a_feed_and_a_mart_are_begun_by_three_commands(shop: MiniShop, typed: Typed) -> None:
    file = shop.root / "orders.csv"
    file.write_text("Order ID,Day,Total\n1,2026-01-01,1.50\n2,02/03/2026,2.50\n")
    assert typed("new", "project", "mine").stdout.startswith("wrote mine/project.yaml\n")
    made = typed("new", "feed", str(file), "--project", "mine", MARKETPULSE_PROJECT="")
    assert (made.returncode, made.stderr) == (0, "")
    assert "next: marketpulse try orders" in made.stdout
    one_line = ("next:", "wrote", "ask")  # lines that are searched for, or typed
    assert max(len(line) for line in made.stdout.splitlines() if not line.startswith(one_line)) <= 80
    told = json.loads(typed("new", "feed", str(file), "--name", "other", "--project", "mine", "--json").stdout)
    assert (told["key"], told["columns"][0]["header"], len(told["files"])) == (["order_id"], "Order ID", 3)
    assert typed("new", "mart", "mart_orders", "--from", "silver.orders", "--project", "mine").returncode == 0
    assert typed("validate", "--project", "mine").returncode == 0
    assert typed("try", "orders", str(file), "--project", "mine").returncode == 0
    again = typed("new", "feed", str(file), "--project", "mine")
    assert (again.returncode, "choose another: --name" in again.stderr) == (2, True)
