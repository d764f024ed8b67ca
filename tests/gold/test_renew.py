"""Gold that comes apart: rows of values that changed are made anew, the files of all others stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.engines import duckdb
from marketpulse.gold import build, reach
from marketpulse.run import changed, patch
from marketpulse.run.report import RunReport
from marketpulse.upkeep.maintain import Maintained, compact
from tests.shop import MiniShop, contract, result

pytestmark = pytest.mark.engines(always=False)

DAYS = "gold.fct_days"
COLUMNS = [
    ("day", "date", "key bucket"),
    ("who", "string", "key"),
    ("events", "long", ""),
    ("other", "long", ""),
]
MODEL = """
select c.day, coalesce(c.name, 'nobody') as who, count(*) as events, max(s.qty) as other
from silver.clicks as c left join silver.sales as s on s.id = c.name
group by c.day, coalesce(c.name, 'nobody')
"""
INPUTS = (
    "[{table: silver.clicks, column: day, apart: name}, {table: silver.sales, touches: "
    "'select distinct c.day, c.name as who from silver.clicks as c join changed as s on s.id = c.name'}]"
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the share of the rows is that changed, values are looked for."""
    monkeypatch.setattr(reach, "SHARE", 0)


@pytest.fixture
def days(shop: MiniShop, few: None) -> MiniShop:
    """A shop whose table of days comes apart by names; it has built a day of x, y and z."""
    define(shop, INPUTS)
    click(shop, "a", "1x 2x 3y 4z")
    assert shop.run().ok
    return shop


def define(shop: MiniShop, inputs: str, rules: str = "") -> None:
    custom = f"{{property: apart, value: who}}\n  - {{property: inputs, value: {inputs}}}"
    shop.write("gold/fct_days/contract.yaml", contract(DAYS, COLUMNS, custom, rules))
    shop.write("gold/fct_days/model.sql", MODEL)


def click(shop: MiniShop, file: str, words: str, day: str = "2026-01-01", hour: int = 9) -> None:
    """Land clicks, each its id (a digit) and its name."""
    lines = [f'{{"id":"{w[0]}","ts":"{day}T{hour:02}:00:00Z","name":"{w[1:]}","in":"{file}"}}\n' for w in words.split()]
    shop.land(f"clicks/{file}.json", "".join(lines))


def files(shop: MiniShop, name: str = DAYS) -> dict[str, int]:
    """Data files of a table, with their rows."""
    with shop.open(engine="duckdb") as context:
        return {file.path: file.rows for file in context.lake.find(name).files()}


def values(report: RunReport) -> int:
    assert report.ok, report.reasons
    return result(report, DAYS).values


def is_a_rebuild(shop: MiniShop) -> bool:
    found = shop.rows(DAYS)
    assert shop.run(full_refresh=True).ok
    return bool(found) and shop.rows(DAYS) == found


def test_a_value_that_is_new_comes_beside_the_others(days: MiniShop) -> None:
    before = files(days)
    click(days, "b", "5w")
    assert values(days.run()) == 1
    assert before.items() < files(days).items()
    assert sorted(files(days).values()) == [1, 3]
    assert is_a_rebuild(days)


def test_rows_of_a_value_that_changed_take_the_place_of_those_before(days: MiniShop) -> None:
    click(days, "b", "5x 6x")
    assert values(days.run()) == 1
    assert [row[1:3] for row in days.rows(DAYS)] == [("x", 4), ("y", 1), ("z", 1)]
    assert is_a_rebuild(days)


def test_of_a_large_day_just_the_files_of_the_values_that_changed_are_written_anew(
    days: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb, "_COPY", f"{duckdb._COPY}, row_group_size 2048")
    monkeypatch.setattr(duckdb, "_PER_FILE", 1)
    for module in (duckdb, patch):
        monkeypatch.setattr(module, "LARGE", 1_000)
    many = [f'{{"id":"m{n}","ts":"2026-01-02T09:00:00Z","name":"n{n // 2}"}}\n' for n in range(20_000)]
    days.land("clicks/m.json", "".join(many))
    assert days.run(full_refresh=True).ok
    before = files(days)
    for number in range(2):
        days.land(f"clicks/n{number}.json", f'{{"id":"o{number}","ts":"2026-01-02T09:00:00Z","name":"n77"}}\n')
        assert values(days.run()) == 1
    if days.settings.engine == "duckdb":  # Spark has files of many more rows
        assert len(before) >= 5
        assert len(before.keys() & files(days).keys()) >= len(before) - 2
    assert is_a_rebuild(days)


def test_a_damaged_file_whose_rows_decide_stops_the_table_though_none_of_it_would_be_written(days: MiniShop) -> None:
    for path in map(Path, files(days)):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    click(days, "b", "5w")
    found = result(days.run(), DAYS)
    assert (found.status, "holds other bytes than were written" in str(found.message)) == ("failed", True)
    assert days.run(full_refresh=True).ok
    assert [row[1:3] for row in days.rows(DAYS)] == [("w", 1), ("x", 2), ("y", 1), ("z", 1)]


def test_rows_that_come_out_the_same_are_not_written(days: MiniShop) -> None:
    before = files(days)
    days.land_sales("2026-01-01", "q,2026-01-01,1,1")  # nobody is called q
    report = days.run()
    assert result(report, DAYS).rows_written == 0
    assert files(days) == before
    days.land_sales("2026-01-02", "x,2026-01-01,7,1")
    assert values(days.run()) == 1
    days.land_sales("2026-01-03", "x,2026-01-01,7,2")  # another amount, which the model does not read
    changed = files(days)
    report = days.run()
    assert values(report) == 1
    assert result(report, DAYS).rows_written == 0
    assert files(days) == changed
    assert is_a_rebuild(days)


def test_what_an_event_was_before_is_made_anew_too(days: MiniShop) -> None:
    click(days, "b", "3x", hour=8)  # the first stays, so this one takes the place of 3y
    assert values(days.run()) == 2
    assert [row[1:3] for row in days.rows(DAYS)] == [("x", 3), ("z", 1)]
    assert is_a_rebuild(days)


def test_values_of_a_query_are_made_anew_in_its_days_only(days: MiniShop) -> None:
    click(days, "b", "5x 6y", day="2026-01-02")
    assert values(days.run()) == 2
    days.land_sales("2026-01-01", "y,2026-01-01,3,1")
    assert values(days.run()) == 1
    assert [row[1:] for row in days.rows(DAYS)] == [
        ("x", 2, None), ("y", 1, 3), ("z", 1, None), ("x", 1, None), ("y", 1, 3),
    ]  # fmt: skip
    assert is_a_rebuild(days)


def test_a_change_of_nobody_knows_whose_reaches_whole_days(shop: MiniShop, few: None) -> None:
    define(shop, INPUTS.replace(", c.name as who", ""))
    click(shop, "a", "1x 2y")
    assert shop.run().ok
    shop.land_sales("2026-01-01", "y,2026-01-01,3,1")
    click(shop, "b", "3z", day="2026-01-02")
    report = shop.run()
    assert values(report) == 1  # of the other day
    assert [row[1:] for row in shop.rows(DAYS)] == [("x", 1, None), ("y", 1, 3), ("z", 1, None)]
    assert is_a_rebuild(shop)


def test_where_much_has_changed_buckets_are_made_whole(days: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "SHARE", 4)
    click(days, "b", "5x 6y 7z 8w")
    assert values(days.run()) == 0
    assert list(files(days).values()) == [4]
    assert is_a_rebuild(days)


def test_rows_of_others_are_refused_and_nothing_is_seen_of_them(days: MiniShop) -> None:
    before = days.snapshots()[DAYS]
    days.land("clicks/b.json", '{"id":"9","ts":"2026-01-01T09:00:00Z"}\n')  # its name is null, its row is of nobody
    report = result(days.run(), DAYS)
    assert report.status == "failed"
    assert "does not come apart by who: 1 rows have another" in (report.message or "")
    assert days.snapshots()[DAYS] == before


def test_a_key_that_a_row_beside_has_too_stops_the_build(days: MiniShop) -> None:
    columns = [("day", "date", "key bucket"), ("who", "string", "key"), ("name", "string", ""), ("events", "long", "")]
    inputs = "{property: inputs, value: [{table: silver.clicks, column: day, apart: name}]}"
    days.write(
        "gold/fct_days/contract.yaml", contract(DAYS, columns, f"{{property: apart, value: name}}\n  - {inputs}")
    )
    model = "select day, upper(name) as who, name, count(*) as events from silver.clicks group by day, name\n"
    days.write("gold/fct_days/model.sql", model)
    assert days.run().ok
    before = files(days)
    click(days, "b", "5X")
    report = result(days.run(), DAYS)
    assert report.status == "blocked"
    assert "the primary key (day, who) is not unique" in (report.message or "")
    assert files(days) == before


def test_files_of_a_day_stay_few(days: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patch, "MANY", 3)
    for number in range(5, 9):
        click(days, f"c{number}", f"{number}n{number}")
        assert values(days.run()) == 1
        assert len(files(days)) <= 3
        assert len(files(days, "silver.clicks")) <= 3
    assert is_a_rebuild(days)


def test_a_table_that_was_left_behind_compares_files(days: MiniShop) -> None:
    click(days, "b", "3x", hour=8)
    assert days.run("silver.clicks").ok
    assert values(days.run()) == 2
    assert is_a_rebuild(days)


def test_what_moved_is_known_past_a_compaction(days: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_LOOKED_AT", -1)  # files are not compared
    click(days, "b", "5w")
    assert values(days.run()) == 1
    with days.open() as context:
        compact(context, "silver.clicks", Maintained("silver.clicks"), lambda group: [list(group)])
    click(days, "c", "3x", hour=8)
    assert values(days.run()) == 2
    click(days, "d", "5x", hour=7)
    assert days.run("silver.clicks").ok
    assert values(days.run()) == 0
    assert is_a_rebuild(days)


def test_rows_that_stay_in_a_file_that_is_written_anew_are_not_checked_again(shop: MiniShop, few: None) -> None:
    few_events = (
        "name: few, type: custom, engine: marketpulse, severity: warn, implementation: events < 2, description: Few."
    )
    define(shop, INPUTS, f"{{{few_events}}}")
    click(shop, "a", "1x 2x 3y 4z")
    assert result(shop.run(), DAYS).warnings == {"few": 1}  # x has two
    click(shop, "b", "5y")
    assert result(shop.run(), DAYS).warnings == {"few": 1}  # y has, too; x was told
    assert list(files(shop).values()) == [3]
    assert is_a_rebuild(shop)


def test_two_states_of_an_input_are_compared_once_a_run(days: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "[{table: gold.fct_days, touches: 'select day from changed'}]"
    for name in ("one", "other"):
        days.write(
            f"gold/{name}/contract.yaml", contract(f"gold.{name}", COLUMNS, f"{{property: inputs, value: {asked}}}")
        )
        days.write(f"gold/{name}/model.sql", "select day, who, events, other from gold.fct_days\n")
    whole = "{property: inputs, value: [{table: silver.clicks, column: day}, {table: silver.sales, column: day}]}"
    days.write("gold/fct_days/contract.yaml", contract(DAYS, COLUMNS, whole))
    report = days.run()
    assert report.ok, report.reasons
    compared = []
    real = changed._but
    monkeypatch.setattr(changed, "_but", lambda *given: compared.append(given) or real(*given))
    click(days, "b", "5y")
    assert days.run().ok
    assert len(compared) == 2  # what came and what went
    assert days.rows("gold.one") == days.rows("gold.other") == days.rows(DAYS)


def test_rows_of_keys_that_came_are_not_looked_for_among_all(
    shop: MiniShop, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [("event_id", "string", "key"), ("day", "date", "bucket"), ("name", "string", "")]
    inputs = "{property: inputs, value: [{table: silver.clicks, column: day, apart: event_id}]}"
    shop.write(
        "gold/fct_days/contract.yaml", contract(DAYS, columns, f"{{property: apart, value: event_id}}\n  - {inputs}")
    )
    shop.write("gold/fct_days/model.sql", "select event_id, day, name from silver.clicks\n")
    click(shop, "a", "1x 2x 3y 4z")
    assert shop.run().ok
    found: list[object] = []
    real = build.came_alone
    monkeypatch.setattr(build, "came_alone", lambda *given: found.append(real(*given)) or found[-1])
    click(shop, "b", "5w 3v", hour=8)
    assert values(shop.run()) == 2
    click(shop, "c", "2w 6w", day="2025-12-31")  # 2 goes from one day to another
    assert values(shop.run()) == 2
    assert [each is not None for each in found] == [True, True]
    assert sorted(row[0] for row in shop.rows(DAYS)) == list("123456")
    assert is_a_rebuild(shop)
