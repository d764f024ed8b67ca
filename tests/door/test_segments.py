"""Segments: nothing of them is read before they are sealed, and nothing that was flushed is lost."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketpulse.door.segments import Segment, Zone, make_folders, whole
from marketpulse.landing.files import entries, find_files

NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path, {"visits": "web/visits"})


def landed(zone: Zone) -> dict[str, bytes]:
    files, refused = find_files(str(zone.landing), "web/visits")
    assert refused == []
    return {file.name: Path(file.path).read_bytes() for file in files}


def test_an_open_segment_is_nobodys_and_a_sealed_one_a_landed_file(zone: Zone) -> None:
    segment = Segment.create(zone, "visits", NOON)
    segment.append([b"1\n", b"2\n"])
    segment.sync()
    assert landed(zone) == {}
    assert entries(str(zone.landing)) == []
    sealed = segment.seal(zone)
    segment.close()
    assert sealed is not None
    assert sealed.name.startswith("door-")
    assert landed(zone) == {f"web/visits/ingest_date=2026-03-02/hour=12/{sealed.name}": b"1\n2\n"}
    assert list(zone.hidden.iterdir()) == []


def test_one_without_a_line_leaves_nothing(zone: Zone) -> None:
    segment = Segment.create(zone, "visits", NOON)
    assert segment.seal(zone) is None
    segment.close()
    assert landed(zone) == {}
    assert list(zone.hidden.iterdir()) == []


def test_what_was_not_flushed_can_be_taken_back(zone: Zone) -> None:
    segment = Segment.create(zone, "visits", NOON)
    segment.append([b"1\n"])
    segment.sync()
    segment.append([b"2\n"])
    segment.cut()
    segment.append([b"3\n"])
    segment.sync()
    segment.seal(zone)
    segment.close()
    assert list(landed(zone).values()) == [b"1\n3\n"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b"", b""),
        (b"1", b""),
        (b"1\n", b"1\n"),
        (b"1\n22", b"1\n"),
        (b"1\n\0\0\0\n2\n", b"1\n"),
        (b"\0\0", b""),
        (b"x" * (1 << 20) + b"\n" + b"y" * (1 << 20), b"x" * (1 << 20) + b"\n"),
        (b"x" * (1 << 20) + b"\n\0", b"x" * (1 << 20) + b"\n"),
    ],
)
def test_a_torn_tail_is_what_is_no_whole_line(tmp_path: Path, text: bytes, kept: bytes) -> None:
    path = tmp_path / "segment"
    path.write_bytes(text)
    handle = os.open(path, os.O_RDONLY)
    assert whole(handle) == len(kept)
    os.close(handle)


@pytest.mark.parametrize("name", ["visits", "visits.x", "visits.2026-03-02T12.", "others.2026-03-02T12.a", "lock", ""])
def test_other_names_are_no_segments(zone: Zone, name: str) -> None:
    assert zone.target(name) is None


def test_folders_are_made_up_to_the_root(tmp_path: Path) -> None:
    make_folders(tmp_path / "a" / "b", tmp_path)
    make_folders(tmp_path / "a" / "b", tmp_path)
    assert (tmp_path / "a" / "b").is_dir()
