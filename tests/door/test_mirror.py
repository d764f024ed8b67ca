"""A file of keys that lies in a store: whatever lies there, what was read last holds until another can be read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from marketpulse.door.mirror import Mirror
from marketpulse.errors import StorageError


def test_what_is_no_text_is_told_and_the_next_is_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place, copy = tmp_path / "collect.yaml", tmp_path / "copy.yaml"
    mirror = Mirror(str(place), copy)
    place.write_bytes(b"keys: []\n")
    mirror.look()
    place.write_bytes("keys: []\n".encode("utf-16"))
    with pytest.raises(StorageError, match="UTF-8"):
        mirror.look()
    end = mirror.watch(every=0.02)
    _until(lambda: "the keys stay as they were" in caplog.text)
    assert copy.read_text() == "keys: []\n"
    place.write_text("keys: [] # again\n")
    _until(lambda: "again" in copy.read_text())
    end.set()


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)
