"""The project's tables without a row, in an engine of this machine: what it refuses there it refuses with data too.

Some things an engine says only when it computes (a pattern that is none, `ntile(0)`): `validate` lets it, over a row
or two of made-up values (`run/samples`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlglot import exp

from marketpulse import sql
from marketpulse.engines import LocalEngine
from marketpulse.engines.duckdb import DuckEngine
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, EngineError
from marketpulse.names import LANDED, LINEAGE
from marketpulse.project.project import Project
from marketpulse.run.implicit import Taken, taken_for
from marketpulse.run.samples import never_computed
from marketpulse.sql.places import Origin, refusal

_MEMORY_MB = 256
#: What the engine says first, and what it calls values that are written in a query.
_KIND, _LITERAL = re.compile(r"^[A-Z][A-Za-z ]+ Error: "), re.compile(r"(INTEGER|STRING)_LITERAL")
_CALL = re.compile(r"^No function matches the given name and argument types '(.+?)\((.*)\)'")
_NAMED = re.compile(r"""["']([\w.]+)["']""")
_CAST = "cast one of them: cast(… as …)"


class EmptyTables:
    """Every table of a project, empty. Queries over them are bound, and run over a made-up row where `sampled`."""

    def __init__(self, project: Project, engine: LocalEngine, sampled: bool = False) -> None:
        self.project = project
        self.engine = engine
        self._sampled = sampled
        self._views: dict[str, View] = {}
        self._types: dict[str, Mapping[str, str]] = {}

    def view(self, name: str, query: exp.Expr, beside: Mapping[str, str] | None = None) -> View | None:
        """The empty table; None when nothing is known of it. Of a feed without known columns `query` tells them.

        `beside` are columns that it has besides.
        """
        types = self.project.columns(name) or self._guessed(name, query)
        if types is None:
            return None
        types = {**types, **(beside or {})}
        key = f"{name} {' '.join(types)}"
        if key not in self._views:
            self._views[key] = self.engine.bind("empty", types, [])
            self._types[self._views[key].name] = types
        return self._views[key]

    def _guessed(self, name: str, query: exp.Expr) -> dict[str, str] | None:
        layer, _, feed = name.partition(".")
        if layer != "bronze" or feed not in self.project.sources:
            return None
        named = [column.name.lower() for column in query.find_all(exp.Column)]
        source = self.project.sources[feed]
        return {**dict.fromkeys([*source.known_columns, *named], "string"), **LANDED, **LINEAGE, **source.made}

    def types(
        self,
        query: exp.Query,
        inputs: Iterable[str],
        path: Origin,
        names: Mapping[str, str] | None = None,
        beside: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """The engine's type of each column that a query gives, by its name in lower case.

        `names` says which table an input of another name stands for, `beside` which columns they have besides. Nothing
        when an input is not known, as it is broken itself. Raise DefinitionError for what the engine refuses.
        """
        views = {name: self.view((names or {}).get(name, name), query, beside) for name in inputs}
        found = {name: view.name for name, view in views.items() if view is not None}
        if len(found) < len(views):
            return {}
        return self.describe(sql.translate(query, self.engine.dialect, found), query, path)

    def describe(self, text: str, query: exp.Expr, path: Origin) -> dict[str, str]:
        """The same for a text in the engine's own SQL, made from `query`."""
        found = self.engine.sound(text, lambda: self._checked(text, query, path))
        if (
            self._sampled
            and not sql.may_be_large(query)
            and (stopped := never_computed(self.engine, text, self._types, found))
        ):
            raise _impossible(query, *stopped, path)
        return found

    def _checked(self, text: str, query: exp.Expr, path: Origin) -> dict[str, str]:
        try:
            with self.engine.scope():
                view = self.engine.define("checked", text)
                found = {row[0].lower(): row[1] for row in self.engine.rows(f"describe {view}")}
                plan = self.engine.rows(f"select json_serialize_plan('select * from {view}')")[0][0]
        except EngineError as error:
            raise _readable(error, query, path) from None
        if wrong := [_taken(query, taken, path) for taken in dict.fromkeys(taken_for(plan))]:
            raise DefinitionError.together(wrong)
        return found


@contextmanager
def empty_tables(project: Project, engine: LocalEngine | None = None) -> Iterator[EmptyTables]:
    """The tables of a project for as long as they are asked, in an engine of their own where none is given."""
    if engine:
        with engine.scope():
            yield EmptyTables(project, engine)
        return
    with TemporaryDirectory(prefix="marketpulse-") as scratch:
        own = DuckEngine.open(_MEMORY_MB, 1, Path(scratch))
        try:
            yield EmptyTables(project, own, sampled=True)
        finally:
            own.close()


def _readable(error: EngineError, query: exp.Expr, path: Origin) -> DefinitionError:
    """The engine's refusal as one sentence, at the first place of the query that it names."""
    first = _LITERAL.sub(r"\1", _KIND.sub("", error.message.splitlines()[0]))
    hint = _CAST if "explicit cast" in first else None
    if call := _CALL.match(first):
        first, hint = f"{call[1]} cannot be of ({call[2].lower()})", "cast what it is of: cast(… as …)"
    elif "must appear in the GROUP BY" in first:
        hint = "group by it, or take its min or max"
    names = [call[1]] if call else [name.rpartition(".")[2] for name in _NAMED.findall(first)]
    node = next((node for name in names for node in query.walk() if _is_called(node, name)), query)
    what = first.split(" - an explicit")[0].rstrip("!. ")
    about = f"column {node.name}" if isinstance(node, exp.Column) else None
    told = refusal(f"the engine refuses it: {what}", hint, node=node, path=path)
    return told.of(about) if about else told


def _impossible(query: exp.Expr, name: str, error: EngineError, path: Origin) -> DefinitionError:
    """A column that no value makes possible to compute."""
    selects = query.selects if isinstance(query, exp.Query) else []
    node = next((column for column in selects if column.alias_or_name.lower() == name), query)
    reason = _KIND.sub("", error.message.splitlines()[0]).rstrip("!. ")
    about = f"column {name} " if node is not query else ""
    hint = "look at the constants in it: patterns, numbers, dates"
    return refusal(f"{about}cannot be computed, whatever the data: {reason}", hint, node=node, path=path)


def _taken(query: exp.Expr, taken: Taken, path: Origin) -> DefinitionError:
    node = next((node for node in query.find_all(exp.Column) if _is_called(node, taken.name)), query)
    name = taken.name if node is not query else "…"
    what = f"takes the {taken.what} {name} for a {taken.kind}" if node is not query else None
    if taken.kind == "boolean" and taken.what != "text":
        hint = f"compare it, for example {name} <> 0"
    else:
        hint = f"cast({name} as {'int, bigint, …' if taken.kind == 'number' else taken.kind})"
    return refusal(what or f"takes a {taken.what} for a {taken.kind}", hint, node=node, path=path)


def _is_called(node: exp.Expr, name: str) -> bool:
    return isinstance(node, exp.Column | exp.Anonymous | exp.Table) and node.name.lower() == name.lower()
