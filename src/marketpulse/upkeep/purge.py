"""Nothing of a table but what it is now: every older snapshot goes, and every file that only they had."""

from __future__ import annotations

from marketpulse.lake.table import LakeTable
from marketpulse.run.context import Context
from marketpulse.upkeep.maintain import Maintained, Policy, remove_orphans

_NOW = Policy(snapshot_hours=0, keep=1, orphan_hours=0)
#: How many metadata files of before a table keeps.
_LOG = "write.metadata.previous-versions-max"


def purge(context: Context, name: str) -> Maintained:
    """Forget what a table was, whoever may still want to read it: those who do are built anew by the next run."""
    result = Maintained(name)
    with context.lock(name):
        table = context.lake.find(name)
        if table is None:
            return result
        ids = [entry[0] for entry in table.snapshots()]
        result.expired = table.expire([each for each in ids if each != table.snapshot_id])
        _forget_log(context, table)
        remove_orphans(context, name, _NOW, result)
    return result


def _forget_log(context: Context, table: LakeTable) -> None:
    """Metadata files of before name snapshots that are gone: the shortest log, then the usual one again."""
    known = table.iceberg.properties.get(_LOG, "")
    for most in ("1", known):
        found = context.lake.find(table.name)
        if found and known:
            context.lake.commit(found, [], [], {_LOG: most}, {})
