"""Two processes on one warehouse: both end well, or one says why, and the tables are those of one run."""

from __future__ import annotations

import subprocess

from tests.command import places
from tests.kills import ROOT, Victim, first_wave, second_wave, third_wave
from tests.ready import ready
from tests.shop import MiniShop


def together(shop: MiniShop, *commands: list[str]) -> list[tuple[int, str]]:
    started = [
        subprocess.Popen(
            [str(ready() / "marketpulse"), *command],
            cwd=ROOT, env=places(shop), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for command in commands
    ]  # fmt: skip
    ended = [(process.communicate()[1], process.returncode) for process in started]
    return [(code, text) for text, code in ended]


def test_two_runs_at_once_end_like_one(shop: MiniShop) -> None:
    victim = Victim(shop)
    for land in (first_wave, second_wave, third_wave):
        victim.wave(land)
        for code, text in together(shop, ["run"], ["run"]):
            assert "Traceback" not in text, text
            assert code == 0 or (code == 1 and "run again" in text), text
        victim.recovers()


def test_a_run_beside_a_full_refresh_maintenance_and_a_replay_ends_like_one(shop: MiniShop) -> None:
    victim = Victim(shop, aside=["attempts"])  # the replay counts as one
    victim.wave(first_wave)
    shop.run()
    victim.wave(second_wave)
    commands = [["run"], ["run", "--full-refresh"], ["maintain"], ["quarantine", "replay"], ["status"]]
    for code, text in together(shop, *commands):
        assert "Traceback" not in text, text
        assert code == 0 or (code == 1 and "run again" in text), text
    victim.recovers()
