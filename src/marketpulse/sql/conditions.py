"""A rule's condition: what it may say, and its SQL for an engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import is_parameter, name_of
from marketpulse.sql.checking import check
from marketpulse.sql.comparing import class_of, incomparable
from marketpulse.sql.dialect import Dialect
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.places import Origin, Where, between, refusal
from marketpulse.sql.same import MOST

_BEFORE = "select "
#: What the reader says when a condition ends too early: it met what stands behind it.
_BEHIND = " near 'as'"
_ONE_ROW = "a rule of type sql reads the whole table"
_MOST_SHOWN = 120


def condition(text: str, dialect: Dialect, path: Origin = None, names: Mapping[str, str] | None = None) -> str:
    """SQL of a boolean Spark SQL expression over one row; `names` renames its columns.

    >>> from marketpulse.sql import SPARK
    >>> condition("quantity between 1 and 5", SPARK, names={"quantity": "_typed_quantity"})
    '`_typed_quantity` BETWEEN 1 AND 5'
    """
    _expression(text, path)
    return _condition(text, dialect, tuple((names or {}).items()))


@lru_cache(MOST)
def _condition(text: str, dialect: Dialect, names: tuple[tuple[str, str], ...]) -> str:
    tree, known = _sound(text).copy(), dict(names)
    for column in _columns(tree):
        root = column.parts[0]
        # Engines read names without regard to case.
        if root.name.lower() in known:
            root.replace(exp.to_identifier(known[root.name.lower()], quoted=True))
    return dialect.write(tree)


def check_condition(text: str, types: Mapping[str, str], path: Origin = None) -> None:
    """Raise DefinitionError for all that keeps a condition from being one over rows with the columns `types`."""
    tree = _expression(text, path)
    found = list(_wrong(tree, types, between(path, _BEFORE, text)))
    if found:
        raise _of(text, DefinitionError.together(found))


def parsed_condition(text: str, path: Origin = None) -> tuple[exp.Expr, Where]:
    """The tree of a condition, and where its parts stand."""
    return _expression(text, path), between(path, _BEFORE, text)


def columns_of(text: str, path: Origin = None) -> set[str]:
    """Columns that a condition reads.

    >>> sorted(columns_of("a < b or exists(items, x -> x.size < 0)"))
    ['a', 'b', 'items']
    """
    return {column.parts[0].name for column in _columns(_expression(text, path))}


def _expression(text: str, path: Origin) -> exp.Expr:
    """The tree of a condition, which is shared: read it, never change it."""
    try:
        return _sound(text)
    except DefinitionError:
        return _checked(text, path)  # once more, for an error that says where


@lru_cache(MOST)
def _sound(text: str) -> exp.Expr:
    return _checked(text, None)


def _checked(text: str, path: Origin) -> exp.Expr:
    where = between(path, _BEFORE, text)
    try:
        query = parse_query(f"{_BEFORE}{text}\nas holds", where)
        if len(query.selects) != 1 or any(value for key, value in query.args.items() if key != "expressions"):
            raise refusal("is not one expression", "write one boolean expression", node=query, path=where)
        tree = query.selects[0].unalias()
        if several := list(_of_several_rows(tree, where)):
            raise DefinitionError.together(several)
        check(query, where)
    except DefinitionError as error:
        raise _of(text, error) from None
    return tree


def _of(text: str, error: DefinitionError) -> DefinitionError:
    """The error, and those told with it, of the condition `text`."""
    shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
    return DefinitionError.together(
        [
            DefinitionError(
                f"condition {shown!r}: {each.message.removesuffix(_BEHIND)}", where=each.place, hint=each.hint
            )
            for each in error.each
        ]
    )


def _of_several_rows(tree: exp.Expr, path: Origin) -> Iterator[DefinitionError]:
    for node in tree.walk(prune=lambda node: isinstance(node, exp.Query | exp.Exists)):
        if isinstance(node, exp.Query | exp.Exists):
            yield refusal("has a subquery", _ONE_ROW, node=node, path=path)
        elif isinstance(node, exp.Star | exp.Window) or (isinstance(node, exp.Anonymous) and _groups(node)):
            yield refusal("reads more than one row", _ONE_ROW, node=node, path=path)


def _groups(node: exp.Anonymous) -> bool:
    entry = FUNCTIONS.get(name_of(node))
    return entry is not None and entry.kind != "row"


def _wrong(tree: exp.Expr, types: Mapping[str, str], path: Origin) -> Iterator[DefinitionError]:
    """Columns that are not there, sides that cannot be compared, a result that is neither true nor false."""
    for column in _columns(tree):
        name = column.parts[0].name
        if name.lower() not in types:
            close = get_close_matches(name, types, n=1)
            hint = f"did you mean {close[0]}?" if close else "the table has " + ", ".join(types)
            yield refusal(f"there is no column {name}", hint, node=column, path=path)
        elif len(column.parts) > 1:
            yield refusal(f"{column.sql('spark')} is no column", "name the column alone", node=column, path=path)
    yield from incomparable(tree, types, path)
    kind = class_of(tree, types)
    if kind not in (None, "boolean"):
        yield refusal(f"gives a {kind}", "write what is true for good rows", path=path)


def _columns(tree: exp.Expr) -> list[exp.Column]:
    """Columns of the row; the parameters of a lambda are none."""
    found = [tree] if isinstance(tree, exp.Column) else []
    return found or [c for c in tree.find_all(exp.Column) if not is_parameter(c)]
