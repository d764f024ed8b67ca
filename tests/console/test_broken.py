"""How many rows break a rule that only warns is on the page of the table: now, and after each of the last runs."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.console.house import Page, client
from tests.console.test_page import Outline
from tests.shop import MiniShop

NAME = "gold.agg_daily"
RULES = """\
    quality:
      - {name: cheap, type: custom, engine: marketpulse, implementation: amount < 2, severity: warn, description: dear}
      - {name: sold, type: custom, engine: marketpulse, implementation: qty > 0, severity: warn, description: nothing}
      - {name: real, type: custom, engine: marketpulse, implementation: qty > -9, severity: fail, description: less}
customProperties:
"""


@pytest.fixture
def shop(shop: MiniShop) -> MiniShop:
    shop.edit("gold/agg_daily/contract.yaml", "customProperties:\n", RULES)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    shop.run()
    return shop


def looked(shop: MiniShop, masked: bool = True, name: str = NAME) -> str:
    browser: TestClient = client(shop, masked)
    try:
        answer = browser.get(f"/tables/{name}")
    finally:
        browser.app._app.state.desk.close()
    assert (answer.status_code, Page(answer.text).dangers, [*Outline(answer.text).faults()]) == (200, [], [])
    return answer.text


@pytest.mark.parametrize("masked", [True, False])
def test_rows_are_counted_at_the_first_look_for_everybody(shop: MiniShop, masked: bool) -> None:
    text = looked(shop, masked)
    words = Page(text).words
    assert {"breaks it now", "1 row", "0", "–"} <= set(words)
    assert "/sql?query=select+" in text.replace("%20", "+")
    assert "at first" not in text  # one run is no history


def test_what_each_run_left_is_told(shop: MiniShop) -> None:
    shop.land_sales("2026-01-03", "3,2026-01-03,3,3", "4,2026-01-04,3,3")
    shop.run()
    shop.land_sales("2026-01-04", "2,2026-01-02,2,1")
    shop.run()
    text = looked(shop)
    assert "2 rows" in Page(text).words
    told = text.split("cheap: ")[1]
    assert told.startswith("1 row at ")
    assert (", 2 rows at" in told.split(" at last")[0], "most 3 rows at" in told.split("<")[0]) == (True, True)


def test_a_rule_about_a_column_that_came_later_has_no_count_of_before(shop: MiniShop) -> None:
    shop.land_sales("2026-01-03", "3,2026-01-03,3,3")
    shop.run()
    shop.edit(
        "gold/agg_daily/contract.yaml",
        "    quality:\n",
        "      - {name: size, logicalType: integer, physicalType: int, description: x}\n    quality:\n",
    )
    shop.edit("gold/agg_daily/contract.yaml", "implementation: qty > 0", "implementation: size > 5")
    shop.edit("gold/agg_daily/model.sql", "select day,", "select day, 1 as size,")
    unbuilt = looked(shop)  # no run has made the column yet
    assert ("3 rows" in Page(unbuilt).words, "cheap: 1 row at " in unbuilt) == (False, True)
    shop.run()
    text = looked(shop)
    assert "3 rows" in Page(text).words
    assert ("sold: " in text, "cheap: 1 row at " in text) == (False, True)


def test_a_table_without_such_rules_has_no_such_columns(shop: MiniShop) -> None:
    assert "breaks it now" not in looked(shop, name="silver.sales")
