"""The ledger of landed files: a load that was killed before it wrote it down is completed, each row once."""

from __future__ import annotations

import json

from marketpulse.bronze.ledger import Ledger
from marketpulse.landing.files import find_files
from marketpulse.names import LANDED_FILES, OUTBOX_KEY
from tests.landed import GOOD, HEADER
from tests.shop import MiniShop


def names(shop: MiniShop) -> list[str]:
    """Files that the ledger has."""
    return sorted(row[1] for row in shop.rows(LANDED_FILES))


def forget(shop: MiniShop) -> None:
    """The ledger is not there: as if a run had been killed right after its bronze commit."""
    with shop.open() as context:
        context.lake.drop(LANDED_FILES)


def test_rows_that_a_bronze_commit_named_are_written_down_by_whoever_comes_next(shop: MiniShop) -> None:
    shop.land("sales/a.csv", GOOD)
    shop.land("sales/twin.csv", GOOD)
    shop.run()
    forget(shop)
    report = shop.run()
    assert names(shop) == ["sales/a.csv", "sales/twin.csv"]
    assert (report.feeds[1].files, report.feeds[1].duplicates) == (0, 0)
    assert len(shop.rows("bronze.sales")) == 1


def test_an_outbox_of_a_warehouse_that_is_older_holds_the_rows_themselves(shop: MiniShop) -> None:
    shop.land("sales/a.csv", GOOD)
    shop.run()
    with shop.open() as context:
        bronze = context.lake.find("bronze.sales")
        rows = json.loads((shop.root / bronze.state[OUTBOX_KEY]).read_text())
        context.lake.commit(bronze, [], [], {OUTBOX_KEY: json.dumps(rows)}, {})
    forget(shop)
    shop.run()
    assert names(shop) == ["sales/a.csv"]


def test_it_knows_a_file_by_name_size_and_time_and_a_content_by_any_name(shop: MiniShop) -> None:
    path = shop.land("sales/a.csv", GOOD)
    shop.run()
    source = shop.project().sources["sales"]
    with shop.open() as context:
        ledger = Ledger(context, source)
        ((file,), _) = find_files(str(shop.landing), "sales")
        assert ledger.knows(file)
        path.write_bytes(HEADER + b"2,2026-01-01,1,1\n")
        ((changed,), _) = find_files(str(shop.landing), "sales")
        assert not ledger.knows(changed)
        assert len(ledger.contents) == 1


def test_many_small_files_of_the_ledger_become_one_and_keep_every_row(shop: MiniShop) -> None:
    for number in range(12):
        shop.land(f"sales/{number:02d}.csv", HEADER + b"%d,2026-01-01,1,1\n" % number)
        shop.run("silver.quarantine")
    assert names(shop) == [f"sales/{number:02d}.csv" for number in range(12)]
    with shop.open() as context:
        assert len(context.lake.find(LANDED_FILES).files()) < 8
