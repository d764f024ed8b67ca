"""Records of people who were erased, kept out of what is about to be ingested.

They go before the commit, so that no snapshot ever has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketpulse.engines import FILE
from marketpulse.errors import GateError, MarketPulseError, StorageError
from marketpulse.lake.table import in_table
from marketpulse.names import ERASED_KEY, ERROR
from marketpulse.people import finding
from marketpulse.people.erased import Erased
from marketpulse.people.named import records
from marketpulse.people.words import listed
from marketpulse.project import personal
from marketpulse.run.context import Context


@dataclass(frozen=True)
class Kept:
    """What stays of a file: its Parquet without the records of erased people, how many stay and how many went.

    Of a feed with columns to empty records stay, without these.
    """

    paths: tuple[str, ...]
    records: int
    malformed: int
    erased: int


def state(context: Context, bronze: str) -> dict[str, str]:
    """Property of a bronze table that says which erasures it has caught up with."""
    number = Erased.read(context.settings.erasures_place).number
    return {ERASED_KEY: str(number)} if number and bronze in personal.feeds(context.project) else {}


def kept_out(
    context: Context, bronze: str, types: Mapping[str, str], files: Mapping[str, Sequence[str]]
) -> dict[str, Kept]:
    """Of some landed files, given by their Parquet, those with records of erased people, without these.

    Raise GateError when it cannot be told whose records they are.
    """
    erased = Erased.read(context.settings.erasures_place)
    if not erased.number or bronze not in personal.feeds(context.project):
        return {}
    try:
        with context.engine.scope():
            return _sorted_out(context, erased, bronze, types, files)
    except StorageError:
        raise
    except MarketPulseError as error:
        what = f"nobody can tell whose its records are, and people were erased: {error.message}"
        raise GateError(what, where=bronze, hint="mend the mapping of the feed: marketpulse validate") from error


def _sorted_out(
    context: Context, erased: Erased, bronze: str, types: Mapping[str, str], files: Mapping[str, Sequence[str]]
) -> dict[str, Kept]:
    engine = context.engine
    landed = [path for paths in files.values() for path in paths]
    feed = records(context, bronze, types, landed, personal.naming(context.project))
    said = listed(erased, personal.kinds(context.project))
    gone = finding.ids(context, feed, finding.borne(context, [feed], erased.has), said)
    empty = context.project.sources[bronze.split(".")[1]].erase
    hit = f"select r.{FILE}, count(*) from {finding.within(feed.rows, gone.both)} group by r.{FILE}"
    counts = {in_table(path): rows for path, rows in engine.rows(hit)}
    found: dict[str, Kept] = {}
    for name, paths in files.items():
        went = sum(counts.get(in_table(path), 0) for path in paths)
        if not went:
            continue
        rows = engine.bind("landed", types, paths)
        stays = finding.emptied(context, rows, gone, types, empty)
        before = engine.rows(f"select count(*) from {rows}")[0][0]
        new = engine.write(stays, f"{paths[0].rpartition('/')[0]}/kept")
        number, malformed = engine.rows(f"select count(*), count({ERROR}) from ({stays}) as s")[0]
        found[name] = Kept(tuple(new), number, malformed, before - number)
    return found
