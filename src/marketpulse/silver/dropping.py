"""Rows of a silver table that were made of some records go from it: the files that hold them are written anew."""

from __future__ import annotations

from marketpulse.engines.views import View
from marketpulse.lake.digests import check
from marketpulse.lake.table import Bucket
from marketpulse.names import LINEAGE
from marketpulse.people import finding
from marketpulse.run.patch import Patch, patch
from marketpulse.silver.building import Build
from marketpulse.silver.merge import with_history


def made_of(build: Build, rows: View, gone: View) -> str:
    """The rows of the table, as `r`, that were made of the records whose ids are `gone`: what stands behind `from`."""
    return finding.within(rows, gone, is_parted(build))


def is_parted(build: Build) -> bool:
    """Whether a row may be made of a part of a record."""
    return any(query.array is not None for query in build.table.queries.values())


def drop(build: Build, rows: View, gone: View) -> None:
    """Take such rows out of the build: files that hold one are written anew; of a history, the buckets that do."""
    partition, engine = build.contract.partition, build.engine
    if partition is None:
        buckets: set[Bucket] = {None}
    else:
        query = f"select distinct r.{build.dialect.name(partition)} from {made_of(build, rows, gone)}"
        buckets = {row[0] for row in engine.rows(query)}
    old = build.buckets.files(buckets)
    existing = engine.bind("existing", build.types, [file.path for file in old], place=True)
    if build.contract.history:
        _replace(build, buckets, existing, gone)
        return
    went = f"select r.* from {made_of(build, existing, gone)}"
    patch(build.context, build.target, build.buckets, Patch(buckets, None, engine.write(went, build.scratch("went"))))


def _replace(build: Build, buckets: set[Bucket], existing: View, gone: View) -> None:
    """Write buckets anew without such rows: the validity of those that stay changes."""
    check(build.table.name, [(file.path, file.size) for file in build.buckets.files(buckets)])
    names = build.dialect.names([*build.contract.given, *LINEAGE], "r")
    query = with_history(build, f"select {names} from {finding.without(existing, gone, is_parted(build))}")
    build.steps += 1
    folder = build.context.folder(build.table.name, build.steps)
    paths = build.engine.write(query, folder, build.contract.partition, ids=build.target.ids(build.types))
    build.buckets.replace(buckets, build.context.describe(build.target, paths))
