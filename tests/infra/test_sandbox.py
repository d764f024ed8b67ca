"""A sandbox goes, whatever Terraform does: what is left is told with the command that takes it away."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.infra.sandbox import thrown_away
from tests.infra.stack import Stack


class Slow(Stack):
    """Terraform whose destroy comes to no end so many times."""

    times = 1

    def terraform(self, *arguments: str, ok: tuple[int, ...] = (0,), seconds: float = 900) -> str:  # noqa: ARG002
        if arguments[0] == "destroy" and self.times:
            self.times -= 1
            raise subprocess.TimeoutExpired("terraform destroy", seconds)
        return ""


def test_a_destroy_that_does_not_end_is_begun_again(tmp_path: Path) -> None:
    said: list[str] = []
    assert thrown_away(Slow("envs/dev", tmp_path, {}, "dev-gate"), said.append)
    assert "timed out after 3600 seconds" in said[0]
    assert said[1:] == ["destroyed, the state is empty"]


def test_what_still_stands_is_told_with_what_to_type(tmp_path: Path) -> None:
    said: list[str] = []
    stack = Slow("envs/dev", tmp_path, {}, "dev-gate")
    stack.times = 2
    assert not thrown_away(stack, said.append)
    assert said[-1] == "it still stands and costs. Type: make destroy ENV=dev-gate"
