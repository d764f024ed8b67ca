"""Rows that follow what they look up are those of a rebuild, for many more histories than the tests try."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.kills import Victim
from tests.shop import MiniShop, result
from tests.silver.looking import (
    DAY1,
    DAY2,
    DAY3,
    KINDS,
    TABLES,
    Landing,
    built,
    check,
    check_erased,
    heads,
    heads_and_lines,
    held,
    histories,
    lines,
    stands,
)  # fmt: skip

#: Before the quarantine is told, between it and the table, and after the table.
KILLS = [(4, "before"), (4, "after"), (5, "after")]


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
@given(history=histories())
def test_any_history_of_both_gives_the_tables_of_one_run_and_of_a_rebuild(kind: str, history: list[Landing]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(history, Path(folder), kind)


GROUPED = "format: csv\ngroups: {fill_down: [receipt]}\n"


def test_a_table_that_remembers_what_is_gone_is_built_anew(tmp_path: Path) -> None:
    shop = heads_and_lines(MiniShop(tmp_path))
    shop.edit("sources/lines.yaml", "format: csv\n", "format: csv\ndeliveries: list\n")
    shop.edit("silver/positions/contract.yaml", "customProperties:\n",
              "customProperties:\n  - {property: removedShareLimit, value: 1}\n")  # fmt: skip
    heads(shop, DAY1, f"r1,{DAY1},s1,", f"r2,{DAY2},s2,")
    lines(shop, DAY1, "a,r1,tea", "b,r1,tea", "c,r2,tea", "d,r3,tea")
    built(shop)
    lines(shop, DAY2, "a,r2,tea", "c,r2,tea", "d,r3,tea")
    built(shop)
    assert [row[0] for row in held(shop)] == ["a", "c"]
    heads(shop, DAY2, f"r2,{DAY3},s2,", f"r3,{DAY3},s3,")
    assert built(shop).read == 7
    assert held(shop) == [(key, DAY3, store, "tea") for key, store in (("a", "s2"), ("c", "s2"), ("d", "s3"))]
    assert stands(shop)


def test_what_is_filled_down_is_looked_up_and_elements_look_up_what_their_record_says(tmp_path: Path) -> None:
    shop = heads_and_lines(MiniShop(tmp_path))
    shop.edit("sources/lines.yaml", "format: csv\n", GROUPED)
    lines(shop, DAY1, "a,r1,tea", "b,,milk", "c,r2,tea")
    built(shop)
    heads(shop, DAY1, f"r1,{DAY1},s1,")
    assert built(shop, chunk_rows=1).again == 2
    assert held(shop) == [("a", DAY1, "s1", "tea"), ("b", DAY1, "s1", "milk")]
    shop.edit("sources/lines.yaml", GROUPED, "format: csv\n")
    shop.edit("silver/positions/from_lines.sql", "l.line as line_id", "concat(l.line, l._item) as line_id")
    shop.edit("silver/positions/from_lines.sql", "l.sku", "explode(split(l.sku, ' ')) as sku")
    lines(shop, DAY2, "x,r2,tea milk", "y,r1,egg")
    built(shop)
    heads(shop, DAY2, f"r2,{DAY2},s2,")
    assert built(shop, chunk_rows=1).again == 3
    assert [row[0] for row in held(shop)] == ["a1", "c1", "x1", "x2", "y1"]
    assert stands(shop)


def test_a_head_that_is_wrong_now_stops_the_load_only_with_too_many_of_all_lines(tmp_path: Path) -> None:
    shop = heads_and_lines(MiniShop(tmp_path))
    shop.edit("silver/positions/contract.yaml", "rejectedShareLimit, value: 1", "rejectedShareLimit, value: 0.4")
    heads(shop, DAY1, f"r1,{DAY1},s1,", f"r2,{DAY1},s2,")
    lines(shop, DAY1, *(f"{n},r1,tea" for n in range(6)), *(f"x{n},r2,tea" for n in range(12)))
    built(shop)
    heads(shop, DAY2, f"r1,{DAY1},closed,")
    counts = built(shop)
    assert (counts.read, counts.again, counts.quarantined, len(held(shop))) == (6, 6, 6, 12)
    heads(shop, DAY3, f"r2,{DAY1},closed,")
    told = result(shop.run(*TABLES), "silver.positions")
    assert (told.status, (told.message or "").split(" (")[0]) == (
        "blocked", "12 of 18 rows of lines would be quarantined",
    )  # fmt: skip
    assert len(held(shop)) == 12


def first_wave(shop: MiniShop) -> None:
    """Lines with and without heads, and one that lost."""
    heads(shop, DAY1, f"r1,{DAY1},s1,", f"r2,{DAY1},s1,")
    lines(shop, DAY1, "a,r1,old", "b,r3,tea", "c,r2,x")
    lines(shop, DAY2, "a,r2,new", "d,r1,milk")


def test_a_run_that_is_killed_while_rows_follow_is_completed_by_the_next(tmp_path: Path) -> None:
    shop = heads_and_lines(MiniShop(tmp_path))
    victim = Victim(shop)
    victim.wave(first_wave)
    shop.run()
    victim.wave(lambda to: heads(to, DAY3, f"r3,{DAY2},s3,", f"r2,{DAY2},closed,"))
    for number, moment in KILLS:
        assert victim.killed_at(number, moment)
        victim.recovers()


def test_an_erased_person_takes_the_lines_along_where_these_say_the_name(tmp_path: Path) -> None:
    check_erased(MiniShop(tmp_path), in_lines=True)
