"""Run a page of the docs: write the files it shows, type the commands it types, compare what they say.

A fenced block with `title="path"` is a file (blocks inside an HTML comment count: that is the set-up nobody
needs to read). A `console` block has command lines (`$ …`) and what they print, where `...` stands for anything;
a `pycon` block has Python as one types it (`>>> `), all of a page in one session.
Every heading of level two begins in a new folder when `separate` is set.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.ready import ready

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ", re.MULTILINE)
_PROGRESS = re.compile(r"^\S+: [\d.]+ m?s\n", re.MULTILINE)
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass
class Session:
    """Files and commands of one page or section."""

    name: str
    steps: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def commands(self) -> bool:
        """Does it type anything?"""
        return any(language in ("console", "pycon") for language, _, _ in self.steps)

    def play(self, folder: Path) -> int:
        """Do every step in `folder`; how many commands ran."""
        ran = 0
        names: dict[str, object] = {}
        for language, title, text in self.steps:
            if title:
                target = folder / title
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            elif language == "console":
                for step in _COMMAND.split(text)[1:]:
                    command, _, wanted = step.partition("\n")
                    _compare(command, wanted, _typed(command, folder))
                    ran += 1
            elif language == "pycon":
                with contextlib.chdir(folder):
                    ran += _evaluated(text, names, self.name)
        return ran


def sessions(page: str, separate: bool = False) -> Iterator[Session]:
    """The sessions of a page of docs/."""
    text = (DOCS / page).read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE) if separate else [text]
    for part in parts:
        name = part.partition("\n")[0].strip()
        found = Session(name, [(m[1], m[2] or "", m[3]) for m in _BLOCK.finditer(part)])
        if found.steps:
            yield found


def _typed(command: str, folder: Path) -> str:
    places = os.pathsep.join([str(ready()), str(Path(sys.executable).parent), os.environ["PATH"]])
    plain = {k: v for k, v in os.environ.items() if not k.startswith("MARKETPULSE_")}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**plain, "PATH": places, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return _PROGRESS.sub("", done.stdout)


def _evaluated(text: str, names: dict[str, object], page: str) -> int:
    """Do what a block says, in the session that `names` are of; how many statements it has."""
    test = doctest.DocTestParser().get_doctest(text, names, page, None, 0)
    test.globs = names  # not a copy: the next block goes on
    told: list[str] = []
    found = doctest.DocTestRunner(optionflags=_FLAGS).run(test, out=told.append, clear_globs=False)
    assert found.failed == 0, "".join(told)
    return found.attempted


def _compare(command: str, wanted: str, got: str) -> None:
    if not doctest.OutputChecker().check_output(wanted.strip() + "\n", got.strip() + "\n", _FLAGS):
        raise AssertionError(f"$ {command}\n--- the docs say\n{wanted}\n--- it says\n{got}")
