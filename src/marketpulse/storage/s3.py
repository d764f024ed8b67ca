"""The AWS edge: the only file that imports boto3's family. Region, credentials and endpoint are AWS's own settings.

`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL` and the rest mean what they mean to every AWS tool; nothing of
them is read, kept or shown here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from marketpulse.errors import StorageError
from marketpulse.storage.unchanging import Unchanging

_INSTALL = "pip install 'marketpulse[aws]'"
_PART = 16 << 20
#: Objects that one call deletes.
_AT_ONCE = 1000
_OPTIONS = {"default_cache_type": "none", "default_block_size": _PART, "use_listings_cache": False}


@cache
def s3_filesystem() -> Any:
    """S3 through fsspec, for this process. Raise StorageError when the libraries are not installed.

    Reads ask for exactly the range that is wanted, and listings are never remembered: another process may write.
    """
    return _s3().S3FileSystem(**_OPTIONS)


@cache
def s3_data_filesystem() -> Any:
    """The same for files that never change once they are written."""
    return type("DataFileSystem", (Unchanging, _s3().S3FileSystem), {})(**_OPTIONS)


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


def refuse_halves(client: Any, service: str) -> None:
    """Let a client of a service that speaks JSON raise, as if nobody had answered, when an answer was cut off.

    botocore takes what is no JSON for an answer without a word in it.
    """
    client.meta.events.register(f"after-call.{service}", _refuse_half)


def _refuse_half(http_response: Any, **_: Any) -> None:
    from botocore.exceptions import ResponseStreamingError

    body = http_response.content
    try:
        json.loads(body or b"{}")
    except ValueError:
        raise ResponseStreamingError(error=f"the answer ends after {len(body)} bytes") from None


def forget_versions(place: str) -> int:
    """Remove what a bucket keeps of an object, or of all below a prefix that ends with /, besides what it is now.

    How many old versions and marks of deletion went.
    """
    bucket, _, key = place.removeprefix("s3://").partition("/")
    old = [each for each in _old_versions(bucket, key) if key.endswith("/") or each["Key"] == key]
    # Marks of deletion last: without its mark an old version would be the object again.
    named = [{name: each[name] for name in ("Key", "VersionId")} for each in sorted(old, key=lambda each: each["mark"])]
    for start in range(0, len(named), _AT_ONCE):
        told = {"Objects": named[start : start + _AT_ONCE], "Quiet": True}
        done = s3_filesystem().call_s3("delete_objects", Bucket=bucket, Delete=told)
        if failed := done.get("Errors"):
            raise PermissionError(f"{failed[0].get('Key')}: {failed[0].get('Message')}")
    return len(named)


def _old_versions(bucket: str, key: str) -> Iterator[dict[str, Any]]:
    """Versions that are not what an object is now, and marks that one was deleted."""
    after: dict[str, str] = {}
    while True:
        page = s3_filesystem().call_s3("list_object_versions", Bucket=bucket, Prefix=key, **after)
        yield from ({**each, "mark": False} for each in page.get("Versions", ()) if not each["IsLatest"])
        yield from ({**each, "mark": True} for each in page.get("DeleteMarkers", ()))
        if not page.get("IsTruncated"):
            return
        after = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
