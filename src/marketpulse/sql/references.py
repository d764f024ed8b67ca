"""Reference data of a project in its SQL: `reference.<name>` stands for the rows of a file, written into the query.

A file is small and a query is text: so both engines read the same rows, wherever they run, and nothing has to be
brought to them. Rows are one literal, which a tree of any size carries as one node.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlglot import exp

from marketpulse.sql.authored import VALID_JSON
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.reading import table_name

#: The layer that models read reference data by.
LAYER = "reference"
_PREFIX = f"{LAYER}."
Row = Sequence[str | None]


def is_reference(name: str) -> bool:
    """Whether a model that reads `name` reads reference data.

    >>> is_reference("reference.colours"), is_reference("gold.references")
    (True, False)
    """
    return name.startswith(_PREFIX)


def rows_as_text(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Rows as the literal that stands for them."""
    return json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, separators=(",", ":"))


def relation(columns: Sequence[str], text: str) -> exp.Query:
    """A query that gives the rows of `rows_as_text`; every column is a text."""
    fields = ", ".join(f"`{name}` string" for name in columns)
    given = ", ".join(f"r.`{name}` as `{name}`" for name in columns)
    tree = parse_query(f"select {given} from (select explode(from_json('', 'array<struct<{fields}>>')) as r) as rows")
    copy = tree.copy()
    for literal in copy.find_all(exp.Literal):
        if not literal.this:
            literal.set("this", text)
            literal.meta[VALID_JSON] = True
    return copy


def with_references(query: exp.Query, relations: Mapping[str, exp.Query]) -> exp.Query:
    """The query with a step of its own for each of `relations` (`reference.<name>` -> rows) that it reads."""
    if not relations:
        return query
    copy = query.copy()
    for table in list(copy.find_all(exp.Table)):
        if table_name(table) in relations:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(_step(table.name)))
            table.set("db", None)
    for column in copy.find_all(exp.Column):
        if column.db and f"{column.db}.{column.table}" in relations:
            column.set("db", None)
    steps = [
        exp.CTE(this=rows.copy(), alias=exp.TableAlias(this=exp.to_identifier(_step(name.removeprefix(_PREFIX)))))
        for name, rows in relations.items()
    ]
    own = copy.args.get("with_")
    copy.set("with_", exp.With(expressions=[*steps, *(own.expressions if own else [])]))
    return copy


def _step(name: str) -> str:
    return f"{LAYER}__{name}"
