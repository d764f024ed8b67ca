"""Landed files that hold a person: told, deleted when asked to, and never before bronze has all that is in them."""

from __future__ import annotations

import shutil

from marketpulse.privacy import erase as work
from tests.landing.packs import zipped
from tests.privacy.people import erase, look, named, sales
from tests.shop import MiniShop

ADA, FILE = "ada@1815", "sales/ingest_date=2026-01-01/sales.csv"
HEADER = b"id,day,qty,buyer\n"


def _archive(**members: bytes) -> bytes:
    return zipped({f"{name}.csv": data for name, data in members.items()})


def _line(number: str, buyer: str) -> bytes:
    return HEADER + f"{number},2026-01-01,1,{buyer}\n".encode()


def test_an_archive_goes_as_a_whole_with_its_copies(shop: MiniShop) -> None:
    named(shop)
    path = shop.land("sales/ingest_date=2026-01-01/day.zip", _archive(a=_line("s1", ADA), b=_line("s2", "bob@1")))
    shutil.copy(path, path.with_name("copy.zip"))
    assert shop.run().ok
    found = look(shop, "buyer", ADA)
    assert found.landed == [f"sales/ingest_date=2026-01-01/{name}.zip" for name in ("copy", "day")]
    assert erase(shop, "buyer", ADA).ok
    assert not list(shop.landing.rglob("*.zip"))
    assert [row[0] for row in shop.rows("silver.sales")] == ["s2"]


def test_an_archive_of_which_a_file_did_not_come_in_stays(shop: MiniShop) -> None:
    named(shop)
    path = shop.land("sales/ingest_date=2026-01-01/day.zip", _archive(a=_line("s1", ADA), b=b"id,qty\ns2,1\n"))
    assert not shop.run().ok
    done = erase(shop, "buyer", ADA)
    assert path.exists()
    assert not done.ok
    assert done.landed == ["sales/ingest_date=2026-01-01/day.zip"]
    assert done.problems == [
        "sales/ingest_date=2026-01-01/day.zip was not deleted: bronze.sales does not have all of it as it is now:"
        " run, then erase again"
    ]


def test_a_file_that_was_changed_since_it_was_read_stays(shop: MiniShop) -> None:
    sales(named(shop), "2026-01-01", f"s1,2026-01-01,1,{ADA}")
    assert shop.run().ok
    path = sales(shop, "2026-01-01", f"s1,2026-01-01,1,{ADA}", "s2,2026-01-01,1,bob@1")
    assert not erase(shop, "buyer", ADA).ok
    assert path.exists()
    assert shop.run().ok
    assert erase(shop, "buyer", ADA).ok
    assert not path.exists()
    assert [row[0] for row in shop.rows("silver.sales")] == ["s2"]


def test_a_file_that_another_feed_has_not_read_stays(shop: MiniShop) -> None:
    path = sales(named(shop), "2026-01-01", f"s1,2026-01-01,1,{ADA}")
    assert shop.run().ok
    shop.write("sources/again.yaml", "name: again\nlanding: sales\ndescription: x\nowner: x\nformat: csv\n")
    done = erase(shop, "buyer", ADA)
    assert done.problems[0].startswith(f"{FILE} was not deleted: bronze.again does not have all of it")
    assert path.exists()


def test_a_landing_zone_that_is_not_there_is_told(shop: MiniShop) -> None:
    sales(named(shop), "2026-01-01", f"s1,2026-01-01,1,{ADA}")
    assert shop.run().ok
    shop.landing.rename(shop.root / "elsewhere")
    done = erase(shop, "buyer", ADA)
    assert [problem.partition(" /")[0] for problem in done.problems] == ["there is no landing zone"]


def test_what_has_not_come_in_is_told(shop: MiniShop) -> None:
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,2,bob@1")
    shop.run()
    shop.land("sales/ingest_date=2026-01-01/blocked.csv", "id,qty,buyer\n1,1,ada@1815\n")
    shop.run()
    done = erase(shop, "buyer", "ada@1815")
    (told,) = done.problems
    assert told.startswith("sales/ingest_date=2026-01-01/blocked.csv is not in bronze.sales: whether they hold them is")
    sales(shop, "2026-01-02", "s9,2026-01-02,1,ada@1815", name="late.csv")
    with shop.open() as context:
        assert "2 files of sales, as sales/ingest_date=2026-01-01/blocked.csv" in work.erase_again(context).problems[0]
    shop.run()
    (shop.landing / "sales/ingest_date=2026-01-01/blocked.csv").unlink()
    with shop.open() as context:
        assert work.erase_again(context).ok
