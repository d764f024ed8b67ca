"""A lock that somebody else holds: who that is is told, nobody waits for ever, and there are never two who write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from marketpulse.cli import app
from marketpulse.errors import HeldError, UsageError
from marketpulse.run import patience
from marketpulse.run.context import Silent, again, open_context
from marketpulse.run.locks import exclusive
from marketpulse.run.patience import Patience
from tests.command import places
from tests.shop import MiniShop

HOLDS = """
import sys, time
from pathlib import Path
from marketpulse.run.locks import exclusive
from marketpulse.run.patience import Patience
with exclusive(Path(sys.argv[1]), Patience.none()):
    print("held", flush=True)
    sys.stdin.read()
"""


class Holds:
    """A process that holds a lock until it is let go."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-c", HOLDS, str(path)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "held\n"

    def stop(self) -> None:
        """Stop it as Ctrl-Z does, and wait until it is."""
        os.kill(self.process.pid, signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)

    def end(self) -> None:
        """Let the lock go."""
        if self.process.returncode is None:
            os.kill(self.process.pid, signal.SIGCONT)
            self.process.communicate()


@pytest.fixture
def lock(shop: MiniShop) -> Path:
    return shop.settings.local / ".locks/bronze.sales.lock"


@pytest.fixture
def holds(lock: Path) -> Iterator[Holds]:
    found = Holds(lock)
    yield found
    found.end()


def test_who_waits_is_told_who_holds_the_lock_and_what_is_said_in_the_end(lock: Path, holds: Holds) -> None:
    told: list[str] = []
    with pytest.raises(HeldError) as raised, exclusive(lock, Patience(1.2, told.append)):
        pass
    for text in (told[0], raised.value.message):
        assert f"process {holds.process.pid} (-c {lock}), which holds it since 20" in text
    assert "--wait" in str(raised.value.hint)
    assert raised.value.exit_code == 1


def test_a_lock_is_taken_as_soon_as_it_is_free_and_says_nothing_then(lock: Path, holds: Holds) -> None:
    holds.end()
    with exclusive(lock, Patience(60, pytest.fail)):
        assert b'"pid"' in lock.read_bytes()
    assert lock.read_bytes() == b""


def test_the_lock_of_a_dead_process_is_free_whatever_it_says(lock: Path, holds: Holds) -> None:
    holds.process.kill()
    holds.process.communicate()
    assert b'"pid"' in lock.read_bytes()
    with exclusive(lock, Patience.none()):
        assert str(os.getpid()).encode() in lock.read_bytes()


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff\xfe"])
def test_a_lock_that_does_not_say_who_holds_it_is_held_all_the_same(lock: Path, holds: Holds, said: bytes) -> None:
    lock.write_bytes(said)
    with pytest.raises(HeldError, match="held by another process"), exclusive(lock, Patience.none()):
        pass


def test_a_stopped_holder_is_named_with_what_to_do_and_keeps_its_lock(
    lock: Path, holds: Holds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_STOPPED_FOR", 0.2)
    holds.stop()
    with pytest.raises(HeldError, match="is stopped") as raised, exclusive(lock, Patience(600, lambda _: None)):
        pass
    assert f"kill -CONT {holds.process.pid}" in str(raised.value.hint)
    with pytest.raises(HeldError), exclusive(lock, Patience.none()):
        pass


def test_a_lock_that_was_waited_for_is_not_waited_for_again(lock: Path, holds: Holds) -> None:
    tries: list[int] = []

    def step() -> None:
        tries.append(1)
        with exclusive(lock, Patience.none()):
            pass

    with pytest.raises(HeldError):
        again(step)
    assert tries == [1]


def test_a_run_says_what_it_waits_for(shop: MiniShop, lock: Path, holds: Holds) -> None:
    class Hears(Silent):
        def wait(self, message: str) -> None:
            told.append(message)
            holds.end()

    told: list[str] = []
    with open_context(shop.settings, shop.project(), Hears()) as context, context.lock("bronze.sales"):
        pass
    assert [text.split(" (")[0] for text in told] == [f"bronze.sales waits for process {holds.process.pid}"]


ROWS = ["--rule", "qty_not_zero"]
COMMANDS = [["run"], ["maintain"], ["repair"], ["move"]]
COMMANDS += [["quarantine", "replay"], ["quarantine", "discard", *ROWS, "-y"], ["quarantine", "reopen", *ROWS]]


def asked(*arguments: str) -> BaseException | None:
    """What a command raises."""
    return CliRunner().invoke(app, arguments).exception


def test_whatever_takes_locks_can_be_told_not_to_wait(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in places(shop).items():
        monkeypatch.setenv(name, value)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-01,0,1")
    shop.run()
    shop.land_sales("2026-01-02", "3,2026-01-01,1,1")
    before = shop.snapshots()
    found = [Holds(shop.settings.local / f".locks/{table}.lock") for table in ("bronze.sales", "silver.quarantine")]
    for command in COMMANDS:
        folder = [str(shop.settings.warehouse)] if command == ["move"] else []
        error = asked(*command, *folder, "--wait", "0")
        assert isinstance(error, HeldError), command
        assert any(f"process {each.process.pid} " in error.message for each in found), command
    assert shop.snapshots() == before
    for each in found:
        each.end()


@pytest.mark.parametrize("text", ["soon", "-1", "1.5", "10x", ""])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    error = asked("maintain", f"--wait={text}")
    assert isinstance(error, UsageError)
    assert "is no length of time" in error.message
