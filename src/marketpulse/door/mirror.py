"""A file of keys that lies in a store: a copy of it on this machine, taken anew every few seconds."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from marketpulse.errors import StorageError
from marketpulse.storage.places import read_text

_EVERY = 10.0
_LOG = logging.getLogger("marketpulse.door")


@dataclass
class Mirror:
    """`copy` says what `place` said when it was looked at last. While that cannot be read, it stays as it is."""

    place: str
    copy: Path
    _said: str | None = None

    def look(self) -> None:
        """Take it anew where it says something else. Raise StorageError."""
        text = read_text(self.place)
        if text != self._said:
            part = self.copy.with_suffix(".part")
            part.write_text(text, encoding="utf-8")
            part.replace(self.copy)
            self._said = text

    def watch(self, every: float = _EVERY) -> Event:
        """Look for as long as the process lives, beside what it does, or until the event is set."""
        end = Event()
        Thread(target=self._watch, args=(every, end), daemon=True, name="keys").start()
        return end

    def _watch(self, every: float, end: Event) -> None:
        while not end.wait(every):
            try:
                self.look()
            except (StorageError, OSError) as error:
                _LOG.warning("the keys stay as they were: %s", error)
