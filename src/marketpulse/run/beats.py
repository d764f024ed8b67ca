"""What `marketpulse live` says of its last cycles, in a small file beside the locks of runs, for whoever looks.

.scratch/live.json    written after each cycle, taken away at the end; nobody goes on from it
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from marketpulse.errors import StorageError
from marketpulse.storage.places import replacing

_FILE = "live.json"
#: Cycles that are remembered.
MOST = 60


@dataclass(frozen=True)
class Beat:
    """One cycle: its number, when it ended (UTC), files and records that it brought, tables it built, how long it took.

    `behind` is the age of the newest event in gold then, in seconds, `waiting` what was sealed meanwhile, `code` what a
    run would have ended with.
    """

    cycle: int
    at: str
    files: int
    records: int
    built: int
    seconds: float
    behind: float | None
    waiting: int
    code: int

    @property
    def moment(self) -> datetime:
        """When it ended (UTC)."""
        return datetime.fromisoformat(self.at).astimezone(UTC).replace(tzinfo=None)


def write(scratch: Path, beats: Sequence[Beat]) -> None:
    """Say it. That it cannot be said is no trouble of a cycle: on a full disk the cycle itself tells."""
    with suppress(OSError, StorageError), replacing(scratch / _FILE) as part:
        part.write_text(json.dumps([asdict(each) for each in beats[-MOST:]]), encoding="utf-8")


def end(scratch: Path) -> None:
    """Nothing is live any more."""
    with suppress(OSError):
        (scratch / _FILE).unlink(missing_ok=True)


def beats(scratch: Path) -> list[Beat]:
    """The last cycles, oldest first; none where nothing is live, or another release writes it otherwise."""
    try:
        told = json.loads((scratch / _FILE).read_text(encoding="utf-8"))
        return [Beat(**each) for each in told]
    except (OSError, ValueError, TypeError):
        return []
