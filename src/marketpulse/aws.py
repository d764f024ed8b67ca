"""The AWS edge: the only file that imports boto3's family. Region, credentials and endpoint are AWS's own settings.

`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL` and the rest mean what they mean to every AWS tool; nothing of
them is read, kept or shown here.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from marketpulse.errors import StorageError

_INSTALL = "pip install 'marketpulse[aws]'"
_PART = 16 << 20


@cache
def s3_filesystem() -> Any:
    """S3 through fsspec, for this process. Raise StorageError when the libraries are not installed.

    Reads ask for exactly the range that is wanted, and listings are never remembered: another process may write.
    """
    try:
        from s3fs import S3FileSystem
    except ImportError:
        raise StorageError("S3 needs libraries that are not installed", hint=_INSTALL) from None
    return S3FileSystem(default_cache_type="none", default_block_size=_PART, use_listings_cache=False)


def client_errors() -> tuple[type[Exception], ...]:
    """What AWS's client raises: refused calls, no credentials, no region, no connection."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        return ()
    return BotoCoreError, ClientError
