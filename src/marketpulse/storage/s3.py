"""The AWS edge: the only file that imports boto3's family. Region, credentials and endpoint are AWS's own settings.

`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL` and the rest mean what they mean to every AWS tool; nothing of
them is read, kept or shown here.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from marketpulse.errors import StorageError

_INSTALL = "pip install 'marketpulse[aws]'"
_PART = 16 << 20
_MOST_KNOWN = 50_000
_OPTIONS = {"default_cache_type": "none", "default_block_size": _PART, "use_listings_cache": False}


@cache
def s3_filesystem() -> Any:
    """S3 through fsspec, for this process. Raise StorageError when the libraries are not installed.

    Reads ask for exactly the range that is wanted, and listings are never remembered: another process may write.
    """
    return _s3().S3FileSystem(**_OPTIONS)


@cache
def s3_data_filesystem() -> Any:
    """S3 for files that never change once they are written: their size is asked once a process."""

    class DataFileSystem(_s3().S3FileSystem):  # type: ignore[misc]
        known: ClassVar[dict[str, dict[str, Any]]] = {}

        async def _info(self, path: str, *arguments: Any, **options: Any) -> dict[str, Any]:
            name = self._strip_protocol(path)
            if name not in self.known:
                found = await super()._info(path, *arguments, **options)
                if found["type"] != "file":
                    return dict(found)
                if len(self.known) >= _MOST_KNOWN:
                    self.known.clear()
                self.known[name] = found
            return self.known[name]

    return DataFileSystem(**_OPTIONS)


def _s3() -> Any:
    try:
        import s3fs
    except ImportError:
        raise StorageError("S3 needs libraries that are not installed", hint=_INSTALL) from None
    return s3fs


def client_errors() -> tuple[type[Exception], ...]:
    """What AWS's client raises: refused calls, no credentials, no region, no connection."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        return ()
    return BotoCoreError, ClientError
