"""What storage, catalog and damaged metadata raise, as errors for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyiceberg.exceptions import CommitFailedException, ValidationError
from sqlalchemy.exc import DBAPIError

from marketpulse.errors import ConcurrentError, DamagedFileError, LostFileError, StorageError
from marketpulse.lake.avrofile import DAMAGE
from marketpulse.storage.places import REMOTE_HINT, cloud_errors

_REPAIR = "marketpulse repair says what is there, what is behind and what is lost"


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn what storage and catalog raise into errors for people."""
    try:
        yield
    except CommitFailedException as error:
        raise ConcurrentError(f"{what} was changed by another process", hint="run again") from error
    except OSError as error:
        kind = LostFileError if isinstance(error, FileNotFoundError) else StorageError
        place = error.filename or what
        told = f"a file of {what} is missing" if kind is LostFileError else f"{error.strerror or error}"
        raise kind(told, where=place, hint=_advice(error)) from error
    except DBAPIError as error:
        reason = f"the catalog: {error.orig}"
        if "locked" in reason:
            raise ConcurrentError(reason, where=what, hint="another process holds it; run again") from error
        raise StorageError(reason, where=what, hint=_advice(error)) from error
    except cloud_errors() as error:
        raise StorageError(f"{error}", where=what, hint=REMOTE_HINT) from error


def _advice(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return _REPAIR
    if getattr(error, "errno", None) == 28 or "disk is full" in str(error):
        return "free some disk space and run again; nothing half-done is visible"
    return "check that the warehouse can be written; nothing half-done is visible"


@contextmanager
def readable_metadata(what: str) -> Iterator[None]:
    """Turn what PyIceberg raises for metadata that is damaged into StorageError."""
    try:
        yield
    except (*DAMAGE, ValidationError) as error:
        told = str(error).partition("\n")[0]
        raise DamagedFileError(f"{what}: its metadata is damaged: {told}", hint=_REPAIR) from error
