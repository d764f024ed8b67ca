"""What storage, catalog and damaged metadata raise, as errors for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pyiceberg.exceptions import CommitFailedException, NotInstalledError, ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError

from marketpulse.errors import ConcurrentError, DamagedFileError, LostFileError, StorageError, UsageError
from marketpulse.lake.avrofile import DAMAGE
from marketpulse.storage.places import REMOTE_HINT, cloud_errors

#: Values of so few characters are no keys: the type of a catalog, a region.
_SHORT = 8
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


@contextmanager
def catalog_errors(properties: Mapping[str, str]) -> Iterator[None]:
    """Turn what libraries raise for settings that make no catalog into UsageError, without any of their values."""
    try:
        yield
    except (ArgumentError, NotInstalledError, ImportError, ValueError) as error:
        told = str(error).partition("\n")[0]
        for value in sorted(properties.values(), key=len, reverse=True):
            told = told.replace(value, "…") if len(value) > _SHORT else told
        hint = "see the setting catalog: its type, its uri, and what that type needs"
        # Not `from error`: its text may hold a key.
        raise UsageError(f"the catalog cannot be opened: {told}", hint=hint) from None


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
