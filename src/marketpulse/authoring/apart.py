"""A run of one file in a folder of its own, that goes again: whatever is there, nothing of it is touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from marketpulse.errors import GateError, UsageError
from marketpulse.landing.files import find_files
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.opened import opened
from marketpulse.project.project import Project
from marketpulse.project.source import Source
from marketpulse.run.context import Context, open_context
from marketpulse.settings import Settings


def need_file(file: Path) -> None:
    """Raise UsageError for what is no file of this machine."""
    if not file.is_file():
        raise UsageError(f"there is no file {file}", hint="name one file of this machine")


@contextmanager
def apart(settings: Settings, project: Project, name: str, file: Path) -> Iterator[Context]:
    """A warehouse without a table, and a landing zone in which only `file` lies, called `name`."""
    with TemporaryDirectory(prefix="marketpulse-") as folder:
        landing = Path(folder, "landing")
        target = landing / name
        target.parent.mkdir(parents=True)
        shutil.copyfile(file, target)
        here = replace(settings, landing=landing, warehouse=Path(folder, "warehouse"), project=None, engine="duckdb")
        here = replace(here, erasures="", catalog={}, namespace=Settings.namespace)
        with open_context(here, project) as context:
            yield context


def rows_of(context: Context, table: str, rest: str) -> list[dict[str, Any]]:
    """Rows of a table as they are now, none where there is no such table yet; `rest` is the end of the query."""
    found = context.lake.find(table)
    if found is None:
        return []
    engine = context.engine
    with engine.scope():
        view = engine.bind("looked_at", found.types, [file.path for file in found.files()])
        rows = engine.rows(f"select {engine.dialect.names(tuple(found.types))} from {view} {rest}")
    return [dict(zip(found.types, row, strict=True)) for row in rows]


def columns_of(context: Context, source: Source) -> Iterator[tuple[str, str]]:
    """What the file, or of an archive the first that is read, calls its columns, and what they are called."""
    limits = Limits(context.settings.record_mb * MB, context.settings.unpacked_mb * MB)
    files, _ = find_files(context.settings.landing_place, source.folder, source.pattern)
    for file in files:
        with opened(file, context.scratch, limits) as data:
            for each in (data.members or [data]) if data else ():
                try:
                    records = source.reader.read(each, source.wanted)
                except (GateError, OSError):  # told already
                    continue
                yield from zip(records.headers or records.names, records.names, strict=True)
                return
