"""What landed is text wherever it is shown: on terminals, in reports and pages, in CSV, in logs."""

from __future__ import annotations

import json
import re

import pytest

from tests.command import marketpulse
from tests.shop import MiniShop

EVIL = "\x1b]52;c;cm0gLXJmIH4=\x07\x1b[2J\u202e<b onload=x>"
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
LOOKS = [
    ["run"],
    ["quarantine", "show"],
    ["quarantine", "show", "--json"],
    ["query", "select id from silver.sales order by id"],
    ["query", "select id from silver.sales", "--format", "json"],
    ["query", "select _source_file, * from bronze.sales"],
    ["query", f"select * from nowhere.{EVIL}"],
    ["status", EVIL],
]


@pytest.fixture
def shop_of_evil(shop: MiniShop) -> MiniShop:
    good = [f"{number},2026-01-01,1,1" for number in range(30)]
    shop.land_sales("2026-01-01", *good, f"{EVIL}x,2026-01-01,one,1", f"{EVIL}ok,2026-01-01,1,1", "=1+1,2026-01-01,1,1")
    shop.land(f"sales/{EVIL.replace('/', '')}.csv", f"id,qty,{EVIL}\n1,1,1\n")
    shop.land("clicks/c.json", f'bad {EVIL}\n{{"id":"a","ts":"2026-01-01T00:00:01Z"}}\n')
    return shop


def test_nothing_that_landed_steers_whoever_looks(shop_of_evil: MiniShop) -> None:
    for command in LOOKS:
        found = marketpulse(shop_of_evil, *command, MARKETPULSE_ROLE="steward")
        assert not STEERS.search(found.stdout + found.stderr), command
        assert "Traceback" not in found.stderr
        if "json" in " ".join(command):
            json.loads(found.stdout)
    page = shop_of_evil.root / "catalog.html"
    marketpulse(shop_of_evil, "docs", "--output", str(page))
    text = page.read_text(encoding="utf-8")
    assert not STEERS.search(text)
    assert "<b onload" not in text


def test_csv_is_no_program(shop_of_evil: MiniShop) -> None:
    marketpulse(shop_of_evil, "run")
    command = ["query", "select id from silver.sales where id like '=%'", "--format", "csv"]
    found = marketpulse(shop_of_evil, *command)
    assert found.stdout == "id\n'=1+1\n"
    assert "1 texts would be formulas" in found.stderr
    exact = marketpulse(shop_of_evil, *command, "--exact")
    assert (exact.stdout, exact.stderr) == ("id\n=1+1\n", "")
