"""A person goes from every file of the warehouse, and what is left is a warehouse that never saw them."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketpulse.bronze.takeback import find, take_back
from marketpulse.engines import LARGE
from marketpulse.errors import DamagedFileError, UsageError
from marketpulse.lake.lake import Lake
from marketpulse.names import OUTBOX_KEY
from marketpulse.people.erased import Erased
from marketpulse.privacy import erase as work
from marketpulse.privacy.tracing import Trace
from tests.privacy.people import ADA, click, clicks, content, erase, land, look, named, sales, traces_of
from tests.shop import MiniShop
from tests.tables import same

ANY = "{property: rejectedShareLimit, value: 1}"
RULE = (
    "    quality:\n      - {name: few, type: custom, engine: marketpulse, implementation: qty < 5, severity: fail,"
    " description: too many}\n"
)
NAME = "sales/ingest_date=2026-01-02/sales.csv"


def without_her(shop: MiniShop, root: Path) -> MiniShop:
    """The same shop, had she never been there."""
    other = named(MiniShop(root / "other", shop.settings.engine))
    land(other, ADA)
    assert other.run().ok
    return other


@pytest.mark.engines(always=False)
def test_a_person_goes_and_the_rest_is_as_if_they_had_never_been_there(busy: MiniShop, tmp_path: Path) -> None:
    assert traces_of(busy.root / "warehouse", ADA)
    done = erase(busy, "buyer", "ada@1815")
    assert done.ok, done
    assert done.names == (("browser", "phone-ada"), ("buyer", "ada@1815"))
    assert done.shared == (("browser", "tablet"),)
    assert not traces_of(busy.root / "warehouse", ADA)
    same(content(busy), content(without_her(busy, tmp_path)))
    assert {table.status for table in busy.run().tables} == {"up to date"}
    assert busy.run(full_refresh=True).ok
    same(content(busy), content(without_her(busy, tmp_path / "again")))


def test_of_large_days_each_is_written_anew_once_and_others_stay(shop: MiniShop) -> None:
    named(shop)
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    for day, rows in zip(days, (LARGE + 1, LARGE + 2, LARGE + 3), strict=True):
        mine = ["a,{0},1,ada@1815"] if day != days[2] else []
        lines = [f"s{number},{{0}},1,bob@1" for number in range(rows)]
        sales(shop, day, *(f"{day}-{line}".format(day) for line in [*mine, *lines]))
    sales(shop, "2026-01-04", "t1,2026-01-04,1,bob@1", "t2,2026-01-04,1,ada@1815")
    assert shop.run().ok
    before = files_of(shop, "silver.sales")
    erase(shop, "buyer", "ada@1815")
    after = files_of(shop, "silver.sales")
    assert {day: rows for day, _, rows in after} == {
        **dict(zip(map(date.fromisoformat, days), (LARGE + 1, LARGE + 2, LARGE + 3), strict=True)),
        date(2026, 1, 4): 1,
    }
    assert len(after) == 4
    assert {day for day, *_ in {*before} & {*after}} == {date(2026, 1, 3)}


def files_of(shop: MiniShop, name: str) -> list[tuple[object, str, int]]:
    """Bucket, path and rows of each file of a table."""
    with shop.open() as context:
        table = context.lake.find(name)
        return [(file.bucket, file.path, file.rows) for file in table.files()] if table else []


def test_what_would_go_is_told_and_nothing_is_changed(busy: MiniShop) -> None:
    before = busy.snapshots(runs=True)
    found = look(busy, "buyer", "ada@1815")
    assert found.number is None
    assert sorted(found.tables, key=lambda trace: trace.table) == [
        Trace("bronze.clicks", 3),
        Trace("bronze.sales", 4),
        Trace("gold.agg_buyers", 2),
        Trace("silver.clicks", 3),
        Trace("silver.quarantine", 2),
        Trace("silver.sales", 2),
    ]
    assert [Path(name).parts[1] for name in found.landed] == [
        "ingest_date=2026-01-02", "ingest_date=2026-01-01", "ingest_date=2026-01-02", "ingest_date=2026-01-03",
    ]  # fmt: skip
    assert busy.snapshots(runs=True) == before


def test_a_row_that_had_lost_to_the_persons_comes_back(busy: MiniShop) -> None:
    assert [row[3] for row in busy.rows("silver.sales") if row[0] == "s2"] == ["ada@1815"]
    erase(busy, "buyer", "ada@1815")
    assert [row[1:4] for row in busy.rows("silver.sales") if row[0] == "s2"] != []
    assert [row[3] for row in busy.rows("silver.sales") if row[0] == "s2"] == ["bob@1"]


def test_late_files_do_not_bring_a_person_back(busy: MiniShop) -> None:
    erase(busy, "buyer", "ada@1815")
    sales(busy, "2026-01-04", "s8,2026-01-04,1,ada@1815", "s9,2026-01-04,1,bob@1")
    clicks(busy, "2026-01-04", click("c8", "pc", "bob@1"), click("c9", "phone-ada"))
    busy.land("clicks/ingest_date=2026-01-04/bad.json", '{"id": "c10", "browser": "phone-ada"\n{"id": "c11", "n":\n')
    report = busy.run()
    assert report.ok
    assert {feed.source: (feed.records, feed.erased) for feed in report.feeds} == {"clicks": (2, 2), "sales": (1, 1)}
    assert not traces_of(busy.root / "warehouse", ADA)
    assert [row[0] for row in busy.rows("silver.sales") if row[3] == "bob@1"] == ["s2", "s4", "s9"]


class _Killed(BaseException):
    """Stands for the end of the process."""


def _kill_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the process die before its commit of that number, from 0."""
    left = iter(range(number))
    commit = Lake.commit

    def dying(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise _Killed
        return commit(*arguments)

    monkeypatch.setattr(Lake, "commit", dying)


@pytest.mark.long
def test_an_erasure_that_is_killed_again_and_again_is_finished(
    busy: MiniShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _kill_at(patch, 0)
        with pytest.raises(_Killed):
            erase(busy, "buyer", "ada@1815")
    with pytest.raises(UsageError, match="has not come to its end"):
        busy.run()
    for number in range(1, 80, 4):
        with monkeypatch.context() as patch, busy.open() as context:
            _kill_at(patch, number)
            try:
                assert work.erase_again(context, delete_landed=True).ok
                break
            except _Killed:
                continue
    assert number > 10
    assert not traces_of(busy.root / "warehouse", ADA)
    assert not list(busy.root.glob("warehouse/*/*/_erased"))
    same(content(busy), content(without_her(busy, tmp_path)))


def test_several_at_once_wait_for_one_another_and_all_come_to_their_end(busy: MiniShop) -> None:
    """Each reads the list as the one before has left it, so that none is lost from it."""
    erase(busy, "buyer", "nobody@1")

    def does(name: str) -> None:
        if name:
            erase(busy, "buyer", name)
        else:
            with busy.open() as context:
                work.erase_again(context)

    with ThreadPoolExecutor(3) as pool:
        assert [*pool.map(does, ("ada@1815", "bob@1", ""))] == [None, None, None]
    erased = Erased.read(f"{busy.root}/warehouse/.erasures")
    assert [each.number for each in erased.erasures if each.done_at] == [1, 2, 3]
    assert all(erased.has("buyer", name) for name in ("nobody@1", "ada@1815", "bob@1"))
    assert busy.run().ok
    assert traces_of(busy.root / "warehouse", {"ada@1815", "bob@1"}) == []


def test_landed_files_are_listed_and_left_to_their_owner(busy: MiniShop) -> None:
    done = erase(busy, "buyer", "ada@1815", delete_landed=False)
    assert not done.ok
    assert len(done.landed) == 4
    assert all((busy.landing / name).exists() for name in done.landed)
    assert busy.run().ok
    assert not traces_of(busy.root / "warehouse", ADA)
    with busy.open() as context:
        assert work.erase_again(context).landed == done.landed
        assert work.erase_again(context, delete_landed=True).ok
    assert not any((busy.landing / name).exists() for name in done.landed)


def test_a_restored_backup_is_not_built_on_before_it_has_caught_up(busy: MiniShop) -> None:
    warehouse, backup = busy.root / "warehouse", busy.root / "backup"
    shutil.copytree(warehouse, backup)
    erase(busy, "buyer", "ada@1815")
    kept = busy.root / "list"
    shutil.move(warehouse / ".erasures", kept)
    shutil.rmtree(warehouse)
    shutil.move(backup, warehouse)
    shutil.copytree(kept, warehouse / ".erasures", dirs_exist_ok=True)
    with pytest.raises(UsageError, match="still has them"):
        busy.run()
    with busy.open() as context:
        assert work.erase_again(context).ok
    assert not traces_of(warehouse, ADA)
    assert busy.run().ok


def test_a_list_that_is_lost_or_older_is_missed(busy: MiniShop) -> None:
    erase(busy, "buyer", "ada@1815")
    shutil.rmtree(busy.root / "warehouse" / ".erasures")
    with pytest.raises(UsageError, match="knows of erasures that the list"):
        busy.run()


@pytest.mark.engines(always=False)
def test_of_a_feed_with_columns_to_empty_records_stay_and_are_nobodys(shop: MiniShop, tmp_path: Path) -> None:
    other = MiniShop(tmp_path / "other", shop.settings.engine)
    for each in (shop, other):
        named(each).edit("sources/sales.yaml", "day, buyer]", "day, buyer]\nerase: [buyer]")
        land(each)
    for path in other.landing.rglob("*.csv"):
        lines = [line for line in path.read_text().splitlines() if not line.endswith("too,many")]
        path.write_text("".join(line.replace("ada@1815", "") + "\n" for line in lines))
    clicks_file = next(other.landing.glob("clicks/*/*"))
    lines = clicks_file.read_text().splitlines(keepends=True)
    clicks_file.write_text("".join(line for line in lines if not any(name in line for name in ADA)))
    assert shop.run().ok
    assert other.run().ok
    done = erase(shop, "buyer", "ada@1815")
    assert done.ok, done
    sales(shop, "2026-01-09", "s9,2026-01-09,4,ada@1815")
    sales(other, "2026-01-09", "s9,2026-01-09,4,")
    for each in (shop, other):
        assert each.run().ok
    assert not traces_of(shop.root / "warehouse", ADA)
    same(content(shop), content(other))
    assert shop.run(full_refresh=True).ok
    same(content(shop), content(other))


@pytest.mark.parametrize("terms", ["deliveries: list", "deliveries: {replace: file}", "order: arrival"])
def test_nothing_is_remembered_of_what_a_person_no_longer_had(shop: MiniShop, tmp_path: Path, terms: str) -> None:
    def landed(shop: MiniShop, hers: list[str], hers_now: list[str]) -> None:
        shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\n{terms}\n")
        shop.edit("silver/sales/contract.yaml", "customProperties:\n", f"customProperties:\n  - {limit}\n  - {right}\n")
        named_only = ["s2,2026-01-01,2,bob@1", "s4,2026-01-01,1,eve@1"]
        sales(shop, "2026-01-01", *hers, *named_only)
        shop.run()
        sales(shop, "2026-01-02", *hers_now, "s2,2026-01-01,3,bob@1", "s5,2026-01-02,0,bob@1")
        assert shop.run().ok

    limit, right = "{property: rejectedShareLimit, value: 1}", "{property: removedShareLimit, value: 1}"
    landed(named(shop), ["s1,2026-01-01,1,ada@1815", "s3,2026-01-01,7,ada@1815"], ["s3,2026-01-01,0,ada@1815"])
    other = named(MiniShop(tmp_path / "other"))
    landed(other, [], [])
    assert erase(shop, "buyer", "ada@1815").ok
    assert traces_of(shop.settings.local, ["ada@1815"]) == []
    same(content(other), content(shop))
    for each in (shop, other):
        sales(each, "2026-01-03", "s4,2026-01-01,9,eve@1")
        assert each.run().ok
    same(content(other), content(shop))


def test_what_was_taken_back_is_forgotten_too(shop: MiniShop) -> None:
    named(shop).edit("silver/sales/contract.yaml", "customProperties:\n", f"customProperties:\n  - {ANY}\n")
    sales(shop, "2026-01-01", "s1,2026-01-01,1,bob@1")
    path = sales(shop, "2026-01-02", "s2,2026-01-01,0,ada@1815", "s3,2026-01-01,1,ada@1815")
    shop.run()
    with shop.open() as context:  # and is killed before the quarantine is looked at
        take_back(context, find(context, NAME), NAME, "wrong")
    shop.run()
    first = erase(shop, "buyer", "ada@1815")
    told = "was taken back and lies in the landing zone: whether it holds them is not known; remove it"
    assert first.problems == [f"{NAME} {told}"]
    assert traces_of(shop.settings.local, ["ada@1815"]) == []
    path.unlink()
    with shop.open() as context:
        assert work.erase_again(context).ok


def test_a_file_that_is_called_after_a_person_is_told_and_is_not_on_the_list(shop: MiniShop) -> None:
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,1,bob@1", name="ada@1815.csv")
    shop.run()
    done = erase(shop, "buyer", "ada@1815", delete_landed=False)
    assert done.landed == ["sales/ingest_date=2026-01-01/ada@1815.csv"]
    assert {mention.column for mention in done.mentions} == {"source_file", "_source_file"}
    assert "ada@1815" not in (shop.settings.local / ".erasures" / "erased.json").read_text()


def test_a_gate_that_holds_a_list_up_holds_while_a_person_goes(shop: MiniShop) -> None:
    named(shop).edit("sources/sales.yaml", "format: csv\n", "format: csv\ndeliveries: list\n")
    others = [f"s{number},2026-01-01,1,bob@1" for number in range(20)]
    sales(shop, "2026-01-01", *others, "a1,2026-01-01,1,ada@1815")
    assert shop.run().ok
    sales(shop, "2026-01-02", *others[:5])
    assert shop.run().exit_code == 1
    stopped = erase(shop, "buyer", "ada@1815")
    assert not stopped.ok
    assert "would be gone" in stopped.waits["silver.sales"]
    assert len(shop.rows("silver.sales")) == 21
    sales(shop, "2026-01-03", *others)
    shop.run()
    with shop.open() as context:
        assert work.erase_again(context, delete_landed=True).ok
    assert len(shop.rows("silver.sales")) == 20
    assert traces_of(shop.settings.local, ["ada@1815"]) == []


def test_who_is_not_there_yet_can_be_erased_all_the_same(shop: MiniShop) -> None:
    named(shop).write("sources/notes.yaml", "name: notes\ndescription: x\nowner: x\nformat: json\n")
    shop.land("notes/ingest_date=2026-01-01/a.json", '{"a": 1}\n')
    assert shop.run().ok
    assert (erase(shop, "buyer", "ada@1815").tables, look(shop, "buyer", "bob@1").tables) == ([], [])
    sales(shop, "2026-01-02", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,2,bob@1")
    assert shop.run().ok
    assert [row[0] for row in shop.rows("silver.sales")] == ["s2"]


def test_who_is_asked_for_as_nobody_writes_it_is_told(busy: MiniShop) -> None:
    asked = [look(busy, "buyer", "Ada@1815"), erase(busy, "buyer", "Ada@1815")]
    assert [(done.ok, done.problems[0][:23]) for done in asked] == [(False, "there is buyer ada@1815")] * 2
    assert len([row for row in busy.rows("silver.sales") if row[3] == "ada@1815"]) == 2


def test_runs_that_went_wrong_with_somebody_name_them_by_nothing(shop: MiniShop) -> None:
    named(shop).edit("gold/agg_buyers/contract.yaml", "customProperties:", RULE + "customProperties:")
    sales(shop, "2026-01-01", "s1,2026-01-01,7,C-17", "s2,2026-01-01,1,C-18")
    assert not shop.run().ok
    runs = shop.root / "warehouse/bronze/flow_runs"
    assert traces_of(runs, [shop.pseudonym("C-17")])
    shop.edit("gold/agg_buyers/contract.yaml", "severity: fail", "severity: warn")
    erase(shop, "buyer", "C-17")
    assert not traces_of(shop.root / "warehouse", ["C-17", shop.pseudonym("C-17")])


def test_a_table_that_cannot_be_built_is_told_and_waited_for(busy: MiniShop) -> None:
    rule = "{name: none, type: sql, query: 'select count(*) from {table}', mustBe: 99, severity: fail, description: x}"
    said = f"    quality:\n      - {rule}\ncustomProperties:\n  - {{property: inputs"
    busy.edit("gold/agg_buyers/contract.yaml", "customProperties:\n  - {property: inputs", said)
    done = erase(busy, "buyer", "ada@1815")
    assert list(done.waits) == ["gold.agg_buyers"]
    assert not busy.run().ok  # it goes on, but for that table
    busy.edit("gold/agg_buyers/contract.yaml", said, "customProperties:\n  - {property: inputs")
    assert busy.run().ok
    with busy.open() as context:
        assert work.erase_again(context).ok
    assert not traces_of(busy.root / "warehouse", ADA)


@pytest.mark.parametrize(
    ("kind", "names", "reason", "words"),
    [
        ("bayer", ("x",), "why", "no contract says which column is a 'bayer'"),
        ("buyer", (), "why", "which buyer?"),
        ("buyer", (" ",), "why", "which buyer?"),
        ("buyer", ("ada@1815",), " ", "why?"),
        ("buyer", ("ada@1815",), "Ada@1815 asked", "the reason names the person"),
    ],
)
def test_what_cannot_be_asked(busy: MiniShop, kind: str, names: tuple[str, ...], reason: str, words: str) -> None:
    with busy.open() as context, pytest.raises(UsageError) as error:
        work.erase(context, work.Asked(kind, names, reason))
    assert words in str(error.value)
    assert not (busy.root / "warehouse" / ".erasures" / "erased.json").exists()


@pytest.mark.parametrize("is_last", [True, False])
def test_a_reason_for_which_a_delivery_was_taken_back_names_nobody(busy: MiniShop, is_last: bool) -> None:
    sales(busy, "2026-01-04", "s9,2026-01-04,1,bob@1")
    busy.run()
    name = "sales/ingest_date=2026-01-04/sales.csv"
    with busy.open() as context:
        take_back(context, find(context, name), name, "a mistake of ada@1815, of bob@1")
    if not is_last:
        sales(busy, "2026-01-05", "s10,2026-01-05,1,bob@1")
        busy.run()
    erase(busy, "buyer", "ada@1815")
    assert not traces_of(busy.root / "warehouse", ADA)
    reasons = {row[-1] for row in busy.rows("bronze.landed_files") if row[-1]}
    assert reasons == {"a mistake of (erased), of bob@1"}
    before = content(busy)
    assert {table.status for table in busy.run().tables} == {"up to date"}  # what was taken back stays so
    same(content(busy), before)


def test_where_the_notes_of_a_feed_are_lost_or_damaged_a_person_goes_or_it_is_told(busy: MiniShop) -> None:
    with busy.open() as context:
        note = Path(context.lake.find("bronze.sales").state[OUTBOX_KEY])
    whole = note.read_text()
    note.write_text(whole[:-9])
    with pytest.raises(DamagedFileError, match=r"landed.json is damaged"):
        erase(busy, "buyer", "ada@1815")
    note.unlink()
    with busy.open() as context:
        work.erase_again(context)
    assert not traces_of(busy.root / "warehouse", ADA)
    note.parent.mkdir(exist_ok=True)
    note.write_text(whole)  # as from a backup
    assert busy.run().ok
