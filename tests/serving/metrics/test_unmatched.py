"""What is mistyped in a condition is told: its 0 is no number of anything."""

from __future__ import annotations

import pytest

from tests.serving.metrics.counting import METRICS, asked, values, with_metrics
from tests.shop import MiniShop


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """A day of big and small lines, and one of small ones only. Nobody changes it."""
    shop = with_metrics(MiniShop(tmp_path_factory.mktemp("sold")), METRICS.replace("[size, id]", "[size, id, day]"))
    shop.land_sales("2026-03-02", "1,2026-03-01,9,1", "2,2026-03-01,1,1", "3,2026-03-02,1,1")
    assert shop.run().ok
    return shop


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("size = 'small'", []),
        ("'small' = SIZE and size in ('small')", []),
        ("size = 'tiny'", ["has size 'tiny'; by size shows what there is"]),
        ("size <> 'tiny'", ["has size 'tiny'; by size shows what there is"]),
        ("size = 'Small'", ["has size 'Small', some have 'small'"]),
        ("not size in ('small', 'it\\'s', 'Tiny')", [f"has size {each}; by size shows what there is" for each in
                                                    ('"it\'s"', "'Tiny'")]),
        ("lower(size) = 'tiny'", []),
        ("day = '2026-02-27'", []),
    ],
)  # fmt: skip
def test_a_text_that_no_row_has_is_told(sold: MiniShop, where: str, told: list[str]) -> None:
    found = asked(sold, "lines", last="2d", where=where)
    assert list(found.notes) == [f"no row of these days {each}" for each in told]


def test_what_other_days_have_is_told_of_these(sold: MiniShop) -> None:
    found = asked(sold, "pieces", last="1d", where="size = 'big'")
    assert found.notes == ("no row of these days has size 'big'; by size shows what there is",)
    assert values(asked(sold, "pieces", last="2d", where="size = 'big'")) == [("None", 9)]


def test_what_the_days_of_a_window_have_is_there(sold: MiniShop) -> None:
    found = asked(sold, "pieces", last="1d", rolling=2, where="size = 'big'")
    assert (values(found), found.notes) == ([("2026-03-02", 9)], ())


def test_texts_are_told_with_those_that_are_spelt_alike_and_no_others(sold: MiniShop) -> None:
    found = asked(sold, "lines", last="2d", where="size in ('BIG', 'tiny', 'Small')")
    told = ["'BIG', some have 'big'", "'tiny'; by size shows what there is", "'Small', some have 'small'"]
    assert list(found.notes) == [f"no row of these days has size {each}" for each in told]
    found = asked(sold, "lines", last="2d", where="size <> 'm' and size <> 's' and size <> 'l'")
    assert [note.split("'")[1] for note in found.notes] == ["m", "s", "l"]


def test_of_several_metrics_one_that_has_it_is_enough(sold: MiniShop) -> None:
    assert asked(sold, "lines", "pieces", last="2d", where="size = 'big'").notes == ()


def test_of_a_ratio_it_is_told_by_what_its_sides_are_known(sold: MiniShop) -> None:
    (told,) = asked(sold, "pieces_per_line", last="2d", where="size = 'tiny'").notes
    assert told.startswith("no row of these days has size 'tiny'")
