"""Open the door: which feeds it fills, where they lie, and what it is told."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from marketpulse.door.admission import Admission
from marketpulse.door.app import Door
from marketpulse.door.disk import Disk, Sealing
from marketpulse.door.journal import Journal
from marketpulse.door.keys import Keys, read_keys
from marketpulse.door.limits import Limits
from marketpulse.door.mirror import Mirror
from marketpulse.door.posting import REJECTS, Posting
from marketpulse.door.segments import Zone
from marketpulse.door.sink import Sink
from marketpulse.door.stream import Stream, kinesis
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.machine import is_loopback
from marketpulse.project.folders import overlay, project_folders
from marketpulse.project.packs import project_folder
from marketpulse.project.source import Source, load_source
from marketpulse.storage.places import is_remote

#: Bytes of the events of a line where it must fit into a record of a stream, with what stands around them.
_OF_A_RECORD = 960_000
_LOG = logging.getLogger("marketpulse.door")


@dataclass(frozen=True)
class Told:
    """What a door is told: where it listens, who may post, when a segment is whole, what a request may be.

    `stream` is a stream of Kinesis that takes the place of the landing zone, `keys` a file here or in a store.
    """

    landing: str
    stream: str = ""
    host: str = "127.0.0.1"
    keys: str = ""
    proxies: int = 0
    sealing: Sealing = field(default_factory=Sealing)
    limits: Limits = field(default_factory=Limits)


def collecting(project: Path | None) -> list[Source]:
    """The feeds of a project that a door may fill: nothing else of it is read, so that a door opens at once.

    Raise UsageError, DefinitionError.
    """
    folders = project_folders(project_folder(project))
    found = [load_source(path) for path in overlay(folders, "sources/*.yaml").values()]
    return [source for source in found if source.collect]


def zone_of(landing: Path, sources: Iterable[Source]) -> Zone:
    """The landing zone with the folders of feeds that are collected."""
    return Zone(landing, {each.name: each.folder for each in sources if each.collect})


def open_door(told: Told, sources: Iterable[Source]) -> Door:
    """A door that fills the feeds of these sources. Raise UsageError, DefinitionError, StorageError."""
    listed = list(sources)
    feeds = _feeds(listed)
    file = _file(told.keys)
    admission = Admission(_keys(file, told.host))
    # A line must fit into a record of the stream.
    limits = replace(told.limits, line=_OF_A_RECORD) if told.stream else told.limits
    posting = Posting(Journal(_sink(told, listed)), admission, feeds, limits)
    return Door(posting, told.proxies, _refresher(file, admission) if file else lambda: None)


def _sink(told: Told, sources: list[Source]) -> Sink:
    if told.stream:
        return Stream(told.stream, kinesis())
    zone = zone_of(_landing(told.landing), sources)
    _one_disk(zone)
    return Disk(zone, told.sealing)


def _file(keys: str) -> Path | None:
    """The file of keys on this machine; a copy that follows the one of a store. Raise StorageError."""
    if not is_remote(keys):
        return Path(keys) if keys else None
    mirror = Mirror(keys, Path(tempfile.mkdtemp(prefix="marketpulse-keys-")) / "collect.yaml")
    mirror.look()
    mirror.watch()
    return mirror.copy


def _feeds(sources: Iterable[Source]) -> Mapping[str, str]:
    """The feed of each dialect. Raise UsageError when none is there, or two are of one."""
    found: dict[str, str] = {}
    for source in sources:
        for dialect in source.collect:
            if dialect in found:
                what = f"two feeds take what the door collects of {dialect}: {found[dialect]} and {source.name}"
                raise UsageError(what, hint=f"say collect: [{dialect}] in one of their sources/*.yaml")
            found[dialect] = source.name
    if not found.keys() - {REJECTS}:
        hint = "collect: [segment] in its source; or marketpulse live --no-door"
        raise UsageError("no feed of the project takes what the door collects", hint=hint)
    return found


def _keys(file: Path | None, host: str) -> Keys | None:
    """Who may post. Raise UsageError where anybody of a network could."""
    found = read_keys(file) if file else None
    if (found is None or not found.keys) and not is_loopback(host):
        what = f"without write keys the door opens for this machine alone, not at {host}"
        raise UsageError(what, hint="make one: marketpulse key add website --origin https://shop.example")
    return found


def _refresher(path: Path, admission: Admission) -> Callable[[], None]:
    """Take the keys anew when their file is another one; while it is wrong, or gone, the last ones hold."""
    seen = [_version(path)]

    def refresh() -> None:
        version = _version(path)
        if version in (seen[0], None):
            return
        seen[0] = version
        try:
            admission.set(read_keys(path))
        except DefinitionError as error:
            _LOG.warning("the keys stay as they were: %s", error)

    return refresh


def _version(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _landing(place: str) -> Path:
    if is_remote(place):
        raise UsageError(f"the door writes into a folder of this machine, and {place} is none", hint="--landing FOLDER")
    folder = Path(place)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot be made: {error.strerror}", where=folder) from None
    return folder.resolve()


def _one_disk(zone: Zone) -> None:
    """Raise UsageError where a segment could not be sealed by a change of its name."""
    try:
        zone.hidden.mkdir(exist_ok=True)
        here = zone.hidden.stat().st_dev
        for folder in zone.folders.values():
            path = zone.landing / folder
            path.mkdir(parents=True, exist_ok=True)
            if path.stat().st_dev != here or not path.resolve().is_relative_to(zone.landing):
                what = "the folder of a feed lies on another disk than the landing zone"
                raise UsageError(what, where=path, hint="mount the landing zone whole")
    except OSError as error:
        raise UsageError(f"cannot be used: {error.strerror}", where=zone.landing) from None
