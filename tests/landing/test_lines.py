"""Bytes in pieces become blocks of whole lines, and a line without an end is never in memory as a whole."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketpulse.landing.limits import Limits, start
from marketpulse.landing.lines import ANY, NEWLINE, Ends, LongLine, whole_lines

MOST = 8
PIECES = st.lists(st.text(alphabet="ab\r\n", min_size=1, max_size=MOST).map(str.encode), max_size=12)


def split(data: bytes, pattern: bytes) -> list[bytes]:
    return [line for line in re.findall(pattern, data, re.DOTALL) if line]


@given(PIECES, st.sampled_from([(NEWLINE, rb".*?\n|.+$"), (ANY, rb".*?(?:\r\n|\r|\n)|.+$")]))
def test_lines_are_the_same_however_they_came(pieces: list[bytes], kind: tuple[Ends, bytes]) -> None:
    ends, pattern = kind
    found: list[bytes | int] = []
    for block in whole_lines(iter(pieces), ends, Limits(record=MOST)):
        if isinstance(block, LongLine):
            found.append(int(re.findall(r"has (\d+) bytes", block.reason)[0]))
        else:
            found += split(block, pattern)
    wanted = split(b"".join(pieces), pattern)
    assert found == [line if len(line) <= MOST else len(line) for line in wanted]


def test_an_endless_line_takes_the_room_of_a_record_and_not_its_own() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * (1 << 20)
        yield b"\nlast"

    tracemalloc.start()
    found = list(whole_lines(pieces(), NEWLINE, Limits(record=4 << 20)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[1:] == [b"last"]
    assert isinstance(found[0], LongLine)
    assert found[0].reason.startswith("the line has 314,572,801 bytes, more than the 4 MB of record_mb")
    assert len(found[0].text) == 1_000
    assert peak < 30 << 20


@pytest.mark.parametrize("before", range(996, 1_000))
def test_the_start_of_a_record_ends_with_a_whole_character(before: int) -> None:
    found = start(b"x" * before + "€€".encode() + b"y" * 99)
    assert found.decode() == "x" * before + "€" * ((1_000 - before) // 3)
