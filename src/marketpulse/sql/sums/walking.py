"""Goes through a query from the inside out: tables, joins and filters, then the columns of each select."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlglot import exp

from marketpulse.sql.reading import table_name
from marketpulse.sql.sums.expressions import value_of
from marketpulse.sql.sums.frame import Frame
from marketpulse.sql.sums.joining import counted, filtered, joined
from marketpulse.sql.sums.promises import Promise
from marketpulse.sql.sums.relation import NOTHING_KNOWN, Relation, settled, table, union
from marketpulse.sql.sums.scope import Scope
from marketpulse.sql.sums.telling import Tell
from marketpulse.sql.sums.value import NONE, Id, Ids, Value, new

#: A scope of one select, for a group.
Scoped = Callable[[Ids], Scope]
Steps = Mapping[str, Relation]
#: Parts of a select whose sums are those of its groups, besides its columns.
_AFTER = ("having", "order")


class Walk:
    """The tables of a project, and whom to tell."""

    def __init__(self, promises: Mapping[str, Promise], tell: Tell) -> None:
        self._promises = promises
        self._tell = tell

    def query(self, node: exp.Expr, steps: Steps, outer: Frame | None, is_last: bool = False) -> Relation:
        """What a query gives; `is_last` for the one that no other reads."""
        known = dict(steps)
        for cte in node.ctes if isinstance(node, exp.Query) else ():
            known[cte.alias.lower()] = self.query(cte.this, known, outer).called(_names(cte))
        if isinstance(node, exp.Subquery | exp.Exists):
            return self.query(node.this, known, outer)
        if isinstance(node, exp.SetOperation):
            parts = [self.query(part, known, outer, is_last) for part in (node.this, node.expression)]
            return union(parts) if isinstance(node, exp.Union) else parts[0]
        return self._select(node, known, outer, is_last) if isinstance(node, exp.Select) else NOTHING_KNOWN

    def _select(self, node: exp.Select, steps: Steps, outer: Frame | None, is_last: bool) -> Relation:
        frame = Frame(outer)

        def scoped(group: Ids) -> Scope:
            return Scope(frame, self._tell, lambda inner, around: self.query(inner, steps, around), group)

        self._tables(node, frame, steps, scoped(NONE))
        if where := node.args.get("where"):
            filtered(frame, where, partial(value_of, scope=scoped(NONE)))
            value_of(where.this, scoped(NONE))
        if not is_last:
            frame.counted = counted(node, partial(value_of, scope=scoped(NONE)))
        columns, is_whole = _columns(node, frame, scoped)
        return settled(columns, frame.facts, is_whole)

    def _tables(self, node: exp.Expr, frame: Frame, steps: Steps, scope: Scope) -> None:
        source = node.args.get("from_") or node.args.get("from")
        if source:
            self._add(source.this, frame, steps, scope)
        for join in node.args.get("joins") or ():
            self._join(join, frame, steps, scope)
        for lateral in node.args.get("laterals") or ():
            self._add(lateral, frame, steps, scope)

    def _join(self, join: exp.Join, frame: Frame, steps: Steps, scope: Scope) -> None:
        name = self._add(join.this, frame, steps, scope)
        inside = Scope(frame, scope.tell, scope.walk)
        joined(frame, join, name, partial(value_of, scope=inside))
        if on := join.args.get("on"):
            value_of(on, inside)
        if str(join.args.get("kind") or "").upper() in ("SEMI", "ANTI"):
            frame.hidden.add(name)

    def _add(self, relation: exp.Expr, frame: Frame, steps: Steps, scope: Scope) -> str:
        """Make a table, step, subquery or lateral readable in `frame`; what it is called there."""
        name = relation.alias_or_name.lower() or f"#{len(frame.tables)}"
        full = table_name(relation) if isinstance(relation, exp.Table) else ""
        frame.add(name, self._read(relation, frame, steps, scope).called(_names(relation)), full)
        for join in relation.args.get("joins") or () if isinstance(relation, exp.Table) else ():
            self._join(join, frame, steps, scope)
        return name

    def _read(self, relation: exp.Expr, frame: Frame, steps: Steps, scope: Scope) -> Relation:
        if isinstance(relation, exp.Table):
            full = table_name(relation)
            if full.lower() in steps:
                return steps[full.lower()].again()
            return table(full, self._promises[full]) if full in self._promises else NOTHING_KNOWN
        if isinstance(relation, exp.Subquery):
            return self.query(relation.this, steps, frame.outer)
        if isinstance(relation, exp.Lateral) and isinstance(relation.this, exp.Subquery):
            return self.query(relation.this.this, steps, frame)
        if isinstance(relation, exp.Lateral):
            value_of(relation.this, scope)
        return NOTHING_KNOWN


def _names(relation: exp.Expr) -> list[str]:
    """Names that the alias of a relation gives its columns."""
    alias = relation.args.get("alias")
    return [column.name.lower() for column in alias.columns] if isinstance(alias, exp.TableAlias) else []


def _columns(node: exp.Select, frame: Frame, scoped: Scoped) -> tuple[dict[str, Value], bool]:
    """Columns of a select, judged in its groups; whether they are all known."""
    group = _group(node, frame, scoped(NONE))
    scope, is_whole = scoped(group), True
    columns: dict[str, Value] = {}
    for column in node.expressions:
        if column.is_star:
            found, whole = frame.star(column.table.lower() if isinstance(column, exp.Column) else "")
            is_whole = is_whole and whole
        else:
            value = value_of(column, scope)
            key = frame.keys.get(column.unalias().sql()) if frame.keys else None
            found = {name: _as(name, value, key) for name in _given(column)}
        columns |= found
        frame.given |= found
    for part in _AFTER:
        if node.args.get(part):
            value_of(node.args[part], scoped(group))
    return columns, is_whole


def _given(column: exp.Expr) -> list[str]:
    """Names that an expression of a select gives."""
    if isinstance(column, exp.Aliases):
        return [name.name.lower() for name in column.aliases]
    return [column.alias_or_name.lower()]


def _as(name: str, value: Value, key: Id | None = None) -> Value:
    """A column of a select: what is made there is an id of its own, that of the group where it is grouped by."""
    if value.holds:
        return value
    own = frozenset({key or new(name)})
    return replace(value, holds=own, fixes=value.fixes | own)


def _group(node: exp.Select, frame: Frame, scope: Scope) -> Ids:
    """Ids in which the rows of each group are alike."""
    keys = node.args["group"].expressions if node.args.get("group") else []
    found: set[Id] = set()
    for key in keys:
        if isinstance(key, exp.GroupingSets):
            sets = [_fixes([one], node, frame, scope) for one in key.expressions]
            found |= frozenset.intersection(*sets) if sets else NONE
        elif not isinstance(key, exp.Rollup | exp.Cube):  # of which some rows are of all groups
            found |= _fixes([key], node, frame, scope)
    return frozenset(found)


def _fixes(keys: Sequence[exp.Expr], node: exp.Select, frame: Frame, scope: Scope) -> Ids:
    found: Ids = NONE
    for key in keys:
        if isinstance(key, exp.Tuple):
            found |= _fixes(key.expressions, node, frame, scope)
        elif isinstance(key, exp.Column) and not key.table and not frame.has(key.name.lower()):
            named = [each for each in node.expressions if key.name.lower() in _given(each)]
            found |= _fixed(named[0], key.name, frame, scope) if named else NONE
        else:
            found |= _fixed(key, key.sql(), frame, scope)
    return found


def _fixed(key: exp.Expr, label: str, frame: Frame, scope: Scope) -> Ids:
    """Ids in which rows are alike that are alike in a key; what is computed has one of its own."""
    fixes = value_of(key, scope).fixes
    if fixes or not any(key.find_all(exp.Column)):
        return fixes
    return frozenset({frame.keys.setdefault(key.unalias().sql(), new(label))})
