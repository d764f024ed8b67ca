"""One emulated AWS in a process of its own, for as long as a `with` block takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROFILE = "[{}marketpulse]\naws_access_key_id = testing\naws_secret_access_key = testing\nregion = us-east-2\n"


@contextmanager
def emulated_aws(folder: Path, works: bool = False) -> Iterator[dict[str, str]]:
    """Start the emulator; give the environment variables of whoever is to meet it instead of AWS.

    `works`: a workflow that is started runs its jobs.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "emulator.log").open("w") as log:
        command = [sys.executable, "-m", "tests.infra.emulator", "-p", str(port)]
        own = os.environ | ({"EMULATOR_WORKS": str(folder / "works")} if works else {})
        process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await(f"http://127.0.0.1:{port}/moto-api/", process)
        yield environment(folder, f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def environment(folder: Path, endpoint: str) -> dict[str, str]:
    """The variables: a profile of the name the configuration asks for, keys that are none, and the endpoint."""
    (home := folder / "home" / ".aws").mkdir(parents=True, exist_ok=True)
    (home / "config").write_text(PROFILE.format("profile "))
    (home / "credentials").write_text(PROFILE.format(""))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_VAR_", "TF_DATA"))}
    return kept | {
        "HOME": str(home.parent),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
    }


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if process.poll() is not None:
            raise RuntimeError(f"the emulator ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError("the emulator did not answer within a minute")
