"""A person goes whatever kind of file they landed in, and does not come back by any."""

from __future__ import annotations

from pathlib import Path

from tests.privacy.formats import KINDS, land, with_kinds
from tests.privacy.people import content, erase, named, traces_of
from tests.shop import MiniShop
from tests.tables import same

ADA = "ada@1815"


def _shop(root: Path) -> MiniShop:
    return with_kinds(named(MiniShop(root)))


def test_a_person_goes_from_every_kind_of_file(tmp_path: Path) -> None:
    shop, other = _shop(tmp_path / "one"), _shop(tmp_path / "other")
    land(shop, "2026-01-01", "bob@1", ADA, "eve@1")
    land(other, "2026-01-01", "bob@1", "", "eve@1")
    assert shop.run().ok
    assert other.run().ok
    assert {row[0][:3] for row in shop.rows("silver.sales") if row[3] == ADA} == {feed[:3] for feed in KINDS}
    done = erase(shop, "buyer", ADA)
    assert done.ok, done
    assert not [path for path in shop.landing.rglob("*") if path.is_file()]  # an archive goes as a whole
    land(shop, "2026-01-02", ADA, "bob@1", first=5)
    land(other, "2026-01-02", "", "bob@1", first=5)
    report = shop.run()
    assert {feed.source for feed in report.feeds if feed.erased} == {*KINDS}
    assert other.run().ok
    assert not traces_of(shop.root / "warehouse", [ADA])
    same(content(shop), content(other))
    assert shop.run(full_refresh=True).ok
    same(content(shop), content(other))


def test_a_name_is_read_as_its_feed_writes_it(tmp_path: Path) -> None:
    shop = named(MiniShop(tmp_path / "shop"))
    said = "format: csv\ncsv: {delimiter: ';', decimal: ',', thousands: '.', date: dd.MM.yyyy}"
    shop.edit("sources/sales.yaml", "format: csv", said)
    shop.write(
        "silver/sales/from_sales.sql",
        "select id, day, qty, cast(cast(buyer as bigint) as string) as buyer from bronze.sales\n",
    )
    lines = ("s1;01.01.2026;1;12.345", "s2;01.01.2026;1;67.890", "s2;01.01.2026;1;12.345", "s3;1/1/26;1;12345")
    shop.land("sales/ingest_date=2026-01-01/a.csv", "\n".join(["id;day;qty;buyer", *lines]) + "\n")
    assert shop.run().ok
    assert [row[3] for row in shop.rows("silver.sales")] == ["12345", "12345"]
    assert erase(shop, "buyer", "12345").ok
    assert [row[3] for row in shop.rows("silver.sales")] == ["67890"]
    assert [row[3] for row in shop.rows("bronze.sales")] == ["67.890"]
