"""Every column that a query reads is there, and there once, as far as the columns of its tables are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import is_parameter, name_of
from marketpulse.sql.places import Origin, refusal
from marketpulse.sql.reading import table_name

#: Names of columns in lower case, as engines compare them; None where they are not known.
Names = list[str] | None
#: Parts of a select in which the names of its own columns count, besides those of its tables.
_AFTER = ("group", "having", "order")
_ELSEWHERE = ("expressions", "from", "from_", "joins", "laterals", "with", "with_")
#: Functions whose first word is a unit, not a column.
_WITH_UNIT = ("timestampdiff",)


@dataclass
class _Frame:
    """The tables of one select, by what they are called; `outer` is the select around a subquery."""

    outer: _Frame | None = None
    tables: dict[str, Names] = field(default_factory=dict)
    full_names: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    #: Names of the select's own columns, where they come before those of its tables.
    outputs: set[str] = field(default_factory=set)

    def seen(self) -> dict[str, Names]:
        """Tables whose columns the select itself can read."""
        return {name: columns for name, columns in self.tables.items() if name not in self.hidden}

    def find(self, name: str) -> tuple[bool, Names]:
        """Whether a table is called so, here or around, and its columns."""
        if name in self.tables:
            return True, self.tables[name]
        return self.outer.find(name) if self.outer else (False, None)

    def known(self) -> list[str]:
        """Every column that can be read here, for a hint."""
        here = [name for columns in self.tables.values() for name in columns or ()]
        return here + (self.outer.known() if self.outer else [])


def unresolved(
    query: exp.Query, schemas: Mapping[str, Collection[str]], path: Origin = None
) -> Iterator[DefinitionError]:
    """What `query` reads and its tables lack, or have twice; tables that `schemas` does not name are not judged.

    >>> from marketpulse.sql import parse
    >>> [str(e) for e in unresolved(parse("select qtyy as q from silver.lines"), {"silver.lines": ["qty"]})]
    ['query:1: there is no column qtyy (did you mean qty?)']
    """
    walk = _Walk({name: [column.lower() for column in columns] for name, columns in schemas.items()}, path)
    walk.query(query, {}, None)
    yield from walk.found


class _Walk:
    """Goes through a query from the outside in, and remembers what is wrong."""

    def __init__(self, schemas: Mapping[str, Names], path: Origin) -> None:
        self._schemas = schemas
        self._path = path
        self.found: list[DefinitionError] = []

    def query(self, node: exp.Expr, steps: Mapping[str, Names], outer: _Frame | None) -> Names:
        """Names of the columns that a query gives."""
        steps = dict(steps)
        for cte in node.ctes if isinstance(node, exp.Query) else ():
            steps[cte.alias.lower()] = _renamed(self.query(cte.this, steps, outer), cte)
        if isinstance(node, exp.Subquery):
            return self.query(node.this, steps, outer)
        if isinstance(node, exp.SetOperation):
            given = self.query(node.this, steps, outer)
            self.query(node.expression, steps, outer)
            return given
        return self._select(node, steps, outer) if isinstance(node, exp.Select) else None

    def _select(self, node: exp.Select, steps: Mapping[str, Names], outer: _Frame | None) -> Names:
        frame = _Frame(outer)
        source = node.args.get("from_") or node.args.get("from")
        if source:
            self._add(source.this, frame, steps)
        for join in node.args.get("joins") or ():
            self._join(join, frame, steps)
        for lateral in node.args.get("laterals") or ():
            self._add(lateral, frame, steps)
        given: set[str] = set()
        for column in node.expressions:  # which may use the names given before it
            self._check(column, frame, steps, given)
            given |= set(_given(column))
        for key, value in node.args.items():
            if key not in _ELSEWHERE:
                frame.outputs = given if key in _AFTER else set()
                self._check(value, frame, steps, frame.outputs)
        return _outputs(node, frame)

    def _join(self, join: exp.Join, frame: _Frame, steps: Mapping[str, Names]) -> None:
        name = self._add(join.this, frame, steps)
        self._check(join.args.get("on"), frame, steps, set())
        frame.merged |= {column.name.lower() for column in join.args.get("using") or ()}
        if str(join.args.get("kind") or "").upper() in ("SEMI", "ANTI"):
            frame.hidden.add(name)

    def _add(self, relation: exp.Expr, frame: _Frame, steps: Mapping[str, Names]) -> str:
        """Make a table, step, subquery or lateral readable in `frame`; what it is called there."""
        columns = self._columns(relation, frame, steps)
        # Two tables of one name are told by the engine; a relation without a name has its columns all the same.
        name = relation.alias_or_name.lower() or f"#{len(frame.tables)}"
        frame.tables[name] = _renamed(columns, relation)
        return name

    def _columns(self, relation: exp.Expr, frame: _Frame, steps: Mapping[str, Names]) -> Names:
        """Columns of what stands in `from`, as far as they are known."""
        if isinstance(relation, exp.Table):
            full = table_name(relation)
            frame.full_names[full.lower()] = relation.alias_or_name.lower()
            for join in relation.args.get("joins") or ():
                self._join(join, frame, steps)
            is_step = not relation.db and full.lower() in steps
            return steps[full.lower()] if is_step else self._schemas.get(full)
        if isinstance(relation, exp.Subquery):
            return self.query(relation.this, steps, frame.outer)
        if isinstance(relation, exp.Lateral):
            if isinstance(relation.this, exp.Subquery):
                return self.query(relation.this.this, steps, frame)
            self._check(relation.this, frame, steps, set())
        return None

    def _check(self, value: object, frame: _Frame, steps: Mapping[str, Names], given: set[str]) -> None:
        """Resolve the columns of a part of a select; queries in it are selects of their own."""
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, exp.Expr):
                continue
            for node in part.walk(prune=lambda n: isinstance(n, exp.Query)):
                if isinstance(node, exp.Query):
                    self.query(node, steps, frame)
                elif isinstance(node, exp.Column) and not _is_word(node):
                    self._resolve(node, frame, given)

    def _resolve(self, column: exp.Column, frame: _Frame, given: set[str]) -> None:
        parts = [part.name.lower() for part in column.parts]
        full = frame.full_names.get(".".join(parts[:2])) if len(parts) > 2 else None
        if full:
            parts = [full, *parts[2:]]
        is_table, columns = frame.find(parts[0]) if len(parts) > 1 else (False, None)
        if not is_table:
            self._plain(column, parts[0], frame, given)
        elif columns is not None and parts[1] not in columns and "*" not in parts:
            hint = _hint(column.parts[1].name if not full else column.name, columns)
            self._tell(column, f"{parts[0]} has no column {parts[1]}", hint)

    def _plain(self, column: exp.Column, name: str, frame: _Frame, given: set[str]) -> None:
        """Resolve a name without a table, which may also be a structure whose field is read."""
        here: _Frame | None = frame
        while here is not None:
            seen = here.seen()
            having = [table for table, columns in seen.items() if columns is not None and name in columns]
            if len(having) > 1 and name not in here.merged and name not in here.outputs:
                first, second = having[:2]
                hint = f"write {first}.{name} or {second}.{name}"
                self._tell(column, f"{name} is a column of {first} and of {second}", hint)
                return
            if having or None in seen.values() or name in given:
                return
            here, given = here.outer, set()
        self._tell(column, f"there is no column {name}", _hint(name, frame.known()))

    def _tell(self, column: exp.Column, message: str, hint: str | None) -> None:
        self.found.append(refusal(message, hint, node=column, path=self._path).of(f"column {column.name}"))


def _hint(name: str, known: Iterable[str]) -> str | None:
    columns = list(dict.fromkeys(known))
    close = get_close_matches(name.lower(), columns, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there are {', '.join(columns[:20])}{' …' if len(columns) > 20 else ''}" if columns else None


def _renamed(columns: Names, relation: exp.Expr) -> Names:
    """Columns of a relation, under the names that its alias gives them."""
    alias = relation.args.get("alias")
    names = [column.name.lower() for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    if not names:
        return columns
    return names + columns[len(names) :] if columns is not None else names


def _given(column: exp.Expr) -> list[str]:
    """Names that one expression of a select gives, but for a star."""
    if isinstance(column, exp.Aliases):
        return [name.name.lower() for name in column.aliases]
    return [] if column.is_star else [column.alias_or_name.lower()]


def _outputs(node: exp.Select, frame: _Frame) -> Names:
    names: list[str] = []
    for column in node.expressions:
        if not column.is_star:
            names += _given(column)
            continue
        seen = frame.seen()
        tables = [column.table.lower()] if isinstance(column, exp.Column) and column.table else list(seen)
        for table in tables:
            columns = seen.get(table)
            if columns is None:
                return None
            names += columns
    return names


def _is_word(column: exp.Column) -> bool:
    """A parameter of a lambda, or the unit of a function."""
    call = column.parent
    is_unit = isinstance(call, exp.Anonymous) and name_of(call) in _WITH_UNIT and call.expressions[0] is column
    return is_unit or is_parameter(column)
