"""Files of the landing zone that hold a person: they belong to whoever delivers them, who may have them deleted.

A file is deleted whole, and only when bronze has all of it: what it holds of others is there. An archive is one file,
whichever of its members holds the person.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterator

from marketpulse.bronze.ledger import Ledger
from marketpulse.engines.views import View
from marketpulse.errors import StorageError
from marketpulse.landing.files import LandedFile, find_files
from marketpulse.landing.naming import archive_of
from marketpulse.names import LANDED_FILES, SOURCE_FILE
from marketpulse.people import finding
from marketpulse.people.named import Records
from marketpulse.project import personal
from marketpulse.project.source import Source
from marketpulse.run.context import Context
from marketpulse.storage import places


def holding(context: Context, feed: Records, ids: View) -> set[str]:
    """Files that hold such records, as far as they still lie there; copies of them too."""
    rows = context.engine.rows(f"select distinct r.{SOURCE_FILE} from {finding.within(feed.rows, ids)}")
    return lying(context, _copies(context, _whole(row[0] for row in rows)))


def lying(context: Context, names: Collection[str]) -> set[str]:
    """Those of some landed files that still lie in the landing zone."""
    return {name for name in names if places.is_file(f"{context.settings.landing_place}/{name}")}


def not_in(context: Context, told: Collection[str]) -> Iterator[str]:
    """Sentences about files that feeds of people do not have, since they were kept out or are new; but those `told`."""
    for bronze in personal.feeds(context.project):
        source = context.project.sources[bronze.split(".")[1]]
        known = Ledger(context, source, read_only=True).deliveries
        files, refused = find_files(context.settings.landing_place, source.folder, source.pattern)
        names = {file.name for file in files if not known.knows(file)} | {each.name for each in refused}
        if new := sorted(names - {*told}):
            what = f"{new[0]} is" if len(new) == 1 else f"{len(new):,} files of {source.name}, as {new[0]}, are"
            yield f"{what} not in {bronze}: whether they hold them is not known; run or remove, then erase --again"


def delete(context: Context, names: Collection[str]) -> dict[str, str]:
    """Remove landed files; why those that stay do."""
    stay: dict[str, str] = {}
    for source in context.project.sources.values():
        mine = [name for name in names if name.startswith(f"{source.folder}/")]
        if mine:
            stay |= dict(_unknown(context, source, mine))
    for name in {*names} - {*stay}:
        places.remove(f"{context.settings.landing_place}/{name}")
    return stay


def forget_versions(context: Context, names: Collection[str]) -> list[str]:
    """Let a store forget what it keeps of landed files that are gone; what hinders that."""
    told = []
    for name in {*names} - lying(context, names):
        try:
            places.forget_versions(f"{context.settings.landing_place}/{name}")
        except StorageError as error:
            told.append(f"the bucket still keeps old versions of {name}: {error.message}")
    return told


def _whole(names: Collection[str] | Iterator[str]) -> set[str]:
    """The files themselves; of those in archives the archives too."""
    known = {*names}
    return known | {archive for name in known if (archive := archive_of(name))}


def _copies(context: Context, names: set[str]) -> set[str]:
    """These files, and every other one that was ever seen with bytes of theirs."""
    ledger = context.lake.find(LANDED_FILES)
    if not ledger or not names:
        return names
    with context.engine.scope():
        given = finding.listed(context, LANDED_FILES, [("", name) for name in names])
        files = context.engine.bind("files", ledger.types, [file.path for file in ledger.files()])
        same = f"select content_sha256 from {files} where source_file in (select text from {given})"
        query = f"select distinct source_file from {files} where content_sha256 in ({same})"
        return names | _whole(row[0] for row in context.engine.rows(query))


def _unknown(context: Context, source: Source, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Files that a feed reads and does not have as they lie there, with what to do."""
    known = Ledger(context, source, read_only=True).deliveries
    files, _ = find_files(context.settings.landing_place, source.folder, source.pattern)
    found: dict[str, LandedFile] = {file.name: file for file in files}
    for name in names:
        read = fnmatch.fnmatch(name.rpartition("/")[2], source.pattern)
        if read and (name not in found or not known.knows(found[name])):
            yield name, f"{source.table} does not have all of it as it is now: run, then erase again"
