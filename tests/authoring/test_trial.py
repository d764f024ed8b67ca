"""A file that is tried is read, mapped and checked as a run does it, and nothing is left of it."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from marketpulse.authoring.trial import Row, TableTrial, Trial, attempt
from marketpulse.errors import DefinitionError, UsageError
from tests.shop import MiniShop

HEAD = "ID,Day,qty,amount\n"


def tried(shop: MiniShop, text: str | bytes, feed: str = "sales", name: str = "some.csv") -> Trial:
    file = shop.root / "desk" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    before = sorted(shop.root.rglob("*"))
    found = attempt(shop.settings, shop.project(), feed, file)
    assert sorted(shop.root.rglob("*")) == before
    return found


def became(table: TableTrial) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(row.row, row.became, row.reasons) for row in table.rows]


def test_each_row_is_shown_with_what_becomes_of_it_and_why(shop: MiniShop) -> None:
    rows = "1,2026-01-01,1,1\n2,2026-01-01,two,1\n3,2026-01-01,0,1\n4,2026-01-01\n"
    found = tried(shop, HEAD + rows)
    (table,) = found.tables
    assert (found.read, found.malformed, found.ok) == (4, 1, False)
    assert found.columns == [("ID", "id"), ("Day", "day"), ("qty", "qty"), ("amount", "amount")]
    assert (table.read, table.accepted, table.quarantined) == (4, 1, 3)
    assert became(table) == [
        (1, "accepted", ()),
        (2, "quarantined", ("qty is not a int",)),
        (3, "quarantined", ("nothing was sold",)),
        (4, "quarantined", ("2 columns instead of 4",)),
    ]
    assert table.rows[1].values["qty"] == "two"
    assert sum(table.reasons.values()) == 3


def test_what_is_left_out_or_loses_is_told_apart_where_the_numbers_tell(shop: MiniShop) -> None:
    loses = tried(shop, HEAD + "1,2026-01-01,1,1\n1,2026-01-01,2,1\n")
    assert became(loses.tables[0])[0] == (1, "deduplicated", ("another row of its key stays",))
    assert loses.ok
    skipped = tried(shop, HEAD + "skip,2026-01-01,1,1\n1,2026-01-01,2,1\n")
    assert became(skipped.tables[0])[0] == (1, "filtered", ("the SQL leaves it out",))
    both = tried(shop, HEAD + "skip,2026-01-01,1,1\n1,2026-01-01,2,1\n1,2026-01-01,2,1\n")
    assert became(both.tables[0])[0][1] == "filtered or deduplicated"


def test_ten_rows_are_shown_and_all_are_counted(shop: MiniShop) -> None:
    found = tried(shop, HEAD + "".join(f"{n},2026-01-01,1,1\n" for n in range(25)))
    assert (found.read, len(found.tables[0].rows), found.ok) == (25, 10, True)


def test_rows_that_are_rejected_are_shown_wherever_they_stand(shop: MiniShop) -> None:
    rows = "".join(f"{n},2026-01-01,{'no' if n in (13, 29) else 1},1\n" for n in range(1, 40))
    shown = became(tried(shop, HEAD + rows).tables[0])
    assert [number for number, *_ in shown] == [*range(1, 11), 13, 29]
    assert [what for _, what, _ in shown][-3:] == ["accepted", "quarantined", "quarantined"]


def test_a_share_that_a_run_would_stop_at_is_told_and_the_rows_are_shown(shop: MiniShop) -> None:
    found = tried(shop, HEAD + "1,2026-01-01,x,1\n")
    (table,) = found.tables
    assert "1 of 1 rows of sales would be quarantined" in str(table.stopped)
    assert became(table) == [(1, "quarantined", ("qty is not a int",))]


def test_a_file_that_is_not_read_is_told_with_its_reason(shop: MiniShop) -> None:
    lacking = tried(shop, "id,qty\n1,1\n")
    assert (lacking.blocked[0]["message"], lacking.ok) == ("the required column day is missing", False)
    hidden = tried(shop, HEAD, name="_some.csv")
    assert [each["file"] for each in hidden.blocked] == [hidden.blocked[0]["file"]]
    assert not hidden.ok
    shop.edit("sources/sales.yaml", "format: csv", 'format: csv\npattern: "day*.csv"')
    other = tried(shop, HEAD + "1,2026-01-01,1,1\n")
    assert "sources/sales.yaml reads day*.csv" in str(other.blocked[0]["message"])


def test_every_kind_of_file_is_tried_packed_and_in_archives_too(shop: MiniShop) -> None:
    text = (HEAD + "1,2026-01-01,1,1\n").encode()
    assert tried(shop, gzip.compress(text), name="some.csv.gz").tables[0].accepted == 1
    with zipfile.ZipFile(shop.root / "all.zip", "w") as archive:
        archive.writestr("a.csv", text)
        archive.writestr("b.csv", text.replace(b"1,2026", b"2,2026"))
    data = (shop.root / "all.zip").read_bytes()
    found = tried(shop, data, name="all.zip")
    assert (found.read, found.columns[0], len(found.tables[0].rows)) == (2, ("ID", "id"), 2)
    lines = '{"batch": [{"id": "e1", "ts": "2026-01-01T10:00:00Z", "name": "x"}]}\n'
    clicks = tried(shop, lines, "clicks", "some.json")
    assert clicks.tables[0].rows[0].item == 1
    assert clicks.tables[0].rows[0].values["event_id"] == "e1"


def test_a_file_of_the_landing_zone_is_tried_under_its_own_name(shop: MiniShop) -> None:
    file = shop.land_sales("2026-01-07", "1,2026-01-01,1,1")
    found = attempt(shop.settings, shop.project(), "sales", file)
    assert found.tables[0].rows[0] == Row("sales/ingest_date=2026-01-07/sales.csv", 1, None, "accepted", (),
                                          found.tables[0].rows[0].values)  # fmt: skip


def test_other_tables_and_feeds_may_be_wrong_its_own_not(shop: MiniShop) -> None:
    shop.write("sources/clicks.yaml", "name: clicks\n")
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "sum(pieces)")
    assert tried(shop, HEAD + "1,2026-01-01,1,1\n").ok
    with pytest.raises(DefinitionError):
        tried(shop, "{}", "clicks")
    shop.edit("silver/sales/from_sales.sql", "qty", "quantity")
    with pytest.raises(DefinitionError, match="qty"):
        tried(shop, HEAD)


def test_what_is_not_there_is_a_wrong_usage(shop: MiniShop) -> None:
    with pytest.raises(UsageError, match="did you mean sales"):
        tried(shop, HEAD, "sale")
    with pytest.raises(UsageError, match="there is no file"):
        attempt(shop.settings, shop.project(), "sales", Path("nowhere.csv"))


def test_each_table_tells_of_its_own_rows_and_of_the_parts_of_a_record(shop: MiniShop) -> None:
    shop.write("sources/baskets.yaml", "name: baskets\ndescription: B.\nowner: web\nformat: ndjson\n")
    shop.write(
        "silver/baskets/contract.yaml", "owner: web\ndescription: B.\nkey: [id]\ncolumns: {id: string Number.}\n"
    )
    shop.write("silver/baskets/from_baskets.sql", "select get_json_object(raw, '$.id') as id from bronze.baskets\n")
    lines = "{id: string Number., place: int Place., sku: string! Article.}"
    shop.write("silver/lines/contract.yaml", f"owner: web\ndescription: L.\nkey: [id, place]\ncolumns: {lines}\n")
    shop.write(
        "silver/lines/from_baskets.sql",
        "select e.id, place, get_json_object(item, '$.sku') as sku from (select from_json(raw, 'id STRING') as e,"
        " _item as place, explode(from_json(raw, 'items ARRAY<STRING>').items) as item from bronze.baskets) as parts\n",
    )
    tables = tried(shop, '{"id": "1", "items": [{"sku": "a"}, {"x": 2}]}\n{"id": "2"}\n', "baskets", "b.json").tables
    assert {table.table: became(table) for table in tables} == {
        "silver.baskets": [(1, "accepted", ()), (2, "accepted", ())],
        "silver.lines": [
            (1, "quarantined", ("sku is missing",)),
            (1, "accepted", ()),
            (2, "filtered", ("the SQL leaves it out",)),
        ],
    }


def test_a_column_of_groups_that_only_other_files_have_is_told_and_stops_nothing(shop: MiniShop) -> None:
    groups = "groups: {by: [id], fill_down: [day], last: [status]}\n"
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\n" + groups)
    found = tried(shop, HEAD + "1,2026-01-01,1,1\n")
    assert found.ok
    assert [row.became for row in found.tables[0].rows] == ["accepted"]
    assert "sales: groups names status, which this file has not: correct it if no file has it" in found.reading


def test_a_file_without_a_record_is_told_and_is_no_fault(shop: MiniShop) -> None:
    found = tried(shop, HEAD)
    assert (found.read, found.ok, [each["message"] for each in found.warnings]) == (0, True, ["holds no record"])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("Total,,2,2\n", False),
        ("Total: all,2026-01-01,2,2\n", False),
        ("9,2026-01-01,1,1\n", True),
        ("Total War,2026-01-01,1,1\n", True),
        ("9,2026-01-01,1,1\n\n \n", True),
    ],
)
@pytest.mark.parametrize("damaged", ["", "3,2026-01-01\n"])
def test_a_footer_that_looks_like_a_record_is_told(
    shop: MiniShop, packed: bool, last: str, told: bool, damaged: str
) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ncsv: {footer: 1}\n")
    data = (HEAD + "1,2026-01-01,1,1\n" + damaged + last).encode()
    found = tried(shop, gzip.compress(data) if packed else data)
    assert found.read == 1 + bool(damaged)
    assert [each["message"] for each in found.warnings] == [
        "its footer looks like a record: it has a value in id, day"
    ] * told
