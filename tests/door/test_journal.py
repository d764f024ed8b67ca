"""The journal: kept means flushed, a disk that refuses is an answer, and afterwards it goes on."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from marketpulse.door.disk import Disk, Sealing
from marketpulse.door.journal import Journal, NotKept
from marketpulse.door.segments import Zone
from tests.door.test_segments import landed


def journaled(
    tmp_path: Path, story: Callable[[Journal], Awaitable[None]], sealing: Sealing | None = None, most: int = 1 << 20
) -> list[bytes]:
    """Lines that are landed once a story has ended."""
    zone = Zone(tmp_path, {"visits": "web/visits"})

    async def told() -> None:
        journal = Journal(Disk(zone, sealing or Sealing()), most)
        await journal.open()
        try:
            await story(journal)
        finally:
            await journal.close()

    asyncio.run(told())
    assert list(zone.hidden.iterdir()) == []
    return [line for _, text in sorted(landed(zone).items()) for line in text.splitlines()]


def test_lines_of_many_are_flushed_together_and_each_hears_of_it(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        await asyncio.gather(*(journal.keep("visits", b"%d\n" % number) for number in range(200)))
        assert journal.state.flushes < 20
        assert journal.waiting == 0

    assert sorted(map(int, journaled(tmp_path, story))) == list(range(200))


def test_a_segment_is_sealed_by_size(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        for _ in range(3):
            await journal.keep("visits", b"0123456789\n")
        assert journal.state.sealed == 3

    assert len(journaled(tmp_path, story, Sealing(size=5))) == 3


def test_a_segment_is_sealed_by_age_without_another_request(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        await journal.keep("visits", b"1\n")
        while journal.state.sealed == 0:
            await asyncio.sleep(0.02)

    assert journaled(tmp_path, story, Sealing(seconds=0.01)) == [b"1"]


def test_too_much_that_waits_is_refused_and_then_it_goes_on(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        first = asyncio.create_task(journal.keep("visits", b"12345\n"))
        await asyncio.sleep(0)
        with pytest.raises(NotKept, match="too much"):
            await journal.keep("visits", b"67890\n")
        await first
        await journal.keep("visits", b"67890\n")

    assert journaled(tmp_path, story, most=10) == [b"12345", b"67890"]


@pytest.mark.parametrize("call", ["write", "fdatasync"])
def test_what_the_sink_refuses_is_not_kept_and_then_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    real, full = getattr(os, call), [False]

    def refusing(handle: int, *data: bytes) -> int:
        if not full[0]:
            return int(real(handle, *data) or 0)
        if call == "write" and len(data[0]) > 3:
            return int(real(handle, data[0][:3]))  # what there is room for
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, refusing)

    async def story(journal: Journal) -> None:
        await journal.keep("visits", b"first\n")
        full[0] = True
        with pytest.raises(NotKept, match="No space left"):
            await journal.keep("visits", b"second\n")
        assert journal.state.error
        full[0] = False
        await journal.keep("visits", b"third\n")
        assert journal.state.error == ""

    assert journaled(tmp_path, story) == [b"first", b"third"]


def test_a_segment_that_somebody_removed_takes_nothing_more(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        await journal.keep("visits", b"lost\n")
        next((tmp_path / ".door").iterdir()).unlink()
        with pytest.raises(NotKept, match="removed"):
            await journal.keep("visits", b"refused\n")
        await journal.keep("visits", b"kept\n")

    assert journaled(tmp_path, story) == [b"kept"]


def test_a_mistake_is_told_to_those_who_wait_and_the_next_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    async def story(journal: Journal) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("marketpulse.door.disk.Disk.keep", broken)
            with pytest.raises(NotKept, match="mistake"):
                await journal.keep("visits", b"1\n")
        await journal.keep("visits", b"2\n")

    assert journaled(tmp_path, story) == [b"2"]


def test_a_door_that_closes_takes_nothing_more_and_loses_nothing(tmp_path: Path) -> None:
    async def story(journal: Journal) -> None:
        waiting = [asyncio.create_task(journal.keep("visits", b"1\n")) for _ in range(3)]
        await asyncio.sleep(0)
        closing = asyncio.create_task(journal.close())
        await asyncio.gather(*waiting)
        await closing
        with pytest.raises(NotKept, match="closes"):
            await journal.keep("visits", b"2\n")

    zone = Zone(tmp_path, {"visits": "web/visits"})

    async def told() -> None:
        journal = Journal(Disk(zone, Sealing()))
        await journal.open()
        await story(journal)

    asyncio.run(told())
    assert [*landed(zone).values()] == [b"1\n1\n1\n"]


def test_what_cannot_be_sealed_is_told_until_it_is_and_nothing_of_it_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "web"

    async def story(journal: Journal) -> None:
        in_the_way.write_text("a file where a folder should be", encoding="utf-8")
        await journal.keep("visits", b"1\n")
        while not journal.state.unsealed:
            await asyncio.sleep(0.02)
        await journal.keep("visits", b"2\n")
        assert journal.state.unsealed.keys() == {"visits"}
        in_the_way.unlink()
        while journal.state.unsealed:
            await asyncio.sleep(0.02)

    assert journaled(tmp_path, story, Sealing(seconds=0.01)) == [b"1", b"2"]
    assert "cannot be sealed" in caplog.text


def test_a_mistake_while_it_looks_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    async def story(journal: Journal) -> None:
        monkeypatch.setattr(journal._sink, "look", broken)
        for number in range(2):
            await asyncio.sleep(0.3 * number)
            await journal.keep("visits", b"%d\n" % number)

    assert journaled(tmp_path, story) == [b"0", b"1"]
