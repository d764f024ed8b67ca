"""An aggregate by itself, `sum(amount) - sum(discount)`: what it may say, and whether its parts add up."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import is_parameter, name_of
from marketpulse.sql.checking import check
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.places import Origin, Where, between, refusal

_BEFORE = "select "
#: What the reader says when an expression ends too early: it met what stands behind it, which nobody wrote.
_BEHIND = " near 'value'"
_EXAMPLE = "for example sum(quantity)"
#: Aggregates whose values of parts, added, are the value of the whole.
_SUMS = ("sum", "count", "count_if")
_ADDING = (exp.Add, exp.Sub, exp.Neg, exp.Paren)


def parsed_aggregate(text: str, path: Origin = None) -> tuple[exp.Expr, Where]:
    """The tree of one aggregate expression, and where its parts stand. Raise DefinitionError for anything else.

    >>> parsed_aggregate("sum(amount) / count(*)")[0].sql("spark")
    'SUM(amount) / COUNT(*)'
    """
    where = between(path, _BEFORE, text)
    try:
        query = parse_query(f"{_BEFORE}{text}\nas value", where)
    except DefinitionError as error:
        if not error.message.endswith(_BEHIND):
            raise
        told = f"{error.message.removesuffix(_BEHIND)} at the end"
        raise DefinitionError(told, where=error.place, hint="close each bracket") from None
    if len(query.selects) != 1 or any(value for key, value in query.args.items() if key != "expressions"):
        raise refusal("is not one expression", _EXAMPLE, node=query, path=where)
    tree = query.selects[0].unalias()
    check(query, where)
    if wrong := list(_wrong(tree, where)):
        raise DefinitionError.together(wrong)
    return tree, where


def row_columns(tree: exp.Expr) -> list[exp.Column]:
    """Columns of the rows that an expression reads; the parameters of a lambda are none."""
    found = [tree] if isinstance(tree, exp.Column) else tree.find_all(exp.Column)
    return [column for column in found if not is_parameter(column)]


def adds_up(tree: exp.Expr) -> bool:
    """Whether the values of an aggregate over parts, added, are certainly its value over all.

    >>> [adds_up(parsed_aggregate(text)[0]) for text in ("sum(a) - count(*)", "avg(a)", "count(distinct a)")]
    [True, False, False]
    """
    if isinstance(tree, _ADDING):
        return all(adds_up(part) for part in tree.iter_expressions())
    if isinstance(tree, exp.Mul):
        sides = (tree.this, tree.expression)
        return any(adds_up(one) and isinstance(by, exp.Literal) for one, by in (sides, sides[::-1]))
    if isinstance(tree, exp.Filter):
        return adds_up(tree.this)
    if isinstance(tree, exp.Case):
        return _is_guarded_sum(tree)
    if isinstance(tree, exp.Anonymous) and name_of(tree) == "coalesce":
        return adds_up(tree.expressions[0])
    is_sum = isinstance(tree, exp.Anonymous) and name_of(tree) in _SUMS
    return is_sum and not any(isinstance(each, exp.Distinct) for each in tree.expressions)


def _is_guarded_sum(tree: exp.Case) -> bool:
    """`case when … then sum(…) end`: the sum, or nothing where it is not known."""
    ifs = tree.args.get("ifs") or []
    default = tree.args.get("default")
    return len(ifs) == 1 and adds_up(ifs[0].args["true"]) and (default is None or isinstance(default, exp.Null))


def _wrong(tree: exp.Expr, path: Origin) -> Iterator[DefinitionError]:
    for node in tree.walk(prune=lambda node: isinstance(node, exp.Query | exp.Exists)):
        if isinstance(node, exp.Query | exp.Exists):
            yield refusal("has a subquery", "an expression reads the rows of one table", node=node, path=path)
        elif isinstance(node, exp.Window):
            yield refusal("has a window", "an expression is an aggregate", node=node, path=path)
    if not any(_aggregates(node) for node in tree.walk()):
        yield refusal("is no aggregate", _EXAMPLE, node=tree, path=path)
    for column in row_columns(tree):
        if not _is_inside(column):
            yield refusal(f"{column.sql('spark')} is in no aggregate", _EXAMPLE, node=column, path=path)


def _is_inside(column: exp.Expr) -> bool:
    node = column.parent
    while node is not None:
        if _aggregates(node) or isinstance(node, exp.Filter):
            return True
        node = node.parent
    return False


def _aggregates(node: exp.Expr) -> bool:
    entry = FUNCTIONS.get(name_of(node)) if isinstance(node, exp.Anonymous) else None
    return entry is not None and entry.kind == "aggregate"
