"""Write landing files; the same content gives the same bytes."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from marketpulse_retail.generate.plan import Generated


@dataclass(frozen=True)
class Landing:
    """The landing zone that is filled, and the tally."""

    root: Path
    done: Generated

    def write(self, feed: str, place: str, lines: Sequence[str], records: int | None = None) -> None:
        """Write `<feed>/<place>` (gzip when the name says so); `records` when a line is not a record."""
        path = self.root / feed / place
        path.parent.mkdir(parents=True, exist_ok=True)
        data = ("\n".join(lines) + "\n").encode()
        if path.suffix == ".gz":
            data = gzip.compress(data, compresslevel=1, mtime=0)
        path.write_bytes(data)
        self.done.files[feed] += 1
        self.done.rows[feed] += len(lines) if records is None else records
        self.done.bytes[feed] += len(data)
