"""Settings of a project in its SQL: literals where they are given, a refusal with file and line where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError
from tests.shop import MiniShop, result


@pytest.mark.parametrize(
    ("value", "text"),
    [(30, "30"), (-5, "-5"), (-0.5, "-0.5"), (1.5, "1.5"), (True, "TRUE"), ("it's", "'it\\'s'"), ("", "''")],
)
def test_a_setting_is_a_literal(value: sql.Value, text: str) -> None:
    query = sql.parse("select setting('x') as x from silver.a")
    assert sql.with_settings(query, {"x": value}).sql("spark") == f"SELECT {text} AS x FROM silver.a"
    assert query.sql("spark") == "SELECT SETTING('x') AS x FROM silver.a"
    assert sql.settings_of(sql.with_settings(query, {"x": value})) == {"x"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("setting('gap_minute')", "there is no setting 'gap_minute' (did you mean gap_minutes?)"),
        ("setting()", "setting() takes one name"),
        ("setting(day)", "setting() takes one name"),
        ("setting('gap_minutes', 1)", "setting() takes one name"),
    ],
)
def test_what_is_no_setting_is_refused_with_its_line(call: str, words: str) -> None:
    query = sql.parse(f"select\n  {call} as x\nfrom silver.a", Path("model.sql"))
    with pytest.raises(DefinitionError) as caught:
        sql.with_settings(query, {"gap_minutes": 30}, Path("model.sql"))
    assert str(caught.value).startswith("model.sql:2")
    assert words in str(caught.value)


def test_a_setting_of_ones_own_wins_and_rebuilds_what_reads_it(shop: MiniShop) -> None:
    model = "gold/agg_daily/model.sql"
    shop.edit(model, "count(*) as line_count", "count(*) + setting('more') as line_count")
    shop.write("project.yaml", "name: mini\nsettings:\n  more: 10\n")
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    assert [row[1] for row in shop.rows("gold.agg_daily")] == [11]
    base, shop.project_dir = shop.project_dir, shop.root / "own"
    shop.write("project.yaml", f"name: own\nextends: ../{base.name}\nsettings:\n  more: 20\n")
    assert result(shop.run(), "gold.agg_daily").reason == "the model changed"
    assert [row[1] for row in shop.rows("gold.agg_daily")] == [21]
    assert {table.status for table in shop.run().tables} == {"up to date"}


@pytest.mark.parametrize("wrong", ["[1]", "{a: 1}", "2026-01-01", "null"])
def test_a_setting_is_a_plain_value(shop: MiniShop, wrong: str) -> None:
    shop.write("project.yaml", f"name: mini\nsettings:\n  more: {wrong}\n")
    with pytest.raises(DefinitionError, match=r"project.yaml:3.*setting more is"):
        shop.project()
