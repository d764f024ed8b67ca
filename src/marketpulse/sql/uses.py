"""What the texts of a feed become in a mapping (numbers, dates, times), so that it may say once how it writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlglot import exp

from marketpulse.sql.authored import name_of
from marketpulse.sql.carrying import steps_of
from marketpulse.sql.functions import FUNCTIONS

#: Types of SQL, as a contract and as the parser calls them.
_KINDS = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "long", "float", "double", "decimal"), "number"),
    "date": "date",
    **dict.fromkeys(("timestamp", "timestamptz", "timestampltz", "timestampntz"), "timestamp"),
}
_READERS = {"to_date": "date", "to_timestamp": "timestamp"}
#: What a column is that the mapping reads in a way of its own: by a pattern, or by replacing the marks of its numbers.
READ = "read"
_MARKS = re.compile(r"[.,]")
_REPLACES = {"replace": _MARKS, "translate": _MARKS, "regexp_replace": re.compile(r",|\\[.]|\[[.]\]")}


def text_uses(query: exp.Query, table: str, types: Mapping[str, str]) -> dict[str, set[str]]:
    """For each column of `table` (in lower case): what is made of it by casts, or as a column of the types `types`.

    >>> from marketpulse.sql import parse
    >>> query = parse("select concat('-', pieces) as quantity, cast(day as date) as day, id from bronze.web")
    >>> text_uses(query, "bronze.web", {"quantity": "decimal(18,3)", "day": "date", "id": "string"})
    {'pieces': {'number'}, 'day': {'date'}}
    """
    steps, _ = steps_of(query, table)
    found: dict[str, set[str]] = {}
    for depth, step in enumerate(steps):
        below = steps[depth + 1 :]
        for column in step.expressions if depth == 0 else ():
            kind = _KINDS.get(types.get(column.alias_or_name.lower(), "").partition("(")[0])
            _add(found, kind, _columns(column.unalias(), below))
        for node in step.find_all(exp.Cast, exp.Anonymous):
            if node.find_ancestor(exp.Select) is step:
                _add(
                    found,
                    _made(node),
                    _columns(node.this if isinstance(node, exp.Cast) else node.expressions[:1], below),
                )
                _add(found, READ if _replaces_marks(node) else None, _columns(list(node.expressions[:1]), below))
    return found


def _add(found: dict[str, set[str]], kind: str | None, columns: Iterator[str]) -> None:
    for column in columns if kind else ():
        found.setdefault(column, set()).add(kind or "")


def _made(node: exp.Expr) -> str | None:
    """What a node makes of a text."""
    if isinstance(node, exp.Cast):
        return _KINDS.get(node.to.this.value.lower())
    kind = _READERS.get(name_of(node)) if isinstance(node, exp.Anonymous) else None
    return READ if kind and len(node.expressions) > 1 else kind


def _replaces_marks(node: exp.Expr) -> bool:
    """Whether a node takes points or commas out of a text, or others in."""
    marks = _REPLACES.get(name_of(node)) if isinstance(node, exp.Anonymous) else None
    return bool(marks and any(each.is_string and marks.search(each.name) for each in node.expressions[1:2]))


def _columns(value: exp.Expr | list[exp.Expr], below: list[exp.Select]) -> Iterator[str]:
    """Columns of the feed whose text a value is, or is made of; what only decides which value it is, is none."""
    if isinstance(value, exp.Column):
        yield from _origin(value.name.lower(), below)
        return
    for child in value if isinstance(value, list) else _parts(value):
        yield from _columns(child, below)


def _parts(value: exp.Expr) -> list[exp.Expr]:
    """What of a value is text of it; nothing where it is a number, a date or a condition already."""
    if _made(value) or isinstance(value, exp.Predicate):
        return []
    parts = list(value.iter_expressions())
    if isinstance(value, exp.If) or (isinstance(value, exp.Case) and value.this):
        return [part for part in parts if part is not value.this]
    if not isinstance(value, exp.Anonymous):
        return parts
    name = name_of(value)
    if name in FUNCTIONS and FUNCTIONS[name].gives in ("whole", "double"):
        return []
    return {"if": parts[1:], "nullif": parts[:1]}.get(name, parts)


def _origin(name: str, below: list[exp.Select]) -> Iterator[str]:
    if not below:
        yield name
        return
    made = next((c for c in below[0].expressions if c.alias_or_name.lower() == name), None)
    if made is None:  # by way of a star
        yield from _origin(name, below[1:])
    else:
        yield from _columns(made.unalias(), below[1:])
