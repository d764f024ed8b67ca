"""The steps of an erasure, each of which may be done again: they ask the list of erased people, not for names."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from marketpulse.bronze import forgetting as bronze
from marketpulse.bronze.ledger import taken_back
from marketpulse.engines.views import View
from marketpulse.errors import StorageError
from marketpulse.lake.durable import flush
from marketpulse.lake.trouble import storage_errors
from marketpulse.names import ERASED_KEY, FLOW_RUNS, INGEST_ID, LANDED_FILES, PREFIX, QUARANTINE
from marketpulse.people import audit
from marketpulse.people.erased import Erased
from marketpulse.people.finding import Found
from marketpulse.people.named import Records
from marketpulse.people.words import Wanted, hidden
from marketpulse.privacy import landed, tracing
from marketpulse.project import personal
from marketpulse.run import ledger
from marketpulse.run.context import Context
from marketpulse.silver import forgetting as silver
from marketpulse.silver import quarantine
from marketpulse.storage import places

#: What stands in the place of a name in a report or in the run ledger.
ERASED = "(erased)"
_IDS = "_erased"


def tables(context: Context) -> list[str]:
    """Every table of the warehouse that held records of people, or may have held something made of them."""
    own = (LANDED_FILES, FLOW_RUNS, QUARANTINE)
    return [*personal.feeds(context.project), *own, *personal.reached(context.project)]


@contextmanager
def looked_at(context: Context) -> Iterator[list[Records]]:
    """All records of feeds with people, as every table reads them that has to forget."""
    names = personal.feeds(context.project)
    with tracing.looked_at(context, names, personal.readers(context.project, names)) as feeds:
        yield feeds


def is_as_seen(context: Context, feeds: Sequence[Records]) -> bool:
    """Whether bronze is as it was when it was looked at."""
    tables = [(feed, context.lake.find(feed.bronze)) for feed in feeds]
    return all(table and {*feed.files} == {file.path for file in table.files()} for feed, table in tables)


def forget(context: Context, erased: Erased, feeds: Sequence[Records], gone: Mapping[str, Found]) -> set[str]:
    """Bronze, quarantine and silver forget the records that are `gone`; landed files that hold these."""
    files = {file for feed in feeds for file in landed.holding(context, feed, gone[feed.bronze].both)}
    state, why = {ERASED_KEY: str(erased.number)}, {PREFIX + "erasure": str(erased.number)}
    follow(context, feeds, gone, state, why)
    return files


def follow(
    context: Context,
    feeds: Sequence[Records],
    gone: Mapping[str, Found],
    state: Mapping[str, str],
    why: Mapping[str, str],
) -> dict[str, int]:
    """Records go from bronze, in commits with `state`, and all of silver follows; how many rows of each table."""
    left: dict[str, Records] = {}
    before, rows = {}, {}
    for feed in feeds:
        found = gone[feed.bronze]
        _keep_ids(context, feed.bronze, found.both)
        before[feed.bronze] = context.lake.seen[feed.bronze].snapshot_id
        with context.lock(feed.bronze):
            rows[feed.bronze] = bronze.forget(context, feed.bronze, found, state, why)
        left[feed.bronze] = _left(context, feed)
    ids = _kept_ids(context, [*left])
    rows[QUARANTINE] = quarantine.forget(context, ids)
    quarantine.forget_lost(context, taken_back(context))  # nobody can tell any more whom these name
    for table in personal.readers(context.project, [*left]):
        own = {name: left[name] for name in table.queries if name in left}
        known = silver.Before({name: before[name] for name in own})
        with context.lock(table.name):
            rows[table.name] = silver.forget(context, table, own, ids, known)
    return rows


def _left(context: Context, feed: Records) -> Records:
    """What is left of a feed, with the names that were read in it."""
    table = context.lake.seen[feed.bronze]
    files = tuple(file.path for file in table.files())
    return Records(feed.bronze, feed.rows, feed.types, files, feed.named)


def _ids_folder(context: Context, name: str) -> str:
    return f"{context.lake.layout.location(name)}/{_IDS}"


def _keep_ids(context: Context, name: str, ids: View) -> None:
    """Write down which records go, before they do: what is made of them is found by these."""
    folder = f"{_ids_folder(context, name)}/{uuid.uuid4().hex}"
    paths = context.engine.write(f"select distinct {INGEST_ID} from {ids}", folder)
    flush([path for path in paths if not places.is_remote(path)], context.lake.layout.warehouse)


def _kept_ids(context: Context, names: Sequence[str]) -> View:
    """Ids of all records that went, or are about to."""
    folders = [_ids_folder(context, name) for name in names]
    files = [file.path for folder in folders if places.exists(folder) for file in places.find(folder)]
    return context.engine.bind("gone", {INGEST_ID: "string"}, [file for file in files if file.endswith(".parquet")])


def is_pending(context: Context) -> bool:
    """Whether ids are left of records that went, so that something made of them may be too."""
    tables = (source.table for source in context.project.sources.values())
    return any(places.exists(_ids_folder(context, name)) for name in tables)


def forget_ids(context: Context) -> None:
    """Drop the ids of records that went: nothing that was made of these is left."""
    for name in (source.table for source in context.project.sources.values()):
        places.remove_folder(_ids_folder(context, name))


def forget_versions(context: Context) -> list[str]:
    """Let a store forget what it keeps of files that were deleted or replaced; what hinders that."""
    layout = context.lake.layout
    return list(_hindered([*(layout.location(name) for name in tables(context)), layout.reports()]))


def _hindered(folders: Sequence[str]) -> Iterator[str]:
    """Let a store forget old versions in some folders; sentences of what hinders that."""
    for folder in folders:
        try:
            places.forget_versions(f"{folder}/")
        except StorageError as error:
            yield f"the bucket still keeps old versions below {folder}: {error.message}"


def redact(context: Context, names: Wanted) -> None:
    """Names go from what runs told of what went wrong, and from the reasons that people gave."""
    ledger.redact(context, lambda text: _clean(text, names))
    audit.redact(context, lambda text: hidden(text, names, ERASED))
    bronze.redact(context, lambda text: hidden(text, names, ERASED))
    folder = context.lake.layout.reports()
    for file in [*places.find(folder)] if places.exists(folder) else ():
        text = places.read_text(file.path)
        clean = _clean(text, names)
        if clean != text:
            with storage_errors(file.path):
                places.write_text(file.path, clean)


def _clean(text: str, names: Wanted) -> str:
    """A text without names; of JSON its texts alone, so that it stays what it is. The same text where it has none."""
    try:
        told = json.loads(text)
    except ValueError:
        return hidden(text, names, ERASED)
    clean = _texts(told, names)
    if clean == told:
        return text
    return json.dumps(clean, indent=1 if "\n" in text else None, ensure_ascii=False) + "\n" * text.endswith("\n")


def _texts(value: Any, names: Wanted) -> Any:
    if isinstance(value, str):
        return hidden(value, names, ERASED)
    if isinstance(value, list):
        return [_texts(each, names) for each in value]
    return {key: _texts(each, names) for key, each in value.items()} if isinstance(value, dict) else value
