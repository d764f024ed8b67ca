"""Records of a feed -> elements of an array in them, a row each, where a mapping explodes one."""

from __future__ import annotations

from collections.abc import Mapping

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.names import ITEM
from marketpulse.project.table import Table
from marketpulse.run.context import Context


def unfold(
    context: Context, table: Table, bronze: str, rows: View, types: Mapping[str, str], *, filled: bool = False
) -> View:
    """What the mapping of `bronze` makes rows of: `rows`, whose columns are `types`, or their elements.

    Elements are computed once, however often they are looked at. Of a record without any only its lineage is there;
    `filled` leaves it out.
    """
    array = table.queries[bronze].array
    if array is None:
        return rows
    json = context.project.sources[bronze.split(".")[1]].reader.json_columns
    query = sql.translate(sql.unfolded(array, bronze, [*types], json), context.engine.dialect, {bronze: rows.name})
    query = f"select * from ({query}) as unfolded where {ITEM} is not null" if filled else query
    return context.engine.once("unfolded", types, query, context.staging(table.name, "unfolded"))
