"""A step that must end is told so until it does; one that is over is left alone."""

from __future__ import annotations

import threading
import time

from marketpulse.engines.watching import LOOK, Watchman


def test_what_must_end_is_told_until_it_does_and_others_are_not() -> None:
    watchman, told, ended = Watchman(), [0, 0], threading.Event()

    def interrupt() -> None:
        told[0] += 1
        if told[0] == 3:
            ended.set()

    def other() -> None:
        told[1] += 1

    with watchman.watching(lambda: False, other), watchman.watching(lambda: True, interrupt):
        assert ended.wait(20)
    seen = list(told)
    time.sleep(3 * LOOK)
    assert (told, told[1]) == (seen, 0)


def test_many_steps_at_once_leave_nothing_behind() -> None:
    watchman = Watchman()

    def work() -> None:
        for _ in range(200):
            with watchman.watching(lambda: True, lambda: None):
                pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not watchman._steps
