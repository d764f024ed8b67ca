"""Commands typed in this process: as quick as what they do, without the start of another Python."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from marketpulse.cli import main
from tests.command import places
from tests.shop import MiniShop

Typed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def typed(shop: MiniShop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """`typed(*arguments, **environment)` in the folder of the shop: what it wrote and how it ended."""
    monkeypatch.chdir(shop.root)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)  # for a process of one command

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        with monkeypatch.context() as patch:
            for name, value in (places(shop) | environment).items():
                if os.environ.get(name) != value:
                    patch.setenv(name, value)
            patch.setattr(sys, "argv", ["marketpulse", *arguments])
            capsys.readouterr()
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return run
