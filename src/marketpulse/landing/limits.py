"""How much one file may ask of those who read it: what is larger is told of it, and nothing else waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from marketpulse.errors import GateError

MB = 1_000_000
#: Columns that a file may have: each costs something with every file, and for ever.
MOST_COLUMNS = 5_000
#: Characters that a column's name may have.
LONGEST_NAME = 1_000
#: What to do with a file that is too large.
SMALLER = "land it in smaller files; or raise the setting: docs/settings.md"
#: A record that is too long stays where it landed; so many bytes of it are kept to know it by.
_START = 1_000


@dataclass(frozen=True)
class Limits:
    """Bytes of one `record`, and of a file that is `unpacked` (settings `record_mb` and `unpacked_mb`)."""

    record: int = 16 * MB
    unpacked: int = 10_000 * MB

    def too_long(self, length: int, what: str = "the record") -> str:
        """Why a record is not read.

        >>> Limits().too_long(17_500_000)
        'the record has 17,500,000 bytes, more than the 16 MB of record_mb'
        """
        return f"{what} has {length:,} bytes, more than the {self.record // MB:,} MB of record_mb"

    def too_often(self, records: int, envelope: int) -> str:
        """Why an array is not taken apart.

        >>> Limits().too_often(40_000, 1_000_000)
        '40000 records would carry 1000000 bytes of envelope each, more than the 16 MB of record_mb'
        """
        carry = f"{records} records would carry {envelope} bytes of envelope each"
        return f"{carry}, more than the {self.record // MB:,} MB of record_mb"

    @property
    def unpacked_mb(self) -> int:
        """The setting `unpacked_mb`."""
        return self.unpacked // MB

    @property
    def too_large(self) -> GateError:
        """Why a file is not read."""
        told = f"it unpacks to more than the {self.unpacked_mb:,} MB of unpacked_mb"
        return GateError(told, hint=SMALLER)


#: What is allowed where nobody says otherwise: the settings of a project that says nothing.
USUAL = Limits()


def start(data: bytes) -> bytes:
    """The first bytes of a record that is too long; a character that lies across their end is left out."""
    found = data[:_START]
    for cut in range(4):
        try:
            found[: len(found) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return found[: len(found) - cut]
    return found
