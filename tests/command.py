"""The command line over a mini shop, as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.ready import KILLED, ready
from tests.shop import MiniShop

ROOT = Path(__file__).parents[1]


def marketpulse(
    shop: MiniShop, *arguments: str, first: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `marketpulse <arguments>`; `first` runs in the new process before it."""
    command = [sys.executable, "-m", "marketpulse"] if first else [str(ready() / "marketpulse")]
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        env=places(shop) | environment,
        cwd=shop.root,
        check=False,
        preexec_fn=first,
    )


def is_killed(shop: MiniShop, number: int, moment: str, *words: str) -> bool:
    """Whether a run, or the command of some words, came to its n-th commit and died there, see `tests/doomed.py`."""
    command = [str(ready() / "tests.doomed"), str(number), moment, *words]
    code = subprocess.run(command, env=places(shop), cwd=ROOT, check=False).returncode
    assert words or code in (0, KILLED)
    return code == KILLED


#: Before a command that Ctrl-C is to reach, also where whoever runs the tests has it ignored, as nohup does.
HEARS_CTRL_C = ("env", "--default-signal=INT")


def places(shop: MiniShop) -> dict[str, str]:
    """Environment that says where the shop is."""
    found = {"LANDING": shop.landing, "WAREHOUSE": shop.settings.warehouse, "PROJECT": shop.project_dir}
    engine = {"ENGINE": shop.settings.engine, "SPARK": json.dumps(shop.settings.spark)}
    return os.environ | {f"MARKETPULSE_{name}": str(value) for name, value in (found | engine).items()}
