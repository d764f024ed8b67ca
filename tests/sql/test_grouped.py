"""Lines that belong together, filled down and numbered: equal to a model of it in Python, on both engines."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.sql.grouped import PLACED, Groups, as_grouped, computed

#: Order, shop, value of each line of a file; a text alone is a line that could not be read, None one that is gone.
Line = tuple[str | None, str | None, str | None] | str | None
ALL = Groups(("shop", "a"), ("v",), ("v",), ("v",))
KEYED = Groups(("shop", "a"), ("a", "v"), ("v",), ("v",))
NESTED = Groups(("shop", "a"), ("shop", "a", "v"))
FILE = Groups((), ("a", "v"), ("v",), ("v",))
HEAD: Line = ("1", "x", "p")


def query(groups: Groups, files: list[list[Line]], dialect: sql.Dialect) -> str:
    """Query for what the groups of some files are, a row a record."""
    names = {**PLACED, **dict.fromkeys(("a", "shop", "v"), "string")}
    records = []
    for number, lines in enumerate(files):
        for row, line in enumerate(lines):
            if line is None:
                continue
            a, shop, v = (None, None, None) if isinstance(line, str) else line
            error = line if isinstance(line, str) else None
            moment = "timestamp '2026-01-01 00:00:00'"
            texts = (f"{number}:{row:03}", f"f{number}", moment, row + 1, None, error, a, shop, v)
            values = zip(names.items(), texts, strict=True)
            records.append("select " + ", ".join(_value(dialect, kind, text, name) for (name, kind), text in values))
    rows = " union all ".join(records)
    text = sql.translate(as_grouped("bronze.t", groups), dialect, {"bronze.t": "t"})
    columns = ", ".join(computed(groups))
    return f"select _ingest_id, {columns} from ({text.replace(dialect.name('t'), f'({rows})', 1)}) as said order by 1"


def _value(dialect: sql.Dialect, kind: str, value: Any, name: str) -> str:
    if value is None:
        return f"{dialect.null(kind)} as {name}"
    text = value if kind == "timestamp" or isinstance(value, int) else dialect.text(value)
    return f"cast({text} as {dialect.type(kind)}) as {name}"


def model(groups: Groups, lines: list[Line]) -> list[tuple[Any, ...]]:
    """The same, said line by line."""
    read = [dict(zip(("a", "shop", "v"), map(blank, line), strict=True)) if isinstance(line, tuple) else None
            for line in lines]  # fmt: skip
    for place, key in enumerate(groups.by):
        above: dict[tuple[Any, ...], str | None] = {}
        for line in read if key in groups.fill_down else ():
            if line is None:
                above.clear()
                continue
            outer = tuple(line[name] for name in groups.by[:place])
            line[key] = above[outer] = line[key] or above.get(outer)
    found = []
    for number, line in enumerate(read):
        if line is None:
            continue
        group = tuple(line[name] for name in groups.by)
        mine = [(i, other) for i, other in enumerate(read) if other and tuple(other[n] for n in groups.by) == group]
        barrier = max((i for i, other in enumerate(read[:number]) if other is None and not groups.by), default=-1)
        row: dict[str, Any] = dict.fromkeys(computed(groups))
        row |= {key: line[key] for key in groups.by if key in groups.fill_down}
        if None not in group:
            so_far = [other for i, other in mine if i <= number]
            row["_group_row"] = len(so_far)
            for name in groups.fill_down:
                if name not in groups.by:
                    row[name] = last(other[name] for i, other in mine if barrier < i <= number)
            row |= {f"_first_{name}": last(other[name] for _, other in reversed(mine)) for name in groups.first}
            row |= {f"_last_{name}": last(other[name] for _, other in mine) for name in groups.last}
        found.append((number, *row.values()))
    return found


def blank(text: str | None) -> str | None:
    return text if (text or "").strip(" ") else None


def last(values: Any) -> str | None:
    return next((value for value in reversed([*values]) if value), None)


def answer(found: list[tuple[Any, ...]], files: list[list[Line]]) -> list[list[tuple[Any, ...]]]:
    """Rows by file, with their place in it; of records that could be read."""
    each: list[list[tuple[Any, ...]]] = [[] for _ in files]
    for name, *values in found:
        file, row = map(int, name.split(":"))
        if not isinstance(files[file][row], str):
            each[file].append((row, *values))
    return each


@pytest.mark.engines
@pytest.mark.parametrize("groups", [ALL, KEYED, NESTED, FILE])
def test_both_engines_fill_down_number_and_take_first_and_last_values(asked: Engine, groups: Groups) -> None:
    files: list[list[Line]] = [
        [HEAD, ("1", "x", None), ("2", "x", " "), "broken", ("2", "x", "q"), (None, "x", ""), ("1", "x", "r")],
        [(None, None, None), ("", "x", "s"), ("1", "", "t"), ("1", "x", None)],
        [None, HEAD, ("1", "x", None), None, ("", "x", None), ("1", "x", None), None],
    ]
    assert answer(asked.rows(query(groups, files, asked.dialect)), files) == [model(groups, each) for each in files]


_text = st.sampled_from([None, "", " ", "1", "2"])
_line = st.tuples(_text, _text, st.sampled_from([None, "", "p", "q"])) | st.sampled_from(["broken", None])


@settings(max_examples=120, derandomize=True, database=None)
@given(st.sampled_from([ALL, KEYED, NESTED, FILE]), st.lists(st.lists(_line, min_size=1, max_size=7), max_size=2))
@example(KEYED, [[HEAD, "broken", (None, "x", None)]])
@example(FILE, [[HEAD, "broken", (None, None, None)]])
@example(KEYED, [[HEAD, None, (None, "x", None)]])
@example(FILE, [[HEAD, None, None, (None, None, None)]])
def test_any_lines_are_what_the_model_says(groups: Groups, files: list[list[Line]]) -> None:
    if any(line is not None for lines in files for line in lines):
        found = duckdb.sql(query(groups, files, sql.DUCKDB)).fetchall()
        assert answer(found, files) == [model(groups, each) for each in files]


@pytest.mark.parametrize("line", ["2,x,q,too much", None])
def test_nothing_comes_down_past_a_line_that_could_not_be_read_or_is_gone(line: Line) -> None:
    files: list[list[Line]] = [[HEAD, line, (None, "x", None)]]
    found = duckdb.sql(query(KEYED, files, sql.DUCKDB)).fetchall()
    assert answer(found, files)[0][1] == (2, None, None, None, None, None)
