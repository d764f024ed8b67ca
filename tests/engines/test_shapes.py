"""Types of a query's columns are asked for once, and again as soon as anything they follow from is another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.engines.shapes import _KNOWN, _MOST, Shapes
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckEngine]:
    _KNOWN.clear()
    found = DuckEngine.open(500, 1, tmp_path)
    yield found
    found.close()


def kinds(engine: DuckEngine, types: dict[str, str], files: list[str], query: str) -> dict[str, str]:
    with engine.scope():
        return engine.kinds(query.format(engine.define("step", f"select * from {engine.bind('rows', types, files)}")))


def test_they_follow_the_text_and_the_types_of_what_it_reads_and_nothing_else(
    engine: DuckEngine, tmp_path: Path
) -> None:
    (one,) = engine.write("select 1 as n, 'x' as t", f"{tmp_path}/one")
    (other,) = engine.write("select 2 as n", f"{tmp_path}/other")
    query = "select n + 1 as N, t from {}"
    assert kinds(engine, {"n": "int", "t": "string"}, [one], query) == {"n": "INTEGER", "t": "VARCHAR"}
    asked = len(_KNOWN)
    assert kinds(engine, {"n": "int", "t": "string"}, [other, one], query) == {"n": "INTEGER", "t": "VARCHAR"}
    assert len(_KNOWN) == asked
    assert kinds(engine, {"n": "long", "t": "string"}, [one], query) == {"n": "BIGINT", "t": "VARCHAR"}
    assert kinds(engine, {"n": "long", "t": "date"}, [], query) == {"n": "BIGINT", "t": "DATE"}
    assert kinds(engine, {"n": "int", "t": "string"}, [one], "select n from {}") == {"n": "INTEGER"}


def test_what_was_received_is_like_nothing_else(engine: DuckEngine) -> None:
    found = []
    for value in (1, "x"):
        with engine.scope():
            view = engine.receive("incoming", pa.table({"n": [value]}).to_reader())
            assert view.name.endswith("incoming")
            found.append(engine.kinds(f"select n from {view}")["n"])
    assert found == ["BIGINT", "VARCHAR"]


def test_what_was_found_sound_is_not_looked_at_again_and_what_was_not_is(engine: DuckEngine) -> None:
    looked: list[str] = []

    def sound(types: dict[str, str], wrong: bool = False) -> dict[str, str]:
        def look() -> dict[str, str]:
            looked.append(str(view))
            if wrong:
                raise DefinitionError("it is wrong")
            return {"n": "INTEGER"}

        with engine.scope():
            view = engine.bind("empty", types, [])
            return engine.sound(f"select n from {view}", look)

    for _ in range(2):
        with pytest.raises(DefinitionError):
            sound({"n": "int"}, wrong=True)
    assert [sound({"n": "int"}) for _ in range(2)] == [{"n": "INTEGER"}] * 2
    assert len(looked) == 3
    sound({"n": "int", "t": "string"})
    assert len(looked) == 4
    assert kinds(engine, {"n": "long"}, [], "select n from {}") == {"n": "BIGINT"}  # types alone tell nothing of it
    sound({"n": "long"})
    assert len(looked) == 5


def test_so_many_are_remembered_and_no_more() -> None:
    shapes = Shapes()
    for number in range(3 * _MOST):
        shapes.kinds(f"select {number} as n", lambda: {"n": "INTEGER"})
    assert len(_KNOWN) <= _MOST
    shapes.note(View("v1_x"), "select 1")
    shapes.forget(View("v1_x"))
    assert shapes.__dict__ == {"_digests": {}}
