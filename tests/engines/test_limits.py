"""A step of a query ends when it is over, when its time is, or when somebody interrupts it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from marketpulse.engines.limits import Given, Limits, Stopwatch
from marketpulse.engines.watching import LOOK
from marketpulse.errors import LimitError


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


class Endless:
    """A step that goes on until it was told several times to stop."""

    def __init__(self) -> None:
        self.told = 0
        self._over = threading.Event()

    def __call__(self) -> None:
        self._over.wait()
        raise RuntimeError("interrupted")

    def interrupt(self) -> None:
        self.told += 1
        if self.told == 3:
            self._over.set()


def test_a_step_of_a_program_is_stopped_after_its_time_or_when_somebody_says_so(pool: ThreadPoolExecutor) -> None:
    stop, step = threading.Event(), Endless()
    with pytest.raises(TimeoutError):
        Stopwatch(Limits(0.01, 0, 0, 0), pool, step.interrupt, Given(stop=stop)).during(step)
    again = Endless()
    watch = Stopwatch(Limits(0, 0, 0, 0), pool, again.interrupt, Given(stop=stop))
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(LimitError, match="whoever asked it said so"):
        watch.during(again)
    assert (step.told, again.told) == (3, 3)
    with pytest.raises(LimitError, match="whoever asked it said so"):
        watch.during(lambda: pytest.fail("it was to be stopped"))
    stop.clear()
    assert watch.during(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        watch.during(lambda: 1 // 0)
    time.sleep(3 * LOOK)
    assert (step.told, again.told) == (3, 3)  # what is over is left alone


def test_a_step_that_takes_too_long_is_stopped_and_over_when_that_is_told(pool: ThreadPoolExecutor) -> None:
    step = Endless()
    with pytest.raises(TimeoutError):
        Stopwatch(Limits(0.01, 0, 0, 0), pool, step.interrupt).during(step)
    assert step.told >= 3
    assert pool.submit(lambda: 1).result() == 1  # nothing is at work any more


def test_the_time_of_a_query_is_that_of_all_its_steps(pool: ThreadPoolExecutor) -> None:
    watch = Stopwatch(Limits(0.2, 0, 0, 0), pool, lambda: None)
    pause = threading.Event()

    def steps() -> None:
        for _ in range(100):
            watch.during(lambda: pause.wait(0.01))

    with pytest.raises(TimeoutError):
        steps()


def test_a_time_that_is_over_stays_over(pool: ThreadPoolExecutor) -> None:
    watch = Stopwatch(Limits(0.01, 0, 0, 0), pool, lambda: None, Given(stop=threading.Event()))
    watch.during(lambda: time.sleep(0.02))
    with pytest.raises(TimeoutError):
        watch.during(lambda: None)


def test_no_limit_is_none_and_errors_of_a_step_are_its_own(pool: ThreadPoolExecutor) -> None:
    watch = Stopwatch(Limits(0, 0, 0, 0), pool, lambda: None)
    assert watch.during(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        watch.during(lambda: 1 // 0)


def test_half_of_a_disk_is_left_to_others_whatever_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Disk:
        free = 10_000_000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Disk)
    assert Limits(0, 100, 1, 0).spill_bytes(tmp_path) == 1_000_000
    assert Limits(0, 100, 20_000, 0).spill_bytes(tmp_path) == 5_000_000
    assert Limits(0, 100, 0, 0).spill_bytes(tmp_path) == 5_000_000
