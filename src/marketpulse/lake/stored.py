"""PyIceberg's files in a store: what this process wrote or has read of them it does not fetch again."""

from __future__ import annotations

from typing import Any

from pyiceberg.io.fsspec import FsspecFileIO, FsspecOutputFile

from marketpulse.storage.places import data_filesystem


class StoredFileIO(FsspecFileIO):
    """Files that are written once, under names that nothing else has.

    A catalog that says its own way to the store (`s3.access-key-id`, `client.region` and the like) is obeyed:
    PyIceberg reads and writes so.
    """

    def new_output(self, location: str) -> FsspecOutputFile:
        """See `FileIO.new_output`."""
        found = super().new_output(location)
        return _New(found.location, found._fs)

    def _get_fs(self, scheme: str, hostname: str | None = None) -> Any:
        if scheme != "s3" or any(name.startswith(("s3.", "client.")) for name in self.properties):
            return super()._get_fs(scheme, hostname)
        return data_filesystem(f"{scheme}://")


class _New(FsspecOutputFile):
    """A file whose name is random: whether it is there is not asked."""

    def create(self, overwrite: bool = False) -> Any:  # noqa: ARG002 - as PyIceberg asks
        """See `OutputFile.create`."""
        return self._fs.open(self.location, "wb")
