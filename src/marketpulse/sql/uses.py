"""What the texts of a feed become in a mapping (numbers, dates, times), so that it may say once how it writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from marketpulse.sql.carrying import steps_of

_KINDS = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "long", "float", "double", "decimal"), "number"),
    "date": "date",
    "timestamp": "timestamp",
}


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
        for column in step.expressions:
            kind = _KINDS.get(types.get(column.alias_or_name.lower(), "").partition("(")[0]) if depth == 0 else None
            if kind:
                _add(found, kind, _columns(column.unalias(), steps[depth + 1 :]))
        for cast in step.find_all(exp.Cast):
            kind = _KINDS.get(cast.to.this.value.lower())
            if kind and cast.find_ancestor(exp.Select) is step:
                _add(found, kind, _columns(cast.this, steps[depth + 1 :]))
    return found


def _add(found: dict[str, set[str]], kind: str, columns: Iterator[str]) -> None:
    for column in columns:
        found.setdefault(column, set()).add(kind)


def _columns(value: exp.Expr, below: list[exp.Select]) -> Iterator[str]:
    """Columns of the feed whose text a value is, or is made of; what only decides which value it is, is none."""
    if isinstance(value, exp.Cast) and value.to.this.value.lower() in _KINDS:
        return  # a number already: its own cast is looked at
    if isinstance(value, exp.Column):
        yield from _origin(value.name.lower(), below)
        return
    skipped = _conditions(value)
    for child in value.iter_expressions():
        if not any(child is each for each in skipped):
            yield from _columns(child, below)


def _conditions(value: exp.Expr) -> list[exp.Expr]:
    if isinstance(value, exp.If):
        return [value.this]
    if isinstance(value, exp.Case) and value.this:
        return [value.this]
    if isinstance(value, exp.Nullif):
        return [value.expression]
    return list(value.iter_expressions()) if isinstance(value, exp.Predicate) else []


def _origin(name: str, below: list[exp.Select]) -> Iterator[str]:
    if not below:
        yield name
        return
    made = next((c for c in below[0].expressions if c.alias_or_name.lower() == name), None)
    if made is None:  # by way of a star
        yield from _origin(name, below[1:])
    else:
        yield from _columns(made.unalias(), below[1:])
