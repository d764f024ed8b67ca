"""Files of a store that never change once they are written, as those of tables: what is known of one stays true.

A request to a store takes its time and has its price, and a run asks for the same small files many times: for a
footer, for columns, for the same rows once more for a check. So the size of a file is asked once a process, and a
small file is fetched whole, once. What this process wrote itself it does not fetch at all.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

from marketpulse.storage.remembered import Remembered

#: Bytes of a file that is fetched whole: as one request it takes hardly longer than its footer would.
_SMALL = 1 << 20
_ALL_SMALL = 64 << 20
_MOST_KNOWN = 50_000


class Unchanging:
    """What to put before a filesystem of fsspec's asynchronous kind, for files that never change."""

    told: ClassVar[dict[str, dict[str, Any]]] = {}
    small: ClassVar[Remembered[bytes]] = Remembered(_ALL_SMALL)

    async def _info(self: Any, path: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        name = self._strip_protocol(path)
        if name not in self.told:
            found = await super()._info(path, *arguments, **options)  # type: ignore[misc]
            if found["type"] != "file":
                return dict(found)
            self.tell(name, found)
        return dict(self.told[name])

    def _open(self: Any, path: str, mode: str = "rb", **options: Any) -> Any:
        name = self._strip_protocol(path)
        if mode == "wb":
            self._forget(path)
            return _Written(super()._open(path, mode, **options), self, name)  # type: ignore[misc]
        if mode != "rb" or self.info(path)["size"] > _SMALL:
            return super()._open(path, mode, **options)  # type: ignore[misc]
        return BytesIO(self.small.get(name, lambda: self.cat_file(path)))

    async def _put_file(self: Any, lpath: str, rpath: str, **options: Any) -> None:
        self._forget(rpath)
        local = Path(lpath)
        held = local.read_bytes() if local.is_file() and local.stat().st_size <= _SMALL else None
        await super()._put_file(lpath, rpath, **options)  # type: ignore[misc]
        if held is not None:
            self.wrote(self._strip_protocol(rpath), held)

    def isdir(self, path: str) -> bool:  # noqa: ARG002 - as fsspec asks
        """A store has no folders: one may write below any name."""
        return True

    def mkdir(self, path: str, *arguments: Any, **options: Any) -> None:
        """See `isdir`."""

    async def _rm_file(self: Any, path: str, **options: Any) -> None:
        self._forget(path)
        await super()._rm_file(path, **options)  # type: ignore[misc]

    async def _bulk_delete(self: Any, pathlist: list[str], **options: Any) -> Any:
        for path in pathlist:
            self._forget(path)
        return await super()._bulk_delete(pathlist, **options)  # type: ignore[misc]

    def wrote(self, name: str, held: bytes) -> None:
        """A small file is there that this process wrote."""
        self.tell(name, {"name": name, "size": len(held), "type": "file", "LastModified": datetime.now(UTC)})
        self.small.keep(name, held)

    def tell(self, name: str, found: dict[str, Any]) -> None:
        """A file is there; it need not be asked for."""
        if len(self.told) >= _MOST_KNOWN:
            self.told.clear()
        self.told[name] = found

    def _forget(self: Any, path: str) -> None:
        name = self._strip_protocol(path)
        self.told.pop(name, None)
        self.small.forget(name)


class _Written:
    """A file that is being written, and what was, as long as that is little."""

    def __init__(self, file: Any, store: Unchanging, name: str) -> None:
        self._file = file
        self._store = store
        self._name = name
        self._held: bytearray | None = bytearray()

    def write(self, data: bytes) -> int:
        """Write bytes; how many."""
        if self._held is not None:
            self._held += data
            if len(self._held) > _SMALL:
                self._held = None
        return int(self._file.write(data))

    def close(self) -> None:
        """Put the file in its place."""
        if self._file.closed:
            return
        self._file.close()
        if self._held is not None:
            self._store.wrote(self._name, bytes(self._held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
