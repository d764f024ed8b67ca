"""The schema text of `from_json` -> the structure that DuckDB's `from_json` reads."""

from __future__ import annotations

import json

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from marketpulse.sql.function import UnsupportedError

_EXAMPLE = "'id STRING, page STRUCT<url: STRING>, parts ARRAY<STRUCT<id: STRING>>'"


def structure(schema: str) -> str:
    """DuckDB's JSON structure of a Spark schema.

    >>> structure("id STRING, tags ARRAY<STRING>")
    '{"id": "VARCHAR", "tags": ["VARCHAR"]}'
    """
    text = schema.strip()
    if not text.upper().startswith(("STRUCT<", "ARRAY<", "MAP<")):
        text = f"STRUCT<{text}>"
    try:
        cast = sqlglot.parse_one(f"cast(x as {text})", read="spark")
        return json.dumps(_shape(cast.args["to"]), ensure_ascii=False)
    except (SqlglotError, KeyError) as error:
        raise UnsupportedError(f"the schema {schema!r} is not readable", f"write {_EXAMPLE}") from error


def _shape(kind: exp.Expr) -> object:
    if isinstance(kind, exp.DataType):
        if kind.this == exp.DType.STRUCT:
            return {field.name: _shape(field.args["kind"]) for field in kind.expressions}
        if kind.this == exp.DType.ARRAY:
            return [_shape(kind.expressions[0])]
        if kind.this == exp.DType.TEXT:
            return "VARCHAR"
    raise UnsupportedError(
        f"the schema reads {kind.sql('spark')}, which engines convert differently", "read as STRING, then try_cast"
    )
