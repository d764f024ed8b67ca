"""The ledger: bounded in what it writes and reads, complete after a crash between its two commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketpulse.bronze.ledger import Ledger
from marketpulse.landing.files import find_files
from marketpulse.names import LANDED_FILES, OUTBOX_KEY
from tests.landed import GOOD, HEADER
from tests.shop import MiniShop


def test_snapshots_do_not_carry_the_rows_of_the_ledger(shop: MiniShop) -> None:
    for number in range(60):
        shop.land(f"sales/{number:03d}.csv", f"id,day,qty,amount\n{number},2026-01-01,1,1\n")
    shop.run()
    with shop.open() as context:
        table = context.lake.find("bronze.sales")
        assert table is not None
        summary = table.snapshots()[-1][3]
        assert len(json.dumps(summary)) < 2_000
        assert len(table.state[OUTBOX_KEY]) < 500
        assert table.state[OUTBOX_KEY] in table.all_paths()
        ledger = context.lake.find(LANDED_FILES)
        assert ledger is not None
        assert sum(file.rows for file in ledger.files()) == 60


def test_a_crash_between_the_two_commits_is_finished_by_the_next_run(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land("sales/a.csv", "id,day,qty,amount\n1,2026-01-01,1,1\n")
    monkeypatch.setattr(Ledger, "add", _killed)
    with pytest.raises(KeyboardInterrupt):
        shop.run()
    monkeypatch.undo()
    report = shop.run()
    assert report.feeds[1].files == 0
    assert [row[1] for row in shop.rows(LANDED_FILES)] == ["sales/a.csv"]
    assert len(shop.rows("silver.sales")) == 1


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_rows_that_a_property_holds_are_completed_too(shop: MiniShop) -> None:
    """A warehouse that was made before the outbox was a file."""
    shop.land("sales/a.csv", "id,day,qty,amount\n1,2026-01-01,1,1\n")
    shop.run()
    with shop.open() as context:
        bronze = context.lake.find("bronze.sales")
        assert bronze is not None
        rows = Path(bronze.state[OUTBOX_KEY]).read_text(encoding="utf-8")
        context.lake.drop(LANDED_FILES)
        context.lake.commit(bronze, [], [], {OUTBOX_KEY: rows}, {})
    assert shop.run().feeds[1].files == 0
    assert [row[1] for row in shop.rows(LANDED_FILES)] == ["sales/a.csv"]


def test_it_knows_a_file_by_name_size_and_times(shop: MiniShop) -> None:
    path = shop.land("sales/a.csv", GOOD)
    shop.run()
    source = shop.project().sources["sales"]
    with shop.open() as context:
        ledger = Ledger(context, source)
        ((file,), _) = find_files(str(shop.landing), "sales")
        assert ledger.deliveries.knows(file)
        path.write_bytes(HEADER + b"2,2026-01-01,1,1\n")
        ((changed,), _) = find_files(str(shop.landing), "sales")
        assert not ledger.deliveries.knows(changed)


def test_many_small_files_of_the_ledger_become_one_and_keep_every_row(shop: MiniShop) -> None:
    for number in range(12):
        shop.land(f"sales/{number:02d}.csv", HEADER + b"%d,2026-01-01,1,1\n" % number)
        shop.run("silver.quarantine")
    assert sorted(row[1] for row in shop.rows(LANDED_FILES)) == [f"sales/{number:02d}.csv" for number in range(12)]
    with shop.open() as context:
        assert len(context.lake.find(LANDED_FILES).files()) < 8


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "is missing"),
        (b"", "is damaged"),
        (b"null", "is damaged"),
        (b'[{"a": 1}]', "is damaged"),
        (b"\xff", "is damaged"),
    ],
)
def test_what_a_load_told_of_its_files_stops_its_feed_alone_when_it_is_damaged(
    shop: MiniShop, data: bytes | None, told: str
) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    (outbox,) = (shop.root / "warehouse/bronze/sales").rglob("landed.json")
    whole = outbox.read_bytes()
    outbox.unlink()
    if data is not None:
        outbox.write_bytes(data)
    shop.land_sales("2026-01-02", "2,2026-01-02,1,1")
    shop.land("clicks/c.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    report = shop.run()
    assert [(feed.source, feed.records, [b["message"][-50:] for b in feed.blocked]) for feed in report.feeds] == [
        ("clicks", 1, []),
        ("sales", 0, [f"landed.json {told}: it says which files came in last"[-50:]]),
    ]
    assert not report.ok
    outbox.write_bytes(whole)
    assert shop.run().ok
    assert len(shop.rows("silver.sales")) == 2
