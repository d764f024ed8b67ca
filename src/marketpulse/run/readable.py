"""Records of a feed as the SQL of a table sees them: readable ones, filled down, values as SQL writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.names import ERROR, ITEM, LINEAGE
from marketpulse.project.table import Table
from marketpulse.run.context import Context
from marketpulse.run.grouping import grouped


def written(context: Context, table: Table, bronze: str, landed: Collection[str]) -> dict[str, sql.Written]:
    """How columns of a bronze table are written, of those it has: `landed` ones, and what no file had yet."""
    columns = {**_columns(context, bronze, landed), **_made(table, bronze)}
    return {name: how for name, how in table.queries[bronze].written.items() if name in columns}


def readable(
    context: Context, table: Table, bronze: str, rows: View, landed: Collection[str], kept: Mapping[str, str]
) -> View:
    """The readable of `rows`, whose columns are those that `landed`; of those in `kept` what landed is there too."""
    engine, dialect, how = context.engine, context.engine.dialect, written(context, table, bronze, landed)
    columns = [*_columns(context, bronze, landed)]
    if table.queries[bronze].array is not None:  # a record without elements gives no row
        rows = engine.define("elements", f"select * from {rows} where {ITEM} is not null or {ERROR} is not null")
        columns.append(sql.ELEMENT)
    if groups := table.queries[bronze].groups:
        rows = grouped(context, bronze, rows, groups, columns, kept)
        columns, kept = [*columns, *groups.made, *kept.values()], {}
    if not how:
        more = "".join(f", {dialect.name(column)} as {dialect.name(name)}" for column, name in kept.items())
        return engine.define("readable", f"select *{more} from {rows} where {ERROR} is null")
    as_landed = engine.define("landed", f"select * from {rows} where {ERROR} is null")
    query = sql.as_written(bronze, [*columns, *LINEAGE], how, kept)
    return engine.define("readable", sql.translate(query, dialect, {bronze: as_landed.name}))


def _made(table: Table, bronze: str) -> dict[str, str]:
    groups = table.queries[bronze].groups
    return groups.made if groups else {}


def _columns(context: Context, bronze: str, landed: Collection[str]) -> dict[str, str]:
    return context.project.sources[bronze.split(".")[1]].with_optional(dict.fromkeys(landed, "string"))
