"""What is live says so in a file, which is never half-written and never in anybody's way."""

from __future__ import annotations

from pathlib import Path

from marketpulse.run.beats import MOST, Beat, beats, end, write
from marketpulse.run.locks import found, hold


def beat(number: int) -> Beat:
    return Beat(number, f"2026-01-01T00:{number % 60:02}:00.000Z", 1, 20, 3, 0.5, 1.25, 0, 0)


def test_the_last_cycles_are_read_as_they_were_written_and_then_gone(tmp_path: Path) -> None:
    assert beats(tmp_path) == []
    write(tmp_path, [beat(n) for n in range(100)])
    assert [each.cycle for each in beats(tmp_path)] == list(range(100 - MOST, 100))
    assert [path.name for path in tmp_path.iterdir()] == ["live.json"]
    end(tmp_path)
    assert (beats(tmp_path), [*tmp_path.iterdir()]) == ([], [])


def test_runs_leave_it_and_do_not_take_it_for_one(tmp_path: Path) -> None:
    write(tmp_path, [beat(1)])
    with hold(tmp_path, "20260101T000000-aaaaaaaa"):
        assert found(tmp_path) == []
    assert len(beats(tmp_path)) == 1


def test_what_cannot_be_written_or_read_is_no_trouble(tmp_path: Path) -> None:
    write(tmp_path / "nowhere", [beat(1)])
    for text in ("", "[", '{"a": 1}', '[{"cycle": 1}]', "[1]", "\xff"):
        (tmp_path / "live.json").write_text(text)
        assert beats(tmp_path) == []
