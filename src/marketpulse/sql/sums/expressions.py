"""What an expression of a select is, from what its columns are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlglot import exp

from marketpulse.sql.authored import is_parameter, name_of
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.sums import arithmetic
from marketpulse.sql.sums.branches import Branch, chosen
from marketpulse.sql.sums.joining import alone, equalities, first_of, pairs
from marketpulse.sql.sums.scope import Scope
from marketpulse.sql.sums.telling import SUMS
from marketpulse.sql.sums.value import NONE, UNKNOWN, Ids, Value, constant, reads
from marketpulse.sql.sums.written import is_null, text_of, written

_FIRST = (
    {"coalesce", "ifnull", "nvl", "nanvl"},
    {"abs", "bround", "ceil", "ceiling", "floor", "negative", "nullif", "round"},
    {"btrim", "lcase", "lower", "ltrim", "rtrim", "trim", "ucase", "upper"},
)
_EITHER, _SAME, _SPELT = _FIRST
#: Texts and structures that differ where one of their parts does.
_KEEP_APART = {"array", "concat", "concat_ws", "md5", "named_struct", "sha2"}
_EXTREMES = {"greatest", "least"}

#: Aggregates and window functions that give one of the values they are given.
_PICKS = {"first_value", "lag", "last_value", "lead", "max", "max_by", "min", "min_by", "nth_value"}
#: Those that give the greatest or least, whichever row has it; of the others the rest of the call says which row.
_RANKS = {"max", "min"}
#: Aggregates that give all of them, and what gives an array as it was given.
_GATHERS = {"collect_list", "collect_set"}
_SORTS = {"array_distinct", "filter", "reverse", "slice", "sort_array"}


def value_of(node: exp.Expr | None, scope: Scope) -> Value:
    """What an expression is. Tells of its sums on the way."""
    if node is None:
        return UNKNOWN
    known = scope.values.get(id(node))
    if known is None:
        find = next((find for kinds, find in _KINDS if isinstance(node, kinds)), _other)
        known = scope.values[id(node)] = find(node, scope)
    return known


def _other(node: exp.Expr, scope: Scope) -> Value:
    """Anything else has read what stands in it; a query in it is judged on its own."""
    return Value(reads=reads([value_of(child, scope) for child in node.iter_expressions()]))


def _through(node: exp.Expr, scope: Scope) -> Value:
    return value_of(node.this, scope)


def _cast(node: exp.Expr, scope: Scope) -> Value:
    """An amount stays one; what is alike as a text was alike, as a date it may have been a moment."""
    value = value_of(node.this, scope)
    return value if node.args["to"].this in exp.DataType.TEXT_TYPES else replace(value, holds=NONE, fixes=NONE)


def _column(node: exp.Expr, scope: Scope) -> Value:
    return UNKNOWN if not isinstance(node, exp.Column) or is_parameter(node) else scope.frame.value(node)


def _literal(node: exp.Expr, _: Scope) -> Value:
    return Value(holds=frozenset({constant(node.name)})) if node.is_string else UNKNOWN


def _sum_of_two(node: exp.Expr, scope: Scope) -> Value:
    left, right = value_of(node.this, scope), value_of(node.expression, scope)
    scope.added(node, left, right)
    return arithmetic.added(left, right)


def _product(node: exp.Expr, scope: Scope) -> Value:
    return _scaled(arithmetic.product, [node.this, node.expression], scope)


def _quotient(node: exp.Expr, scope: Scope) -> Value:
    return _scaled(arithmetic.quotient, [node.this, node.expression], scope)


def _scaled(
    make: Callable[[arithmetic.Operand, arithmetic.Operand], Value], nodes: Sequence[exp.Expr], scope: Scope
) -> Value:
    one, other = (arithmetic.Operand(value_of(node, scope), not any(node.find_all(exp.Column))) for node in nodes)
    found = make(one, other)
    return found if scope.tell.about.is_kept else arithmetic.unmeasured(found, one, other)


def _case(node: exp.Expr, scope: Scope) -> Value:
    branches: list[Branch] = []
    for each in node.args.get("ifs") or ():
        holds = None if node.this else written(each.this)
        if holds:
            return _chosen([*branches, Branch(value_of(each.args["true"], scope))], scope)
        branches += [] if holds is False else [_branch(each.this, each.args["true"], scope, node.this)]
    if default := node.args.get("default"):
        branches.append(Branch(value_of(default, scope)))
    return _chosen(branches, scope)


def _chosen(branches: list[Branch], scope: Scope) -> Value:
    """A `case`; of texts, what stands for whichever of them it is."""
    value = chosen(branches)
    among = frozenset(each for branch in branches for each in branch.value.holds)
    if value.units or value.holds or len(among) < 2:
        return value
    stands = frozenset({scope.frame.facts.choose(among)})
    return replace(value, holds=stands, fixes=value.fixes | stands)


def _branch(condition: exp.Expr, result: exp.Expr, scope: Scope, subject: exp.Expr | None = None) -> Branch:
    """A result where a condition holds, or where `subject` equals what stands in its place."""

    def asked(each: exp.Expr) -> Value:
        return value_of(each, scope)

    found = pairs(subject, condition, asked) if subject else equalities(condition, asked)
    equal = tuple(found)
    read = reads([asked(each) for each in (subject, condition) if each is not None])
    inside = scope.assuming(equal, NONE if subject else alone(condition, asked))
    return Branch(value_of(result, inside), equal, read)


def _call(node: exp.Expr, scope: Scope) -> Value:
    name, arguments = name_of(node), list(node.expressions)
    if (text := text_of(node)) is not None:
        return Value(holds=frozenset({constant(text)}))
    entry = FUNCTIONS.get(name)
    if entry is not None and entry.kind in ("aggregate", "window"):
        return _group(node, scope, None)
    if name in ("if", "nvl2") and len(arguments) == 3:
        branches = [_branch(arguments[0], arguments[1], scope)]
        return _chosen([*branches, Branch(value_of(arguments[2], scope))], scope)
    values = [value_of(argument, scope) for argument in arguments if name not in _EITHER or not is_null(argument)]
    if name == "aggregate" and values:
        scope.tell.gathered(node, values[0], scope.frame)
    if name == "try_divide" and len(values) == 2:
        return _scaled(arithmetic.quotient, arguments, scope)
    return _row(name, values, scope)


def _row(name: str, values: list[Value], scope: Scope) -> Value:
    if not values:
        return UNKNOWN
    if name in _EITHER or name in _EXTREMES:
        text = first_of(scope.frame, values) if name in _EITHER else UNKNOWN
        return arithmetic.either(values, text)
    if name in _SAME or name in _SPELT or name in _SORTS:
        return values[0]
    fixes = frozenset(each for value in values for each in value.fixes) if name in _KEEP_APART else NONE
    return Value(fixes=fixes, reads=reads(values))


def _window(node: exp.Expr, scope: Scope) -> Value:
    parts = node.args.get("partition_by") or []
    by = frozenset(each for part in parts for each in value_of(part, scope).fixes)
    if order := node.args.get("order"):
        value_of(order, scope)
    if node.args.get("alias") is not None:  # a window by its name: over which rows is not followed
        return UNKNOWN
    over = [*parts, node.args.get("order"), node.args.get("spec")]
    return _of_rows(node.this, scope, by, " ".join(each.sql() for each in over if each))


def _of_rows(node: exp.Expr, scope: Scope, by: Ids | None = None, over: str = "") -> Value:
    """An aggregate of the rows of a group, or of those alike in `by`; with a filter, of those that it lets through."""
    if isinstance(node, exp.IgnoreNulls | exp.RespectNulls):
        return _of_rows(node.this, scope, by, over)
    if not isinstance(node, exp.Filter):
        return _group(node, scope, by, over)
    condition = node.expression.this
    equal = tuple(equalities(condition, lambda each: value_of(each, scope)))
    value = _of_rows(node.this, scope.assuming(equal), by, f"{over} {condition.sql()}")
    return chosen([Branch(value, equal, reads([value_of(condition, scope)]))])


def _group(call: exp.Expr, scope: Scope, by: Ids | None, over: str = "") -> Value:
    arguments = [each for argument in call.expressions for each in _plain(argument)]
    values = [value_of(argument, scope) for argument in arguments]
    name, value = name_of(call), values[0] if values else UNKNOWN
    group = scope.group if by is None else by
    if name in SUMS:
        return scope.summed(call, value, group)
    if name == "count" and any(isinstance(argument, exp.Distinct) for argument in call.expressions):
        return _distinct(values, group, scope)
    if name not in _PICKS | _GATHERS:
        return UNKNOWN
    which = call.expressions if name in _RANKS else call.expressions[1:]
    how = " ".join([name, *(each.sql() for each in which), "over", over])
    return _picked(value, scope.frame.facts.fixed(group), scope, how)


def _distinct(values: Sequence[Value], group: Ids, scope: Scope) -> Value:
    """A count of distinct things adds up over what each of them is alike in: an order of one day over days."""
    facts = scope.frame.facts
    alike = facts.fixed(frozenset(each for value in values for each in value.fixes))
    apart = frozenset(each for each in facts.all(group) if each not in alike and not each.is_constant)
    return Value(apart=apart, is_counted=bool(apart))


def _plain(argument: exp.Expr) -> Sequence[exp.Expr]:
    return argument.expressions if isinstance(argument, exp.Distinct) else [argument]


def _picked(value: Value, fixed: Ids, scope: Scope, how: str) -> Value:
    """One of the values of a group: what is alike in all of it is what it was; `how` says which of the others it is."""
    facts = scope.frame.facts

    def alike(ids: Ids) -> Ids:
        return frozenset(each for each in ids if facts.find(each).is_constant or facts.find(each) in fixed)

    def one(ids: Ids) -> Ids:
        return frozenset(scope.frame.pick(how, each) for each in ids)

    if alike(value.units) == value.units:
        units, picked = value.units, one(value.picked)
    else:
        units, picked = NONE, one(value.units)
    holds = alike(value.holds) or one(value.holds)
    return Value(holds, holds, units, NONE, value.reads, value.is_scaled, picked)


def _query(node: exp.Expr, scope: Scope) -> Value:
    """A query that gives one value, or that is asked for some; its rows are its own."""
    relation = scope.query(node)
    return next(iter(relation.columns.values()), UNKNOWN) if isinstance(node, exp.Subquery) else UNKNOWN


Find = Callable[[exp.Expr, Scope], Value]
_KINDS: tuple[tuple[type | tuple[type, ...], Find], ...] = (
    (exp.Query, _query),
    (exp.Column, _column),
    (exp.Literal, _literal),
    ((exp.Alias, exp.Paren, exp.Neg, exp.Ordered), _through),
    (exp.Cast, _cast),
    ((exp.Add, exp.Sub), _sum_of_two),
    ((exp.Mul, exp.Mod), _product),
    ((exp.Div, exp.IntDiv), _quotient),
    (exp.Case, _case),
    (exp.Window, _window),
    ((exp.Filter, exp.IgnoreNulls, exp.RespectNulls), _of_rows),
    (exp.Anonymous, _call),
)
