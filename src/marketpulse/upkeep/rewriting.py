"""The metadata of one table, written anew with other paths: all else stays as it is, field by field."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from marketpulse.lake import metadatafile
from marketpulse.lake.avrofile import encode
from marketpulse.lake.durable import flush
from marketpulse.lake.manifests import ENTRY_NAME, LIST_NAME, Written, listed, named, relisted, renamed
from marketpulse.upkeep.folders import Folders
from marketpulse.upkeep.survey import avro, beside

#: Properties that say where an engine should write.
_PLACES = re.compile(r"write\..*path")
_FILE_PATH = "file_path"


class Rewriting:
    """New files lie beside the old ones; each is whole or not there."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._manifests: dict[str, Written] = {}
        self._deletes: dict[str, Written] = {}
        self._written: list[str] = []

    def metadata(self, file: Path, old: dict[str, Any]) -> str:
        """Write all that the metadata `file`, which says `old`, refers to, and then itself: the new file's path."""
        place = self._folders.renamed
        log = [{**entry, "metadata-file": place(entry["metadata-file"])} for entry in old.get("metadata-log", [])]
        new = {
            **old,
            "location": place(old["location"]),
            "properties": {key: self._property(key, value) for key, value in old.get("properties", {}).items()},
            "snapshots": [{**s, "manifest-list": self._list(s)} for s in old.get("snapshots", [])],
            "metadata-log": [*log, {"timestamp-ms": old["last-updated-ms"], "metadata-file": str(file)}],
        }
        for key in ("statistics", "partition-statistics"):
            if key in old:
                new[key] = [{**found, "statistics-path": place(found["statistics-path"])} for found in old[key]]
        number = metadatafile.version(file.name) + 1
        suffix = ".gz.metadata.json" if ".gz" in file.suffixes else ".metadata.json"
        target = self._named(file, lambda unique: f"{number:05d}-{unique}{suffix}")
        self._put(target, metadatafile.encoded(new, target.name))
        flush(self._written, self._folders.here)
        return str(target)

    def _property(self, key: str, value: str) -> str:
        if places := beside({key: value}):
            return "\n".join(map(self._folders.renamed, places))
        return self._folders.renamed(value) if _PLACES.fullmatch(key) else value

    def _list(self, snapshot: dict[str, Any]) -> str:
        file = self._folders.file(snapshot["manifest-list"])
        old = avro(file)
        for manifest in listed(old):
            if manifest.path not in self._manifests:
                self._manifests[manifest.path] = self._manifest(manifest)
        target = self._named(file, lambda unique: f"snap-{snapshot['snapshot-id']}-0-{unique}.avro")
        self._put(target, encode(relisted(old, self._manifests.__getitem__), LIST_NAME))
        return str(target)

    def _manifest(self, manifest: Written) -> Written:
        file = self._folders.file(manifest.path)
        old = avro(file, manifest.length)
        for item in named(old):
            if item.live and item.positions and item.path not in self._deletes:
                self._deletes[item.path] = self._positions(self._folders.file(item.path))
        target = self._named(file, lambda unique: f"{unique}-m0.avro")
        data = encode(renamed(old, self._folders.renamed, self._deletes), ENTRY_NAME)
        self._put(target, data)
        return Written(str(target), len(data))

    def _positions(self, file: Path) -> Written:
        """A file of deletes by position, which names the data files whose rows it deletes."""
        table = pq.read_table(file, partitioning=None)
        at = table.schema.get_field_index(_FILE_PATH)
        column = table[_FILE_PATH].combine_chunks().dictionary_encode()
        paths = pa.array([self._folders.renamed(path) for path in column.dictionary.to_pylist()], pa.string())
        changed = paths.take(column.indices).cast(table.schema.field(at).type)
        data = BytesIO()
        pq.write_table(table.set_column(at, table.schema.field(at), changed), data, compression="zstd")
        target = self._named(file, lambda unique: f"{unique}-deletes.parquet")
        self._put(target, data.getvalue())
        return Written(str(target), len(data.getvalue()))

    def _named(self, old: Path, name: Callable[[uuid.UUID], str]) -> Path:
        """The place of what an old file becomes: the same however often it is asked."""
        return old.with_name(name(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._folders.here}\n{old}")))

    def _put(self, target: Path, data: bytes) -> None:
        """Write a file, whole or not at all; it is flushed with all others before the catalog may name it."""
        part = target.with_name(f".{target.name}.part")
        part.write_bytes(data)
        part.replace(target)
        self._written.append(str(target))
