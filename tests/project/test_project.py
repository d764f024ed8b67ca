"""A project that is wrong is refused when it loads, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.project.project import load_project, project_folders
from tests.shop import MiniShop, contract

_INPUTS = "{property: inputs, value: [{table: silver.sales, column: day}]}"
_WITH = "{property: inputs, value: [{table: silver.sales, column: day, apart: id}]}"
#: What may be wrong of the column by which a table comes apart.
_APART = (
    (f"{_INPUTS}\n  - {{property: apart, value: day}}", "no input comes apart by what day has"),
    (f"{_WITH}\n  - {{property: apart, value: id}}", "id"),
    (f"{_WITH}\n  - {{property: apart, value: qty}}", "id of silver.sales is a string, qty a long"),
    (
        "{property: inputs, value: [{table: silver.sales, touches: 'select day, id from changed'}]}",
        "the touches query for silver.sales gives 2 columns",
    ),
    (
        "{property: inputs, value: [{table: silver.sales, before: 1, touches: 'select day from changed'}]}",
        "silver.sales says before or after, and no column",
    ),
    ("{property: inputs, value: [{table: silver.sales}]}", "silver.sales needs column or touches"),
)


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
        *(("gold/agg_daily/contract.yaml", _INPUTS, new, words) for new, words in _APART),
    ],
)
def test_a_wrong_definition_names_its_file(shop: MiniShop, path: str, old: str, new: str, words: str) -> None:
    shop.edit(path, old, new)
    with pytest.raises(DefinitionError) as caught:
        shop.project().check()
    assert words in str(caught.value)


def test_tables_stand_in_the_order_they_are_built(shop: MiniShop) -> None:
    names = list(shop.project().tables)
    assert {name.split(".")[0] for name in names[:3]} == {"silver"}
    assert names[3:] == ["gold.agg_daily", "gold.mart_total"]
    assert shop.project().select([]) == names


@pytest.mark.parametrize(
    ("patterns", "selected"),
    [
        (["gold.*"], ["gold.agg_daily", "gold.mart_total"]),
        (["silver.sales+"], ["silver.sales", "gold.agg_daily", "gold.mart_total"]),
        (["+gold.agg_daily"], ["silver.sales", "gold.agg_daily"]),
        (["+gold.agg_daily+"], ["silver.sales", "gold.agg_daily", "gold.mart_total"]),
        (["gold.mart_total, silver.clicks"], ["silver.clicks", "gold.mart_total"]),
    ],
)
def test_tables_are_selected_by_name_with_what_they_read_or_what_reads_them(
    shop: MiniShop, patterns: list[str], selected: list[str]
) -> None:
    assert shop.project().select(patterns) == selected


def test_a_table_that_is_not_there_is_named_with_the_one_that_was_meant(shop: MiniShop) -> None:
    with pytest.raises(UsageError, match=r"there is no table 'gold.agg_dialy' \(did you mean gold.agg_daily\?\)"):
        shop.project().select(["gold.agg_dialy"])


def test_a_project_that_extends_another_sees_its_files_under_its_own(shop: MiniShop, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "gold/agg_daily").mkdir(parents=True)
    (own / "project.yaml").write_text("name: own\nextends: ../project\n")
    model = (shop.project_dir / "gold/agg_daily/model.sql").read_text()
    (own / "gold/agg_daily/model.sql").write_text(model.replace("sum(qty)", "max(qty)"))
    found = load_project(own)
    assert (found.name, list(found.tables)) == ("own", list(shop.project().tables))
    assert found.table("gold.agg_daily").queries["model"].path == own / "gold/agg_daily/model.sql"
    assert [folder.resolve() for folder in project_folders(own)] == [shop.project_dir, own]


@pytest.mark.parametrize(
    ("extends", "words"),
    [(".", "a project cannot extend itself"), ("../nowhere", "no project there"), ("x" * 5000, "no project there")],
)
def test_a_project_that_extends_what_is_none_is_refused(shop: MiniShop, extends: str, words: str) -> None:
    shop.write("project.yaml", f"name: mini\nextends: {extends}\n")
    with pytest.raises(DefinitionError, match=words):
        shop.project()


def test_tables_that_read_each_other_are_refused_with_the_circle(shop: MiniShop) -> None:
    shop.edit("gold/agg_daily/model.sql", "from silver.sales", "from silver.sales, gold.mart_total")
    with pytest.raises(DefinitionError, match=r"read each other in a circle: .*gold\.mart_total"):
        shop.project().check()


@pytest.mark.parametrize(
    ("touches", "same"),
    [
        ("select day from changed where id <> 'a  b'", True),
        ("select  day -- the bucket\nfrom changed\nwhere id <> 'a  b'", True),
        ("select day from changed where id <> 'a b'", False),
        ("select day from changed where id <> 'a  b' and\nfalse", False),
        ("select day from changed -- where id <> 'a  b'", False),
        ("select day from changed where id <> -- 'a  b'\n'c'", False),
    ],
)
def test_what_touches_asks_is_part_of_the_definition_and_its_layout_is_not(
    shop: MiniShop, touches: str, same: bool
) -> None:
    def digest(query: str) -> str:
        lines = query.replace("\n", "\n" + " " * 10)
        said = f"table: silver.sales\n        touches: |\n          {lines}\n"
        text = contract("gold.agg_daily", [("day", "date", "key bucket")])
        text += f"customProperties:\n  - property: inputs\n    value:\n      - {said}"
        shop.write("gold/agg_daily/contract.yaml", text)
        shop.write("gold/agg_daily/model.sql", "select distinct day from silver.sales\n")
        shop.write(
            "gold/mart_total/model.sql", "select 1 as total_id, 1 as qty, 1 as click_count from gold.agg_daily\n"
        )
        return shop.project().table("gold.agg_daily").fingerprints["inputs"]

    assert (digest("select day from changed where id <> 'a  b'") == digest(touches)) is same


def test_comments_and_layout_are_no_change_of_a_definition_and_a_word_is(shop: MiniShop) -> None:
    before = shop.project().table("gold.agg_daily").fingerprints
    shop.edit("gold/agg_daily/model.sql", "select day,", "-- a day\nselect   day,")
    shop.edit("gold/agg_daily/contract.yaml", "purpose: For tests.", "purpose: For everybody.")
    assert shop.project().table("gold.agg_daily").fingerprints == before
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "max(qty)")
    after = shop.project().table("gold.agg_daily").fingerprints
    assert {part for part in after if after[part] != before[part]} == {"model"}
