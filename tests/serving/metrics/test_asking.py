"""Questions, answered from a warehouse: which days, beside what, and what is not whole yet."""

from __future__ import annotations

import shutil
from copy import copy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.serving.metrics.coverage import FIRST
from tests.clock import set_clock
from tests.serving.metrics.counting import METRICS, asked, values, with_metrics
from tests.shop import MiniShop

#: When a run begins that loads what is of today.
NOON = datetime(2026, 5, 10, 12)
DAYS = {"2026-03-01": 2, "2026-03-02": 4, "2026-03-04": 3, "2026-03-09": 2}


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """Four days of lines, a big one first each day; no lines on the other days. Nobody changes it."""
    return filled(MiniShop(tmp_path_factory.mktemp("sold")))


def filled(shop: MiniShop) -> MiniShop:
    """The shop with these days."""
    lines = [f"{day}-{n},{day},{9 if n == 0 else 1},1" for day, count in DAYS.items() for n in range(count)]
    with_metrics(shop).land_sales("2026-03-09", *lines)
    assert shop.run().ok
    return shop


def test_a_number_is_of_the_days_up_to_the_newest(sold: MiniShop) -> None:
    found = asked(sold, "lines")
    assert (str(found.period), values(found)) == ("2026-02-10 to 2026-03-09", [("None", 11)])
    assert str(asked(sold, "rows", last="1d").period) == "2026-03-09"


def test_every_period_has_a_line_and_days_without_rows_are_told(sold: MiniShop) -> None:
    found = asked(sold, "lines", grain="day", first_day="2026-03-01", last_day="2026-03-04")
    assert [row[1] for row in values(found)] == [2, 4, None, 3]
    assert found.notes == ("Lines: nothing on 1 of 4 days: 2026-03-03",)


def test_what_is_cut_or_not_loaded_is_marked(sold: MiniShop) -> None:
    found = asked(sold, "lines", grain="week", first_day="2026-03-02", last_day="2026-03-10")
    assert values(found) == [("2026-03-02", 7), ("2026-03-09", 2)]
    assert [line.mark for line in found.lines] == [None, "1 of 2 days not loaded, 2 of its 7 days"]


def edited(sold: MiniShop, folder: Path, old: str, new: str) -> MiniShop:
    """The same warehouse, with other definitions of its metrics."""
    own = copy(sold)
    own.project_dir = Path(shutil.copytree(sold.project_dir, folder / "project"))
    own.edit("metrics/lines.yaml", old, new)
    return own


def test_a_day_that_is_not_over_or_has_few_rows_is_marked(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    sold = filled(shop)
    sold.land_sales("2026-03-10", *(f"x{n},2026-03-10,1,1" for n in range(20)), "y,2026-03-11,1,1", name="c.csv")
    sold.run()
    assert [line.mark for line in asked(sold, "lines", grain="day", last="2d").lines] == [None, "just begun"]
    assert values(asked(sold, "lines", last="1d", full=True)) == [("None", 20)]
    set_clock(monkeypatch, NOON)
    today = NOON.date()
    yesterday = today - timedelta(days=1)
    sold.land_sales(str(today), *(f"{day}-{n},{day},1,1" for day in (yesterday, today) for n in range(3)), name="b.csv")
    sold.run()
    found = asked(sold, "lines", grain="day", last="2d")
    assert [line.mark for line in found.lines] == [None, "not over when loaded"]
    assert str(asked(sold, "lines", last="1d", full=True).period) == str(yesterday)


@pytest.mark.parametrize(
    ("grain", "begins", "told"),
    [("day", "2026-03-01", "the first day there is"), ("week", "2026-02-23", "with the first day there is")],
)
def test_the_period_that_the_data_begin_in_is_perhaps_not_whole(
    sold: MiniShop, grain: str, begins: str, told: str
) -> None:
    answer = asked(sold, "lines", grain=grain, last="28d")
    doubted = {str(line.period): answer.doubt(line) for line in answer.lines if answer.doubt(line) != line.mark}
    assert [(period, (why or "").startswith(told)) for period, why in doubted.items()] == [(begins, True)]


def test_beside_stand_the_days_before(sold: MiniShop) -> None:
    found = asked(sold, "lines", by=["size"], first_day="2026-03-02", last_day="2026-03-04", compare="previous")
    assert str(found.compared) == "2026-02-27 to 2026-03-01"
    assert [(*line.members, *line.values, *line.before, *line.changes) for line in found.lines] == [
        ("small", 5, 1, None),
        ("big", 2, 1, None),
    ]
    assert "no change is told: 2 of 3 days are before the first day there is" in found.notes


def test_only_whole_days_are_compared(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data begin at noon of the first day, and the newest is today: neither is set against a whole day."""
    set_clock(monkeypatch, NOON)
    today = NOON.date()
    days = {today - timedelta(days=back): 8 for back in range(1, 14)} | {today: 2, today - timedelta(days=14): 4}
    with_metrics(shop).land_sales(str(today), *(f"{d}-{n},{d},1,1" for d, count in days.items() for n in range(count)))
    shop.run()
    found = asked(shop, "lines", grain="day", everything=True, compare="day", last_day=None)
    assert found.lines[0].before == (None,)
    one = {back: asked(shop, "lines", first_day=str(d), last_day=str(d), compare="previous").lines[0].changes[0]
           for back in (0, 1, 12, 13) if (d := today - timedelta(days=back))}  # fmt: skip
    assert one == {0: None, 1: 0.0, 12: 0.0, 13: None}
    week = asked(shop, "lines", last="7d", compare="previous")
    assert (str(week.period), str(week.compared)) == (
        f"{today - timedelta(days=6)} to {today - timedelta(days=1)}",
        f"{today - timedelta(days=13)} to {today - timedelta(days=8)}",
    )
    assert (week.lines[0].values, week.lines[0].changes) == ((48,), (0.0,))
    assert f"{today} left out: not over when loaded; whole days are compared" in week.notes
    assert week.plain()["rows"][0]["lines_change"] == 0.0
    assert asked(shop, "lines", last="7d").lines[0].values == (50,)


def test_each_day_stands_beside_its_own(sold: MiniShop) -> None:
    found = asked(sold, "lines", grain="day", first_day="2026-03-08", last_day="2026-03-09", compare="week")
    assert [(line.values, line.before) for line in found.lines] == [((None,), (2,)), ((2,), (4,))]
    months = asked(sold, "lines", grain="day", first_day="2026-03-29", last_day="2026-04-01", compare="month")
    assert [line.before[0] for line in months.lines] == [None, None, None, 2]


def test_parts_of_weeks_are_not_set_beside_whole_ones(sold: MiniShop) -> None:
    with pytest.raises(UsageError, match="by weeks, the days 2026-03-30 to 2026-04-12 and 2026-02-28 to 2026-03-12"):
        asked(sold, "lines", grain="week", first_day="2026-03-30", last_day="2026-04-12", compare="month")
    found = asked(sold, "lines", first_day="2026-03-30", last_day="2026-03-31", compare="month")
    assert "2 days are compared with 1" in found.notes


@pytest.mark.parametrize(
    ("grain", "last", "compare", "expected"),
    [
        ("week", "2w", "previous", [("2026-03-02", 7, None), ("2026-03-09", 2, None)]),
        ("week", "1w", "previous", [("2026-03-09", 2, 4)]),  # Monday so far beside a Monday
        ("week", "2w", "week", [("2026-03-02", 7, 2), ("2026-03-09", 2, 4)]),
        ("week", "2w", "year", [("2026-03-02", 7, None), ("2026-03-09", 2, None)]),
        ("month", "1m", "previous", [("2026-03-01", 11, None)]),
        ("quarter", "2q", "previous", [("2025-10-01", None, None), ("2026-01-01", 11, None)]),
        ("year", "1y", "year", [("2026-01-01", 11, None)]),
    ],
)
def test_so_many_weeks_are_those_up_to_the_newest_day(
    sold: MiniShop, grain: str, last: str, compare: str, expected: list[Any]
) -> None:
    found = asked(sold, "lines", grain=grain, last=last, compare=compare)
    assert [(str(line.period), *line.values, *line.before) for line in found.lines] == expected
    assert found.lines[-1].mark


def test_what_is_no_more_is_there_beside_what_was(sold: MiniShop) -> None:
    found = asked(
        sold,
        "lines",
        by=["size"],
        where="size = 'big'",
        first_day="2026-03-05",
        last_day="2026-03-08",
        compare="previous",
    )
    assert [(line.members, line.values, line.before) for line in found.lines] == [(("big",), (None,), (3,))]


@pytest.mark.parametrize(
    ("grain", "days", "how", "expected"),
    [
        (
            "week",
            ("2026-03-02", "2026-03-15"),
            "week",
            [("small", 5, 1), ("big", 2, 1), ("small", 1, 5), ("big", 1, 2)],
        ),
        ("day", ("2026-03-03", "2026-03-03"), "day", [("small", None, 3), ("big", None, 1)]),
        ("day", ("2026-03-03", "2026-03-03"), "week", []),
    ],
)
def test_cut_into_periods_lines_add_up_to_what_was(
    sold: MiniShop, grain: str, days: tuple[str, str], how: str, expected: list[Any]
) -> None:
    asks: dict[str, Any] = {"grain": grain, "first_day": days[0], "last_day": days[1], "compare": how}
    found = asked(sold, "lines", by=["size"], **asks)
    assert [(*line.members, *line.values, *line.before) for line in found.lines] == expected
    whole = asked(sold, "lines", **asks)
    assert sum(line.before[0] or 0 for line in found.lines) == sum(line.before[0] or 0 for line in whole.lines)


def test_shares_are_of_the_whole_and_only_of_what_adds_up(sold: MiniShop) -> None:
    found = asked(sold, "pieces", by=["size"], share=True)
    assert [(line.members[0], round(line.shares[0] or 0, 3)) for line in found.lines] == [
        ("big", 0.837),
        ("small", 0.163),
    ]
    for name in ("sizes", "pieces_per_line"):
        with pytest.raises(UsageError, match="do not add up to a whole"):
            asked(sold, name, by=["size"], share=True)


def test_the_largest_are_those_of_all_days(sold: MiniShop) -> None:
    found = asked(sold, "lines", by=["size"], grain="day", top=1, first_day="2026-03-01", last_day="2026-03-02")
    assert values(found) == [("2026-03-01", "small", 1), ("2026-03-02", "small", 3)]


def test_several_metrics_stand_side_by_side(sold: MiniShop) -> None:
    found = asked(sold, "lines", "pieces_per_line", "lines", by=["size"], last="1d")
    assert values(found) == [("None", "big", 1, 9.0), ("None", "small", 1, 1.0)]
    assert found.columns == ["size", "lines", "pieces_per_line", "incomplete"]


def test_nothing_is_0_on_a_day_that_is_there(sold: MiniShop) -> None:
    found = asked(sold, "lines", grain="day", where="size = 'medium'", first_day="2026-03-02", last_day="2026-03-03")
    assert [line.values[0] for line in found.lines] == [0, None]
    before = {"first_day": "2026-02-01", "last_day": "2026-02-03"}
    assert [asked(sold, name, **before).lines[0].values for name in ("lines", "sizes")] == [(None,), (None,)]
    found = asked(sold, "lines", where="size = 'medium'", last="1d", compare="week")
    assert [(line.values, line.before) for line in found.lines] == [((0,), (0,))]


def test_what_is_of_now_has_no_days(sold: MiniShop) -> None:
    assert values(asked(sold, "total")) == [("None", 43)]
    assert values(asked(sold, "total", everything=True)) == [("None", 43)]
    days: list[dict[str, Any]] = [{"grain": "day"}, {"last": "7d"}, {"month": "2019-01"}, {"last_day": "2019-01-01"}]
    for each in days:
        for names in (["total"], ["lines", "total"]):
            with pytest.raises(UsageError, match="total has no days"):
                asked(sold, *names, **each)


def test_a_window_counts_what_there_was_in_it(sold: MiniShop) -> None:
    found = asked(sold, "sizes", rolling=3, first_day="2026-03-04", last_day="2026-03-07")
    assert [row[1] for row in values(found)] == [2, 2, 2, None]


def test_a_window_that_begins_before_the_first_day_is_not_whole(sold: MiniShop) -> None:
    found = asked(sold, "lines", rolling=4, first_day="2026-02-27", last_day="2026-03-05")
    assert [line.mark for line in found.lines] == [*(f"{n} of its 4 days" for n in (0, 0, 1, 2, 3)), None, None]
    assert found.notes == ("Lines: nothing on 4 of 7 days: 2026-02-27, 2026-02-28, 2026-03-03, …",)
    found = asked(sold, "lines", rolling=4, first_day="2026-03-05", last_day="2026-03-05")
    assert found.notes == ("Lines: nothing on 2 of 4 days: 2026-03-03, 2026-03-05",)
    found = asked(sold, "lines", rolling=4, first_day="2026-03-05", last_day="2026-03-05", compare="day")
    assert found.notes[1:] == ("Lines: nothing on 1 of 4 days: 2026-03-03: what is compared may not be whole",)


def test_who_wants_to_know_is_told(sold: MiniShop, tmp_path: Path) -> None:
    sold = edited(sold, tmp_path, "below: 2", "above: 3")
    found = asked(sold, "lines", grain="day", first_day="2026-03-01", last_day="2026-03-09")
    assert [note for note in found.notes if note.startswith("alert")] == ["alert: 2026-03-02: Lines 4 is above 3"]
    assert not [note for note in asked(sold, "lines", grain="week").notes if note.startswith("alert")]
    assert asked(sold, "lines", first_day="2026-03-02", last_day="2026-03-02").notes[0].startswith("alert")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ({"by": ["colour"]}, "not known by 'colour'"),
        ({"by": ["size", "size"]}, "the same dimension"),
        ({"by": ["currency"]}, "has no currency"),
        ({"where": "colour = 'red'"}, "there is no column colour"),
        ({"where": "(select 1) = 1"}, "has a subquery"),
        ({"where": "size"}, "gives a"),
        ({"grain": "moon"}, "there is no grain 'moon'"),
        ({"last": "soon"}, "is no length"),
    ],
)
def test_what_cannot_be_asked_is_refused(sold: MiniShop, question: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told.replace("(", r"\(")):
        asked(sold, "lines", **question)


def test_a_dimension_that_is_nearly_there_is_proposed(sold: MiniShop) -> None:
    for said, hint in (("sizes", "did you mean size?"), ("colour", "by size, id")):
        with pytest.raises(UsageError) as refused:
            asked(sold, "lines", by=[said])
        assert refused.value.hint == hint


def test_a_name_that_is_not_there_and_one_that_is_wrong(sold: MiniShop, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no metric 'line'"):
        asked(sold, "line")
    rest = "    unit: count\n    additive: true\n    dim"
    sold = edited(sold, tmp_path, f"    expression: sum(qty)\n{rest}", rest)
    with pytest.raises(DefinitionError, match="says no expression"):
        asked(sold, "pieces")
    assert values(asked(sold, "lines")) == [("None", 11)]


def test_before_the_first_run_there_is_no_table(shop: MiniShop) -> None:
    with_metrics(shop, METRICS)
    with pytest.raises(UsageError, match=r"there is no table gold\.fct_lines"):
        asked(shop, "lines")


def test_a_table_without_rows_has_no_days(shop: MiniShop) -> None:
    with_metrics(shop).land_sales("2026-03-09")
    shop.run()
    with pytest.raises(UsageError, match=r"gold\.fct_lines"):
        asked(shop, "lines")


def test_the_first_day_there_is_is_marked_wherever_its_line_is(sold: MiniShop) -> None:
    found = asked(sold, "lines", grain="day", first_day="2026-03-01", last_day="2026-03-02")
    told = [FIRST, None]
    assert [row["incomplete"] for row in found.rows()] == found.table()["incomplete"].to_pylist() == told
    assert [row["incomplete"] for row in found.plain()["rows"]] == told
