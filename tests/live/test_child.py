"""A child is heard line by line, and ends when its standard input does."""

from __future__ import annotations

from marketpulse.live.child import Child

Heard = list[tuple[bool, str]]


def child(script: str) -> tuple[Child, Heard]:
    """A shell, and what it says."""
    heard: Heard = []
    return Child(["sh", "-c", script], lambda _, is_output, line: heard.append((is_output, line))), heard


def test_what_it_says_is_heard_and_it_ends_when_it_is_asked_to() -> None:
    found, heard = child("read line; echo $line; echo oh >&2; while read line; do :; done; echo bye; exit 3")
    found.say("hello")
    assert found.wait(20) == 3
    assert sorted(heard) == [(False, "oh"), (True, "bye"), (True, "hello")]
    found.say("too late")
    found.end()


def test_one_that_does_not_end_is_killed() -> None:
    found, _ = child("exec sleep 60")
    assert found.code is None
    assert found.wait(0.1) == -9
