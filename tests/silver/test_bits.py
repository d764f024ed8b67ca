"""Every check is a bit: any set of failed checks is told again, however many checks there are."""

from __future__ import annotations

import duckdb
import pytest

from marketpulse.silver.bits import Bits


@pytest.mark.parametrize("count", [0, 1, 61, 62, 63, 124, 125, 200])
def test_what_was_failed_is_told_again(count: int) -> None:
    bits = Bits("_failed", count)
    for failed in ([], [0], [count - 1], [0, count // 2, count - 1], list(range(count))):
        wanted = sorted({place for place in failed if 0 <= place < count})
        violations = ["true" if place in wanted else "false" for place in range(count)]
        with duckdb.connect() as connection:
            words = connection.execute(f"select {bits.sql(violations)}").fetchall()[0]
            assert bits.places(words) == wanted
            assert (words[0] == 0) == (wanted == [])
            row = f"(select {bits.sql(violations)}) as checked"
            for place in {0, 61, 62, count - 1} & set(range(count)):
                found = connection.execute(f"select {bits.of([place])} from {row}").fetchall()
                assert found == [(place in wanted,)]


def test_the_condition_of_no_check_holds_for_no_row() -> None:
    assert Bits("_failed", 5).of([]) == "false"
