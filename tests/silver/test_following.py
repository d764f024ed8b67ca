"""Rows follow what they look up: whichever came first, however often either changes, exactly once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from marketpulse.lake.lake import Lake
from marketpulse.lake.table import LakeTable
from marketpulse.run.validate import validate
from tests.privacy.people import erase, traces_of
from tests.shop import MiniShop, result
from tests.silver.looking import (
    DAY1,
    DAY2,
    DAY3,
    IDENTIFIED,
    PERSON,
    TABLES,
    Landing,
    built,
    check,
    check_erased,
    heads,
    heads_and_lines,
    held,
    histories,
    kept_out,
    lines,
    stands,
)  # fmt: skip
from tests.silver.rejected import retry, statuses

_SLOW = [HealthCheck.too_slow]
ITEMS = """
with items as (
    select get_json_object(l.raw, '$.id') as id, _item as n, h.day, h.store,
        explode(from_json(l.raw, 'items ARRAY<STRING>').items) as item
    from bronze.lines as l
    left join silver.heads as h on h.receipt_id = get_json_object(l.raw, '$.receipt')
)
select concat(id, '-', cast(n as string)) as line_id, day, store, get_json_object(item, '$.sku') as sku from items
"""


@settings(max_examples=1, derandomize=True, suppress_health_check=_SLOW, database=None)
@given(history=histories())
def test_any_history_of_both_gives_the_tables_of_one_run_and_of_a_rebuild(history: list[Landing]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(history, Path(folder))


@pytest.mark.engines(always=False)
def test_lines_wait_for_their_heads_and_stop_no_load_and_come_by_themselves(shop: MiniShop) -> None:
    heads_and_lines(shop)
    shop.edit("silver/positions/contract.yaml", "rejectedShareLimit, value: 1", "rejectedShareLimit, value: 0.2")
    lines(shop, DAY1, *(f"{n},r1,tea" for n in range(9)), "x,r2,", "y,r2,milk")
    counts = built(shop)
    assert (counts.read, counts.accepted, counts.quarantined, counts.waiting) == (11, 0, 11, 10)
    told = "waits for silver.heads: no such receipt_id"
    assert counts.reasons == {told: 11, "sku is missing": 1}
    heads(shop, DAY3, f"r1,{DAY2},s1,")
    counts = built(shop)
    assert (counts.read, counts.accepted, counts.again, counts.waiting) == (9, 9, 9, 0)
    assert held(shop) == [(str(n), DAY2, "s1", "tea") for n in range(9)]
    assert [status for _, status, _ in statuses(shop)].count("replayed") == 9
    assert ["waits" in errors for _, _, errors, _ in kept_out(shop)] == [True, True]
    assert stands(shop)


@pytest.mark.engines(always=False)
def test_what_a_corrected_head_touches_is_mapped_again_and_nothing_else(shop: MiniShop) -> None:
    heads_and_lines(shop)
    heads(shop, DAY1, f"r1,{DAY1},s1,", f"r2,{DAY2},s2,")
    lines(shop, DAY1, "a,r1,tea", "b, r1 ,milk", "c,r2,tea", "d,r3,tea")
    built(shop)
    heads(shop, DAY2, f"r1,{DAY3},s1,", f"r2,{DAY2},s2,so it is")
    report = shop.run(*TABLES)
    table, (counts,) = result(report, "silver.positions"), result(report, "silver.positions").feeds
    assert (counts.read, counts.again, counts.accepted, counts.replaced) == (2, 2, 2, 2)
    assert (table.rows, table.rows_written, table.buckets) == (3, 2, 2)
    assert held(shop) == [("a", DAY3, "s1", "tea"), ("b", DAY3, "s1", "milk"), ("c", DAY2, "s2", "tea")]
    heads(shop, DAY3, f"r2,{DAY2},s2,nobody takes this", f"r9,{DAY2},s2,")
    assert built(shop).read == 0
    assert result(shop.run(*TABLES), "silver.positions").status == "up to date"


@pytest.mark.engines(always=False)
def test_what_had_lost_to_a_line_whose_head_goes_comes_back(shop: MiniShop) -> None:
    heads_and_lines(shop)
    heads(shop, DAY1, f"r1,{DAY1},s1,", f"r2,{DAY2},s2,")
    lines(shop, DAY1, "a,r1,old", "b,r1,tea")
    lines(shop, DAY2, "a,r2,new")
    built(shop)
    assert held(shop) == [("a", DAY2, "s2", "new"), ("b", DAY1, "s1", "tea")]
    heads(shop, DAY2, f"r2,{DAY2},closed,")
    counts = built(shop)
    assert (counts.read, counts.again, counts.accepted, counts.quarantined, counts.replaced) == (2, 2, 1, 1, 1)
    assert held(shop) == [("a", DAY1, "s1", "old"), ("b", DAY1, "s1", "tea")]
    heads(shop, DAY3, "r1,,,gone", f"r2,{DAY3},s3,")
    counts = built(shop)
    assert (counts.again, counts.waiting) == (3, 2)
    assert held(shop) == [("a", DAY3, "s3", "new")]
    assert stands(shop)


def test_rows_that_are_tried_by_hand_see_the_heads_that_the_table_has_seen(shop: MiniShop) -> None:
    heads_and_lines(shop)
    lines(shop, DAY1, "a,r1,tea", "b,,tea")
    built(shop)
    heads(shop, DAY1, f"r1,{DAY1},s1,")
    shop.run("silver.heads")
    assert [(done.tried, done.passed) for done in retry(shop)] == [(2, 0)]
    heads(shop, DAY2, "r1,,,gone")
    assert (built(shop).again, held(shop)) == (0, [])
    heads(shop, DAY3, f"r1,{DAY3},s3,")
    assert (built(shop).again, held(shop)) == (1, [("a", DAY3, "s3", "tea")])


class _Stopped(BaseException):
    """What stands for a kill between the commit of quarantine and that of the table."""


def _stop_before_the_table(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Lake.commit

    def commit(self: Lake, table: LakeTable, *arguments: Any) -> int | None:
        if table.name == "silver.positions":
            raise _Stopped
        return whole(self, table, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "commit", commit)
        with pytest.raises(_Stopped):
            shop.run(*TABLES)


def test_what_a_stopped_run_said_of_rows_holds_no_longer_than_its_heads(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads_and_lines(shop)
    lines(shop, DAY1, "a,r1,tea")
    built(shop)
    heads(shop, DAY1, f"r1,{DAY1},s1,")
    lines(shop, DAY2, "b,r2,tea")
    _stop_before_the_table(shop, monkeypatch)  # it had closed a, and let b wait
    heads(shop, DAY2, "r1,,,gone", f"r2,{DAY2},s2,")
    built(shop)
    assert held(shop) == [("b", DAY2, "s2", "tea")]
    assert [(key, status) for key, status, _ in statuses(shop)] == [("a", "open"), ("b", "replayed")]
    assert stands(shop)
    assert result(shop.run(*TABLES), "silver.positions").status == "up to date"


def test_what_is_built_anew_after_a_stop_passes_the_gates_of_any_load(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads_and_lines(shop).edit("sources/lines.yaml", "format: csv\n", "format: csv\ndeliveries: list\n")
    heads(shop, DAY1, f"r1,{DAY1},s1,")
    lines(shop, DAY1, *(f"{n},r1,tea" for n in range(9)), "x,r2,tea")
    built(shop)
    heads(shop, DAY2, f"r2,{DAY2},s1,")
    _stop_before_the_table(shop, monkeypatch)
    lines(shop, DAY2, "x,r2,tea", name="cut_short.csv")
    found = result(shop.run(*TABLES), "silver.positions")
    assert (found.status, len(held(shop))) == ("blocked", 9)
    assert "would be gone" in (found.message or "")


@pytest.mark.engines(always=False)
def test_of_elements_the_share_that_is_rejected_is_of_elements(shop: MiniShop) -> None:
    heads_and_lines(shop)
    shop.edit("sources/lines.yaml", "format: csv\nrequired: [receipt]", "format: json")
    shop.edit("silver/positions/contract.yaml", "rejectedShareLimit, value: 1", "rejectedShareLimit, value: 0.5")
    shop.write("silver/positions/from_lines.sql", ITEMS)
    some, more = ('[{"sku": "tea"}' + ', {"sku": "milk"}' * count + "]" for count in (6, 8))
    shop.land(f"lines/ingest_date={DAY1}/l.json", "".join(
        f'{{"id": "{key}", "receipt": "{head}", "items": {items}}}\n'
        for key, head, items in (("a", "r1", some), ("b", "r2", more))
    ))  # fmt: skip
    heads(shop, DAY1, f"r1,{DAY1},s1,", f"r2,{DAY1},s1,")
    built(shop)
    heads(shop, DAY2, f"r1,{DAY1},closed,")  # 7 of 16 elements, of one of 2 records
    assert (built(shop).quarantined, len(held(shop))) == (7, 9)
    assert stands(shop)


def test_an_erased_person_goes_from_what_looked_them_up(shop: MiniShop) -> None:
    check_erased(shop, in_lines=False)


def test_what_is_looked_up_of_people_that_no_erasure_reaches_is_told(shop: MiniShop) -> None:
    heads_and_lines(shop)
    for table in ("heads", "positions"):
        words = PERSON.replace("}", ", classification: pii}")
        shop.edit(f"silver/{table}/contract.yaml", "name: store" + PERSON, "name: store" + words)
    told = [each.message for each in validate(shop.project_dir).warnings]
    assert [text.split(" says")[0] for text in told] == ["no column of silver.heads", "no column of silver.positions"]


def test_names_of_people_that_are_only_looked_up_by_are_told(shop: MiniShop) -> None:
    heads_and_lines(shop)
    known = "primaryKey: true, classification: pii, customProperties: [{property: identifies, value: buyer}], "
    shop.edit("silver/heads/contract.yaml", "primaryKey: true, ", known)
    (told,) = validate(shop.project_dir).warnings
    assert "silver.positions looks up silver.heads by receipt_id, which names a person" in told.message
    shop.edit("silver/positions/contract.yaml", "name: store" + PERSON, "name: store" + IDENTIFIED)
    shop.edit("silver/positions/from_lines.sql", "h.store", "trim(l.receipt) as store")
    assert validate(shop.project_dir).warnings == ()
    heads(shop, DAY1, f"ada@1815,{DAY1},s1,", f"bob,{DAY1},s2,")
    lines(shop, DAY1, "a, ada@1815,tea", "b,bob,tea", "c,ada@1815,")
    built(shop)
    assert erase(shop, "buyer", "ada@1815").ok
    assert held(shop) == [("b", DAY1, "bob", "tea")]
    assert traces_of(shop.root / "warehouse", ["ada@1815"]) == []
