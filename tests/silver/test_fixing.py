"""Rejected rows that were corrected by hand stand where the old ones stood, and the old ones are closed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from marketpulse.bronze.takeback import find, take_back
from marketpulse.errors import UsageError
from marketpulse.silver import fixing, quarantine
from marketpulse.silver.quarantine import Filter
from tests.shop import MiniShop, result
from tests.silver.rejected import statuses
from tests.silver.replacing import held, stands

DAY1, DAY2 = "2026-01-01", "2026-01-02"
GOOD = [f"{number},{DAY1},1,1" for number in range(9)]


@pytest.fixture
def dirty(shop: MiniShop) -> MiniShop:
    """A shop with two rejected rows; one of their keys has come again."""
    shop.land_sales(DAY1, *GOOD, f"a,{DAY1},=1,1", f"b,{DAY1},many,1")
    shop.land_sales(DAY2, f"b,{DAY1},7,1", name="later.csv")
    assert shop.run().ok
    return shop


def export(shop: MiniShop, **where: str) -> str:
    with shop.open() as context:
        return fixing.export(context, Filter(**where), 100).text


def fix(shop: MiniShop, text: str) -> fixing.Fixed:
    with shop.open() as context:
        return fixing.fix(context, text)


def test_what_was_corrected_comes_in_and_the_old_rows_are_closed(dirty: MiniShop) -> None:
    text = export(dirty, source="sales")
    assert text.splitlines()[0] == "_quarantine_id,id,day,qty,amount,_reasons"
    assert "'=1" in text
    done = fix(dirty, text.replace("'=1", "2").replace("many", "3"))
    assert (done.rows, done.closed, len(done.files)) == (2, 2, 1)
    assert done.files[0].startswith(f"sales/ingest_date={DAY1}/sales.csv.fixed-")
    counts = result(dirty.run(), "silver.sales").feeds[0]
    assert (counts.accepted, counts.outranked) == (1, 1)
    assert {("a", DAY1, 2), ("b", DAY1, 7)} <= held(dirty)
    assert {status for _, status, _ in statuses(dirty)} == {"discarded"}
    assert stands(dirty)


def test_what_the_source_corrects_after_that_stays(shop: MiniShop) -> None:
    shop.land_sales(DAY1, *GOOD, f"a,{DAY1},many,1", f"b,{DAY1},none,1")
    shop.run()
    fix(shop, export(shop, source="sales").replace("many", "7"))
    shop.run()
    fix(shop, export(shop, source="sales").replace("none", "8"))
    shop.run()
    assert {("a", DAY1, 7), ("b", DAY1, 8)} <= held(shop)
    shop.land_sales(DAY1, *GOOD, f"a,{DAY1},5,1")
    report = shop.run()
    assert {("a", DAY1, 5), ("b", DAY1, 8)} <= held(shop)
    assert result(report, "silver.sales").feeds[0].outranked == 0
    assert stands(shop)


def test_what_is_still_wrong_is_rejected_again_and_can_be_corrected_again(dirty: MiniShop) -> None:
    first = fix(dirty, export(dirty, rule="type").replace("many", "more").replace("'=1", "2").replace(",", ";"))
    dirty.run()
    text = export(dirty, source="sales")
    assert text.count("\n") == 2
    second = fix(dirty, text.replace("more", "3"))
    assert (first.files + second.files)[1].count(".fixed-") == 1
    dirty.run()
    with pytest.raises(UsageError, match="no such row"):
        export(dirty, source="sales")


@pytest.mark.engines(always=False)
def test_rows_of_a_file_that_is_forgotten_go_along_and_the_same_correction_comes_in_again(dirty: MiniShop) -> None:
    origin = f"sales/ingest_date={DAY1}/sales.csv"
    fix(dirty, export(dirty, source="sales").replace("'=1", "2").replace("many", "more"))
    with dirty.open() as context, pytest.raises(UsageError, match="wait for a run"):
        take_back(context, find(context, origin), origin, "wrong")
    dirty.run()
    fix(dirty, export(dirty, source="sales").replace("more", "3"))
    dirty.run()
    with dirty.open() as context:
        done = take_back(context, find(context, origin), origin, "wrong")
    assert (len(done.names), done.fixes, done.records) == (3, 2, 14)
    for path in dirty.landing.glob("sales/*/*.fixed-*"):
        path.touch()
    dirty.run()
    assert held(dirty) == {("b", DAY1, 7)}
    assert stands(dirty)
    dirty.land_sales(DAY1, *GOOD, f"a,{DAY1},=1,1", f"b,{DAY1},many,2")
    dirty.run()
    fix(dirty, export(dirty, source="sales").replace("'=1", "2").replace("many", "more"))
    dirty.run()
    assert ("a", DAY1, 2) in held(dirty)
    assert stands(dirty)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("_quarantine_id", "id_"), "has no column _quarantine_id"),
        (lambda text: text.splitlines()[0], "has no rows"),
        (lambda text: text + text.splitlines()[1] + "\n", "is there twice"),
        (lambda text: text + "abc\n", "is no row"),
        (lambda text: text + '"an open quote\n', "cannot be read: unexpected end of data"),
        (lambda text: text.splitlines()[0] + "\n" + "0" * 32 + ",a,b,c,d,e\n", "are not open in quarantine"),
    ],
)
def test_a_file_that_is_no_edited_export_changes_nothing(
    dirty: MiniShop, change: Callable[[str], str], words: str
) -> None:
    before = sorted(dirty.landing.rglob("*"))
    with pytest.raises(UsageError, match=words):
        fix(dirty, change(export(dirty, source="sales")))
    assert sorted(dirty.landing.rglob("*")) == before
    assert {status for _, status, _ in statuses(dirty)} == {"open"}


def test_rows_of_a_whole_delivery_cannot_be_landed_by_themselves(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ndeliveries: list\n")
    shop.land_sales(DAY1, *GOOD, f"a,{DAY1},many,1")
    shop.run()
    with pytest.raises(UsageError, match="is whole"):
        export(shop, source="sales")


def test_a_record_of_json_is_corrected_as_it_is_written(shop: MiniShop) -> None:
    good = "".join(f'{{"id":"{number}","ts":"2026-01-01T00:00:01Z"}}\n' for number in range(9))
    shop.edit("sources/clicks.yaml", "ndjson: {records: batch}\n", "")
    shop.land("clicks/a.json", good + '{"id":"x","ts":"soon"}\n')
    shop.run()
    done = fix(shop, export(shop, source="clicks").replace("soon", "2026-01-01T00:00:02Z"))
    assert done.files[0].endswith(".json")
    assert shop.run().ok
    assert "x" in {row[0] for row in shop.rows("silver.clicks")}


def test_a_file_is_written_as_its_feed_is_read(shop: MiniShop) -> None:
    options = "csv:\n  delimiter: '|'\n  header: false\n  columns: [id, day, qty, amount]\n  skip: 1\n  footer: 1\n"
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\n{options}  encoding: latin-1\n")
    lines = [line.replace(",", "|") for line in [*GOOD, f"ä|{DAY1}|many|1"]]
    text = "\n".join(["Sales", *lines, "total"])
    (shop.landing / "sales").mkdir(parents=True, exist_ok=True)
    (shop.landing / "sales" / "a.csv").write_bytes(text.encode("latin-1"))
    shop.run()
    fix(shop, export(shop, source="sales").replace("many", "5"))
    assert shop.run().ok
    assert ("ä", DAY1, 5) in held(shop)


def test_of_records_in_records_none_can_be_landed_by_itself(shop: MiniShop) -> None:
    good = ", ".join(f'{{"id":"{number}","ts":"2026-01-01T00:00:01Z"}}' for number in range(9))
    shop.land("clicks/a.json", f'{{"batch":[{good}, {{"id":"x","ts":"soon"}}]}}\n')
    shop.run()
    with pytest.raises(UsageError, match="cannot be written by hand"):
        export(shop, source="clicks")


def test_what_is_left_out_of_an_export_is_counted_with_the_reason(shop: MiniShop) -> None:
    shop.land_sales(DAY1, *GOOD, *GOOD, f"a,{DAY1},many,1", f"b,{DAY1},none,1", f"c,{DAY1}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in.csv", f"id,day,qty,amount\nz,{DAY1},some,1\n")
    shop.land("sales/day.zip", packed.getvalue())
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\npattern: '*'\n")
    shop.run()
    with shop.open() as context:
        found = fixing.export(context, Filter(source="sales"), 100)
        assert (found.rows, sorted(found.left.values())) == (2, [1, 1])
        assert "1 (cannot be read" in found.told
        assert "1 (lie in archives" in found.told
        assert "--limit" in fixing.export(context, Filter(source="sales", rule="type"), 2).told
        inside = [row for row in quarantine.find(context, Filter(), 100) if "!/" in row["source_file"]]
        with pytest.raises(UsageError, match="lies in an archive"):
            fixing.export(context, Filter(ids=(inside[0]["quarantine_id"],)), 100)
