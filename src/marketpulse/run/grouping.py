"""Records of a feed whose lines belong together: filled down, numbered, with the first and last values of their groups.

What a line gets depends on its whole delivery, so that is looked at, also where only some of its records are mapped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError
from marketpulse.names import ERROR, INGEST_ID, INGESTED_AT, LINEAGE, SOURCE_FILE
from marketpulse.run.context import Context
from marketpulse.sql import Groups


def grouped(
    context: Context, bronze: str, rows: View, groups: Groups, columns: Collection[str], kept: Mapping[str, str]
) -> View:
    """The readable of `rows`, with `columns` and those that are made; of those in `kept` what landed is there too."""
    _refuse_unknown(bronze, groups, columns)
    engine, n = context.engine, context.engine.dialect.name
    whole = _whole(context, bronze, rows, groups)
    said = engine.define("said", sql.translate(sql.as_grouped(bronze, groups), engine.dialect, {bronze: whole.name}))
    filled = {name: f"coalesce(s.{n(name)}, r.{n(name)}) as {n(name)}" for name in groups.fill_down}
    given = [filled.get(name, f"r.{n(name)}") for name in [*columns, *LINEAGE]]
    made = [f"s.{n(name)}" for name in groups.made]
    landed = [f"r.{n(name)} as {n(other)}" for name, other in kept.items()]
    return engine.define(
        "grouped",
        f"""select {", ".join([*given, *made, *landed])} from {rows} as r
            join {said} as s on s.{INGEST_ID} = r.{INGEST_ID} where r.{ERROR} is null""",
    )


def _whole(context: Context, bronze: str, rows: View, groups: Groups) -> View:
    """Every record of the deliveries of `rows`, as far as groups need it: bronze may have others than are mapped."""
    engine, table = context.engine, context.lake.find(bronze)
    types = {**sql.PLACED, **dict.fromkeys(groups.read, "string")}
    names = engine.dialect.names(types, "r")
    query = f"select {names} from {rows} as r"
    low, high = engine.rows(f"select min({INGESTED_AT}), max({INGESTED_AT}) from {rows}")[0]
    if table is not None and low is not None:
        landed = engine.bind("delivered", types, [file.path for file in table.files()])
        files = f"select distinct {SOURCE_FILE}, {INGESTED_AT} from {rows}"
        kind = engine.dialect.type("timestamp")
        # Said of the moment alone, engines pass by the row groups of all other deliveries.
        query += f""" union all select {names} from {landed} as r
            where r.{INGESTED_AT} between cast('{low}' as {kind}) and cast('{high}' as {kind})
            and exists (select 1 from ({files}) as f
                where f.{SOURCE_FILE} = r.{SOURCE_FILE} and f.{INGESTED_AT} = r.{INGESTED_AT})
            and not exists (select 1 from {rows} as o where o.{INGEST_ID} = r.{INGEST_ID})"""
    return engine.define("whole", query)


def _refuse_unknown(bronze: str, groups: Groups, columns: Collection[str]) -> None:
    """Raise DefinitionError for a column that no file of the feed ever had."""
    feed = bronze.partition(".")[2]
    unknown = [name for name in groups.read if name not in columns]
    if unknown:
        what = f"groups names {unknown[0]}, which no file of {feed} has"
        hint = f"correct it, or say optional: [{unknown[0]}]"
        raise DefinitionError(what, where=f"sources/{feed}.yaml", hint=hint, about=f"column {unknown[0]}")
