"""A made-up row of each table: what no such row lets an engine compute, no data will."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from marketpulse import sql
from marketpulse.engines import LocalEngine
from marketpulse.errors import EngineError, ValueStopsError
from marketpulse.run.fitting import class_of

#: Values of a class, by turns: one row that stops an engine says little, three rows of all kinds do.
_TEXTS = ("1", "a {0}", "2020-01-03")
_NUMBERS = ("1", "{0}", "20")
_DAYS = ("2020-01-01", "2021-02-{0:02}", "1999-12-31")
_TURNS = 3


def never_computed(
    engine: LocalEngine, text: str, types: Mapping[str, Mapping[str, str]], columns: Iterable[str]
) -> tuple[str, EngineError] | None:
    """The column of a query, and what the engine says of it, where it stops at every made-up row; None for others.

    `types` says which empty views `text` may read, and their columns.
    """
    found: tuple[str, EngineError] | None = None
    for turn in range(_TURNS):
        with engine.scope():
            made = re.sub(r"\bv\d+_empty\b", lambda name: _view(engine, name[0], types, turn), text)  # noqa: B023
            found = _stopped(engine, made, columns)
        if found is None:
            return None
    return found


def _view(engine: LocalEngine, name: str, types: Mapping[str, Mapping[str, str]], turn: int) -> str:
    if name not in types:
        return name
    values = [
        f"{_value(kind, turn, place)} as {sql.DUCKDB.name(c)}" for place, (c, kind) in enumerate(types[name].items())
    ]
    return engine.define("made", f"select {', '.join(values)} from range(2)").name


def _value(kind: str, turn: int, place: int) -> str:
    to = sql.DUCKDB.type(kind)
    group = "number" if kind == "int" else class_of(to.upper())
    texts = _NUMBERS if group == "number" else _DAYS if group in ("date", "timestamp") else _TEXTS
    text = "true" if group == "boolean" else texts[turn].format(place % 9 + 1)
    return f"try_cast({sql.DUCKDB.text(text)} as {to})"


def _stopped(engine: LocalEngine, text: str, columns: Iterable[str]) -> tuple[str, EngineError] | None:
    try:
        engine.rows(text)
    except ValueStopsError as error:
        for column in columns:
            try:
                engine.rows(f"select max({sql.DUCKDB.name(column)}::varchar) from ({text}) as one")
            except ValueStopsError as of_column:
                return column, of_column
        return "", error
    except EngineError:
        return None
    return None
