"""A rule's condition in the SQL of an engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import name_of
from marketpulse.sql.checking import check
from marketpulse.sql.dialect import Dialect
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.places import refusal


def condition(text: str, dialect: Dialect, path: Path | None = None, names: Mapping[str, str] | None = None) -> str:
    """SQL of a boolean Spark SQL expression over one row; `names` renames its columns.

    >>> from marketpulse.sql import SPARK
    >>> condition("quantity between 1 and 5", SPARK, names={"quantity": "_typed_quantity"})
    '`_typed_quantity` BETWEEN 1 AND 5'
    """
    tree = _expression(text, path).copy()
    for column in _columns(tree):
        root = column.parts[0]
        if names and root.name in names:
            root.replace(exp.to_identifier(names[root.name], quoted=True))
    return dialect.write(tree)


def columns_of(text: str, path: Path | None = None) -> set[str]:
    """Columns that a condition reads.

    >>> sorted(columns_of("a < b or exists(items, x -> x.size < 0)"))
    ['a', 'b', 'items']
    """
    return {column.parts[0].name for column in _columns(_expression(text, path))}


def _expression(text: str, path: Path | None) -> exp.Expr:
    try:
        query = parse_query(f"select {text}\nas holds", path)
    except DefinitionError as error:
        raise DefinitionError(f"condition {text!r}: {error.message}", where=path, hint=error.hint) from None
    if len(query.selects) != 1 or (set(query.args) - {"expressions", "kind", "hint"} and _more(query)):
        raise refusal(f"condition {text!r} is not one expression", "write one boolean expression", path=path)
    tree = query.selects[0].unalias()
    for node in tree.walk():
        if isinstance(node, exp.Query | exp.Exists):
            raise refusal(f"condition {text!r} has a subquery", "a rule of type sql reads tables", path=path)
        if isinstance(node, exp.Star | exp.Window) or (isinstance(node, exp.Anonymous) and _groups(node)):
            raise refusal(f"condition {text!r} reads more than one row", "a rule of type sql reads tables", path=path)
    try:
        check(query, None)
    except DefinitionError as error:
        raise DefinitionError(f"condition {text!r}: {error.message}", where=path, hint=error.hint) from None
    return tree


def _more(query: exp.Query) -> bool:
    return any(value for key, value in query.args.items() if key != "expressions")


def _groups(node: exp.Anonymous) -> bool:
    entry = FUNCTIONS.get(name_of(node))
    return entry is not None and entry.kind != "row"


def _columns(tree: exp.Expr) -> list[exp.Column]:
    """Columns of the row; the parameters of a lambda are none."""
    found = [tree] if isinstance(tree, exp.Column) else []
    return found or [c for c in tree.find_all(exp.Column) if not _is_parameter(c)]


def _is_parameter(column: exp.Column) -> bool:
    name = column.parts[0].name
    node = column.find_ancestor(exp.Lambda)
    while node is not None:
        if any(parameter.name == name for parameter in node.expressions):
            return True
        node = node.find_ancestor(exp.Lambda)
    return False
