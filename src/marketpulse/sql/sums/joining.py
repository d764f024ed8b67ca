"""What a condition of a filter or a join says: columns that are equal, columns that are one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlglot import exp

from marketpulse.sql.authored import name_of
from marketpulse.sql.sums.frame import Frame
from marketpulse.sql.sums.relation import Relation
from marketpulse.sql.sums.value import NONE, Id, Ids, Value, constant, new

ValueOf = Callable[[exp.Expr], Value]
Pair = tuple[Id, Id]


def equalities(condition: exp.Expr | None, value_of: ValueOf) -> Iterator[Pair]:
    """Pairs of ids that are equal in every row that a condition lets through. A subquery is one value."""
    if isinstance(condition, exp.And):
        yield from equalities(condition.this, value_of)
        yield from equalities(condition.expression, value_of)
    elif isinstance(condition, exp.Paren | exp.Where):
        yield from equalities(condition.this, value_of)
    elif isinstance(condition, exp.EQ | exp.NullSafeEQ):
        yield from pairs(condition.this, condition.expression, value_of)
    elif isinstance(condition, exp.In) and len(condition.expressions) == 1:
        yield from pairs(condition.this, condition.expressions[0], value_of)


def pairs(left: exp.Expr, right: exp.Expr, value_of: ValueOf) -> Iterator[Pair]:
    """Ids that are equal where two expressions are; what is one value for all rows stands behind."""
    for one, other in ((left, right), (right, left)):
        if _is_one_value(other) and not _is_one_value(one):
            said = (NONE if isinstance(other, exp.Subquery) else value_of(other).holds) or {
                constant(other.sql("spark"))
            }
            yield from ((each, target) for each in value_of(one).holds for target in said if each != target)
            return
    yield from ((one, other) for one in value_of(left).holds for other in value_of(right).holds if one != other)


def _is_one_value(node: exp.Expr) -> bool:
    """Whether it is the same for all rows: written there, or one query that reads no column around it."""
    return isinstance(node, exp.Subquery) or not any(True for _ in node.find_all(exp.Column))


def alone(condition: exp.Expr, value_of: ValueOf) -> Ids:
    """Ids that are one value in each group where a condition holds: `count(distinct x) = 1`, `min(x) = max(x)`."""
    if isinstance(condition, exp.And):
        return alone(condition.this, value_of) | alone(condition.expression, value_of)
    if isinstance(condition, exp.Paren):
        return alone(condition.this, value_of)
    if not isinstance(condition, exp.EQ | exp.LTE):
        return NONE
    one, other = _aggregate(condition.this), _aggregate(condition.expression)
    if one and other and {one[0], other[0]} == {"min", "max"} and one[1] == other[1]:
        return value_of(one[1]).fixes
    if one and one[0] == "count" and isinstance(one[1], exp.Distinct) and condition.expression.name == "1":
        (counted,) = one[1].expressions[:1]
        return value_of(counted).fixes
    return NONE


def counted(node: exp.Select, value_of: ValueOf) -> Ids:
    """Ids whose values in a group a select counts or compares: the next step can tell groups of one from others."""
    calls = [each for column in node.expressions for each in column.find_all(exp.Anonymous)]
    distinct = [each.expressions[0] for each in calls if name_of(each) == "count" and each.expressions]
    arguments = [part for each in distinct if isinstance(each, exp.Distinct) for part in each.expressions]
    compared = [each for column in node.expressions for each in column.find_all(exp.EQ)]
    found = [value_of(each).fixes for each in arguments] + [alone(each, value_of) for each in compared]
    return frozenset(each for ids in found for each in ids)


def _aggregate(node: exp.Expr) -> tuple[str, exp.Expr] | None:
    """Name and argument of a call with one argument."""
    is_call = isinstance(node, exp.Anonymous) and len(node.expressions) == 1
    return (name_of(node), node.expressions[0]) if is_call else None


def filtered(frame: Frame, condition: exp.Expr, value_of: ValueOf) -> None:
    """Take a filter into account."""
    for one, other in list(equalities(condition, value_of)):
        _choose(frame, one, other)
        frame.facts.equal(one, other)


def joined(frame: Frame, join: exp.Join, name: str, value_of: ValueOf) -> None:
    """Take the condition of a join with the table `name` into account."""
    side = str(join.args.get("side") or "").upper()
    found = list(equalities(join.args.get("on"), value_of))
    using = [column.name.lower() for column in join.args.get("using") or ()]
    found += [pair for column in using for pair in _using(frame, column, name)]
    for one, other in found:
        _choose(frame, one, other)
        if side in ("LEFT", "RIGHT", "FULL"):
            _outer(frame, side, name, one, other)
        else:
            frame.facts.equal(one, other)
    for column in using:
        frame.merged[column] = _merged(frame, column)


def _using(frame: Frame, column: str, name: str) -> list[Pair]:
    others = [table for table in frame.tables if table != name and column in frame.tables[table].columns]
    mine = frame.tables[name].columns.get(column)
    if not others or mine is None:
        return []
    theirs = frame.merged.get(column) or frame.tables[others[0]].columns[column]
    return [(one, other) for one in theirs.holds for other in mine.holds]


def _merged(frame: Frame, column: str) -> Value:
    """What `coalesce` of the columns of a `using` is."""
    values = [table.columns[column] for table in frame.tables.values() if column in table.columns]
    values = [frame.merged[column], *values[-1:]] if column in frame.merged else values
    return first_of(frame, values)


def first_of(frame: Frame, values: list[Value]) -> Value:
    """The value of the first that is not null, of texts: the first one, or what an outer join makes of two."""
    if not values:
        return Value()
    holds, fixes = values[0].holds, values[0].fixes
    for value in values[1:]:
        couples = [frozenset({one, other}) for one in holds for other in value.holds]
        both = {frame.facts.joined[pair] for pair in couples if pair in frame.facts.joined}
        holds = frozenset(both) or holds
        fixes |= both
    among = frozenset(each for value in values for each in value.holds)
    # Of two tables the row that is missing is null in all columns; in one row each column is null for itself.
    owners = [frame.owner(each) for each in among if not each.is_constant]
    if len(among) > 1 and holds <= among and len({*owners}) == len(owners):
        holds |= {frame.facts.choose(among)}
    return Value(holds, fixes | holds, reads=frozenset(each for value in values for each in value.reads))


def _choose(frame: Frame, one: Id, other: Id) -> None:
    """Rows of each of two tables are chosen by the column of the other."""
    for mine, theirs in ((one, other), (other, one)):
        table = frame.owner(mine)
        if table is not None and not theirs.is_constant:
            frame.chosen[table] = frame.chosen.get(table, NONE) | {theirs}


def _outer(frame: Frame, side: str, name: str, one: Id, other: Id) -> None:
    """Where the rows of an outer join match, the currencies of their amounts are those of the side that is kept."""
    mine = {each for value in frame.tables[name].columns.values() for each in value.holds}
    new_one, old_one = (one, other) if one in mine else (other, one)
    if new_one not in mine or (old_one in mine):
        return
    if side != "LEFT" and old_one.is_constant:
        return
    kept = {"LEFT": old_one, "RIGHT": new_one}.get(side) or new(old_one.label)
    by = {"LEFT": {old_one}, "RIGHT": {new_one}}.get(side, {one, other})
    frame.facts.rules.append((frozenset(by), frozenset({one, other, kept})))
    frame.facts.joined[frozenset({one, other})] = kept
    for table, relation in frame.tables.items():
        frame.tables[table] = _measured_in(relation, {new_one, old_one} - {kept}, kept)


def _measured_in(relation: Relation, gone: set[Id], kept: Id) -> Relation:
    def other(each: Id) -> Id:
        return kept if each in gone else each

    columns = {
        name: replace(
            value, units=frozenset(map(other, value.units)), apart=frozenset(map(other, value.apart)), picked=NONE
        )
        for name, value in relation.columns.items()
    }
    return Relation(columns, relation.rules, relation.is_whole)
