"""A run, or another command, that kills itself (SIGKILL) at a commit: `… tests.doomed N before|inside|after [WORDS]`.

`before` is before anything of the commit is written, `inside` when its manifests lie there but the catalog knows
nothing, `after` when it is visible and nobody has been told.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from pyiceberg.table import Transaction

from marketpulse import flow
from marketpulse.cli import main as command
from marketpulse.lake.lake import Lake
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.settings import load_settings

_whole, _swap = Lake.commit, Transaction.commit_transaction
_done = 0


def main(number: int, moment: str, words: list[str]) -> None:
    """Run the flow, or the command of some words, until death or the end."""

    def die(now: str) -> None:
        if _done == number and now == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def commit(self: Lake, *arguments: Any) -> int | None:
        global _done  # noqa: PLW0603 - one process, one count
        _done += 1
        die("before")
        result = _whole(self, *arguments)
        die("after")
        return result

    def commit_transaction(self: Transaction) -> Any:
        die("inside")
        return _swap(self)

    Lake.commit = commit  # type: ignore[method-assign]
    Transaction.commit_transaction = commit_transaction  # type: ignore[method-assign]
    if words:
        sys.argv[1:] = words
        command()
    settings = load_settings()
    with open_context(settings, load_project(settings.project)) as context:
        report = flow.run(context, flow.Options())
    sys.exit(0 if report.ok else 1)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
