"""A door that starts seals what dead ones left, and takes nothing from living ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.door.recovery import recover
from marketpulse.door.segments import Segment, Zone
from tests.door.test_segments import NOON, landed


@pytest.fixture
def zone(tmp_path: Path) -> Zone:
    return Zone(tmp_path, {"visits": "web/visits"})


def test_a_dead_doors_segment_loses_its_torn_tail_and_is_sealed(zone: Zone) -> None:
    segment = Segment.create(zone, "visits", NOON)
    segment.append([b"1\n", b"2\n", b"tor"])
    segment.close()
    assert len(recover(zone)) == 1
    assert list(landed(zone).values()) == [b"1\n2\n"]
    assert recover(zone) == []


def test_a_living_doors_segment_stays_its_own(zone: Zone) -> None:
    segment = Segment.create(zone, "visits", NOON)
    segment.append([b"1\n"])
    assert recover(zone) == []
    segment.append([b"2\n"])
    segment.sync()
    segment.seal(zone)
    segment.close()
    assert list(landed(zone).values()) == [b"1\n2\n"]


def test_one_in_which_nothing_whole_is_goes(zone: Zone) -> None:
    segment = Segment.create(zone, "visits", NOON)
    segment.append([b"tor"])
    segment.close()
    assert recover(zone) == []
    assert landed(zone) == {}
    assert list(zone.hidden.iterdir()) == []


def test_segments_of_feeds_that_are_not_known_here_stay(zone: Zone) -> None:
    Segment.create(zone, "visits", NOON).close()
    stranger = zone.hidden / "others.2026-03-02T12.door-1.ndjson"
    stranger.write_bytes(b"1\n")
    recover(zone)
    assert stranger.read_bytes() == b"1\n"


def test_a_link_is_not_followed(zone: Zone, tmp_path: Path) -> None:
    zone.hidden.mkdir()
    (tmp_path / "elsewhere").write_bytes(b"1\ntorn")
    (zone.hidden / "visits.2026-03-02T12.door-1.ndjson").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        recover(zone)
    assert (tmp_path / "elsewhere").read_bytes() == b"1\ntorn"
