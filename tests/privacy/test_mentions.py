"""What others say of somebody who was erased is told, of one as of a crowd."""

from __future__ import annotations

import pytest

from tests.privacy.people import click, clicks, erase, named
from tests.shop import MiniShop


def test_texts_of_others_that_mention_the_person_are_told(busy: MiniShop) -> None:
    clicks(busy, "2026-01-05", click("c7", "pc", "bob@1", note="ask ada@1815 about it"))
    busy.run()
    done = erase(busy, "buyer", "ada@1815")
    assert {(m.table, m.column, m.rows) for m in done.mentions} == {
        ("bronze.clicks", "raw", 1),
        ("silver.clicks", "note", 1),
    }
    assert not done.ok


@pytest.mark.engines(always=False)
def test_a_crowd_that_others_mention_is_told(busy: MiniShop) -> None:
    note = "C-250.csv is of b.o-b@12.example, not of C-9999 nor AC-1000"
    clicks(busy, "2026-01-05", click("c7", "pc", "bob@1", note=note))
    busy.run()
    crowd = [f"C-{number}" for number in range(100, 1_100)]
    done = erase(busy, "buyer", *crowd, "b.o-b@12.example")
    assert {(m.table, m.column, m.rows) for m in done.mentions} == {
        ("bronze.clicks", "raw", 1),
        ("silver.clicks", "note", 1),
    }
    assert erase(busy, "buyer", *(f"D-{number}" for number in range(100, 1_100))).mentions == []


@pytest.mark.engines(always=False)
def test_of_a_crowd_that_is_mentioned_often_each_column_is_told(busy: MiniShop) -> None:
    notes = [f"C-{200 + number}, or C-{300 + number}" for number in range(12)]
    clicks(busy, "2026-01-05", *(click(f"e{n}", "pc", "bob@1", note=note) for n, note in enumerate(notes)))
    busy.run()
    done = erase(busy, "buyer", *(f"C-{number}" for number in range(100, 1_100)))
    assert {(m.table, m.column, m.rows) for m in done.mentions} == {
        ("bronze.clicks", "raw", 12),
        ("silver.clicks", "note", 12),
    }


def test_a_feed_that_says_nothing_of_people_is_looked_through(shop: MiniShop) -> None:
    named(shop).write("sources/items.yaml", "name: items\nlanding: clicks\ndescription: x\nowner: x\nformat: json\n")
    clicks(shop, "2026-01-02", click("c1", "phone-ada", "jörg@1815"), click("c2", "pc", "bob@1"))
    assert shop.run().ok
    assert "\\u00f6" in shop.rows("bronze.items")[0][0]
    done = erase(shop, "buyer", "jörg@1815")
    assert [(m.table, m.column, m.rows) for m in done.mentions] == [("bronze.items", "raw", 1)]
