"""Refuses, before any data moves, what is not deterministic or not the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.arguments import Told, ends_in_escape, wrong_constant
from marketpulse.sql.authored import name_of
from marketpulse.sql.casts import duckdb_type
from marketpulse.sql.duckdb import DUCKDB, place_of
from marketpulse.sql.functions import FUNCTIONS, REFUSED, Function, UnsupportedError
from marketpulse.sql.places import Origin, refusal

#: Steps (`with a as …, b as …`) of one query: each may read the one before, and engines follow them inwards.
_MOST_STEPS = 100
#: Parts of the grammar that mean the same everywhere, functions aside.
_GRAMMAR = {
    exp.Add, exp.Alias, exp.Aliases, exp.And, exp.Anonymous, exp.Between, exp.Boolean, exp.Bracket, exp.CTE,
    exp.Case, exp.Cast, exp.Column, exp.Cube, exp.DPipe, exp.DataType, exp.DataTypeParam, exp.Distinct, exp.Div,
    exp.Dot, exp.EQ, exp.Escape, exp.Except, exp.Exists, exp.Extract, exp.Filter, exp.From, exp.GT, exp.GTE, exp.Group,
    exp.GroupingSets, exp.Having, exp.ILike, exp.Identifier, exp.If, exp.IgnoreNulls, exp.In, exp.IntDiv,
    exp.Intersect, exp.Interval, exp.Is, exp.Join, exp.LT, exp.LTE, exp.Lambda, exp.Lateral, exp.Like, exp.Limit,
    exp.Literal, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or,
    exp.Order, exp.Ordered, exp.Paren, exp.RegexpLike, exp.RespectNulls, exp.Rollup, exp.Select, exp.Star, exp.Sub,
    exp.Subquery, exp.Table, exp.TableAlias, exp.TryCast, exp.Tuple, exp.Union, exp.Var, exp.Where, exp.Window,
    exp.WindowSpec, exp.With,
}  # fmt: skip
_INSTEAD = {
    "concat": "two texts side by side: use concat(…), or \\' for a quote inside a text",
    "array": "take an element of array(…) with element_at(…)",
    "qualify": "put the window function into a step and filter in the next one",
    "tablesample": "filter by a key",
    "hint": "leave hints to the engine",
    "pivot": "use sum(case when … end)",
}


def check(query: exp.Query, path: Origin = None) -> None:
    """Raise DefinitionError for everything that a model may not say."""
    found = list(_problems(query, path))
    if found:
        raise DefinitionError.together(found)
    try:
        DUCKDB.write(query.copy())
    except DefinitionError as error:
        raise refusal(error.message, error.hint, path=path) from None
    except RecursionError:
        raise refusal("nested too deeply", "give the inner parts names: with step as (…)", path=path) from None


def _problems(query: exp.Expr, path: Origin) -> Iterator[DefinitionError]:
    if sum(1 for _ in query.find_all(exp.CTE)) > _MOST_STEPS:
        yield refusal(f"more than {_MOST_STEPS} steps", "make a table of some of them", path=path)
    for node in query.walk():
        told = _told(node)
        if told:
            yield refusal(told[0], told[1], node=node, path=path)


def _told(node: exp.Expr) -> Told:
    """What is wrong with one node, and the way out."""
    for kinds, rule in _RULES:
        if isinstance(node, kinds) and (told := rule(node)):
            return told
    if type(node) in _GRAMMAR:
        return None
    word = node.key.replace("current", "current_")
    why, instead = REFUSED.get(word, ("is not supported", _INSTEAD.get(node.key, "")))
    return f"{word} {why}", instead or None


def _limit(node: exp.Expr) -> Told:
    if not isinstance(node.expression, exp.Literal):
        return "limit without a number", "write the number of rows"
    if isinstance(node.parent, exp.Query) and not node.parent.args.get("order"):
        return "limit without order by gives other rows each time", "add an order by that is unique"
    return None


def _join(node: exp.Expr) -> Told:
    method = str(node.args.get("method") or "").lower()
    return (f"{method} join", "write on …") if method else None


def _call(node: exp.Expr) -> Told:
    name = name_of(node)
    if name in REFUSED:
        why, instead = REFUSED[name]
        return f"{name}() {why}", instead
    entry = FUNCTIONS.get(name)
    if entry is None:
        close = get_close_matches(name, FUNCTIONS, n=1)
        return f"{name}() is not in the list of functions", f"did you mean {close[0]}()?" if close else None
    return _use(node, name, entry)


def _use(node: exp.Expr, name: str, entry: Function) -> Told:
    first = node.expressions[0] if node.expressions else None
    if not isinstance(first, exp.Distinct) and not entry.accepts(len(node.expressions)):
        return f"{name}() cannot take {len(node.expressions)} arguments", None
    if entry.within and not _inside(node, entry.within.names):
        return f"{name}() {entry.within.why}", entry.within.instead.format(name)
    if entry.kind == "window" and node.find_ancestor(exp.Window) is None:
        return f"{name}() needs a window", f"{name}(…) over (partition by … order by …)"
    if isinstance(first, exp.Distinct):
        return None
    return wrong_constant(name, node.expressions) or _arguments(entry, node.expressions)


def _arguments(entry: Function, arguments: list[exp.Expr]) -> Told:
    if entry.build:
        try:
            entry.build(arguments, ["x"] * len(arguments))
        except UnsupportedError as error:
            return str(error), error.hint
    return None


def _inside(node: exp.Expr, names: tuple[str, ...]) -> bool:
    parent = node.parent
    while isinstance(parent, exp.Filter | exp.Window | exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Anonymous) and name_of(parent) in names


def _window(node: exp.Expr) -> Told:
    base = node.this
    while isinstance(base, exp.Filter | exp.IgnoreNulls | exp.RespectNulls):
        base = base.this
    name = name_of(base)
    entry = FUNCTIONS.get(name)
    if entry and entry.kind == "window" and not node.args.get("order"):
        return f"{name}() without order by gives another answer each time", "order by columns that are unique"
    return None


def _element(node: exp.Expr) -> Told:
    try:
        place_of(node)
    except UnsupportedError as error:
        return str(error), error.hint
    return None


def _like(node: exp.Expr) -> Told:
    if isinstance(node.parent, exp.Escape) or not ends_in_escape(node.expression):
        return None
    return "a pattern ends with a backslash, which escapes nothing", "write two of them for a backslash"


def _cast(node: exp.Expr) -> Told:
    try:
        duckdb_type(node.args["to"])
    except UnsupportedError as error:
        return str(error), error.hint
    return None


def _with(node: exp.Expr) -> Told:
    if node.args.get("recursive"):
        return (
            "with recursive is no query that every engine knows",
            "sequence(…) with explode(…) gives numbers and dates",
        )
    return None


def _grouping(node: exp.Expr) -> Told:
    kind = "group by" if isinstance(node, exp.Group) else "order by"
    if any(not part.expressions for name in ("rollup", "cube") for part in node.args.get(name) or []):
        return f"{kind} … with rollup", "write group by rollup (…)"
    if node.args.get("all"):
        return f"{kind} all", "name the columns"
    for item in node.expressions:
        value = item.this if isinstance(item, exp.Ordered) else item
        if isinstance(value, exp.Literal):
            return f"{kind} {value.this} counts columns", "name the column"
    return None


_RULES: tuple[tuple[type | tuple[type, ...], Callable[[exp.Expr], Told]], ...] = (
    (exp.Anonymous, _call),
    (exp.Window, _window),
    (exp.Bracket, _element),
    (exp.Cast, _cast),
    ((exp.Like, exp.ILike), _like),
    ((exp.Group, exp.Order), _grouping),
    (exp.Limit, _limit),
    (exp.Join, _join),
    (exp.With, _with),
)
