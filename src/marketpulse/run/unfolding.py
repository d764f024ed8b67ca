"""Records of a feed -> elements of an array in them, a row each, where a mapping explodes one."""

from __future__ import annotations

from collections.abc import Collection

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.project.table import Table
from marketpulse.run.context import Context


def unfold(context: Context, table: Table, bronze: str, rows: View, columns: Collection[str]) -> View:
    """What the mapping of `bronze` makes rows of: `rows`, or their elements; `columns` are all that `rows` have."""
    array = table.queries[bronze].array
    if array is None:
        return rows
    json = context.project.sources[bronze.split(".")[1]].reader.json_columns
    query = sql.unfolded(array, bronze, [*columns], json)
    return context.engine.define("unfolded", sql.translate(query, context.engine.dialect, {bronze: rows.name}))
