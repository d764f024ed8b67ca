"""What the supervisor tells the worker."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

#: A line on the standard input of the worker: one more cycle, and then end.
LAST = "last"


@dataclass(frozen=True)
class Asked:
    """What the worker is told: places as of the command line (None: as the settings say), seconds between cycles."""

    landing: str | None = None
    warehouse: str | None = None
    project: str | None = None
    engine: str | None = None
    wait_seconds: int | None = None
    every: float = 1.0
    shows: bool = True

    @property
    def command(self) -> Sequence[str]:
        """The command of a worker that is told this."""
        return [sys.executable, "-m", "marketpulse.live.worker", json.dumps(asdict(self))]
