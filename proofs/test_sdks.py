"""Real clients post to a door, unchanged: they report no error, and each of their events is kept once.

SDK_PYTHON is a Python that has segment-analytics-python, rudder-sdk-python, posthog and snowplow-tracker; SDK_NODE a
folder whose node_modules have @segment/analytics-node, @rudderstack/rudder-sdk-node, posthog-node,
@opentelemetry/sdk-logs and @opentelemetry/exporter-logs-otlp-http.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.door.process import door, landed

from marketpulse.door.keys import add_key

PYTHON, NODE = os.environ.get("SDK_PYTHON", ""), os.environ.get("SDK_NODE", "")
OF_PYTHON = {"segment": 6, "rudder": 6, "posthog": 3, "snowplow": 4}
OF_NODE = {"segment": 3, "rudder": 2, "posthog": 2, "otlp": 1}
HERE = Path(__file__).parent


def posts(folder: Path, command: list[str], events: int) -> None:
    """Run a client before a door of its own."""
    keys = folder / "collect.yaml"
    key = add_key(keys, "website", [], 0)
    with door(folder / "landing", "--keys", str(keys)) as (process, port):
        told = subprocess.run([*command, str(port), key], capture_output=True, text=True, check=False, timeout=120)
        assert told.returncode == 0, told.stderr
        process.terminate()
        assert process.wait(20) == 0
    ids = landed(folder / "landing", "clickstream")
    assert (len(ids), len(set(ids))) == (events, events)


@pytest.mark.skipif(not PYTHON, reason="SDK_PYTHON names no Python that has the clients: nothing real posted")
@pytest.mark.parametrize("name", OF_PYTHON)
def test_a_real_client_of_python_posts_without_an_error_and_each_event_is_kept_once(tmp_path: Path, name: str) -> None:
    posts(tmp_path, [PYTHON, str(HERE / "sdks.py"), name], OF_PYTHON[name])


@pytest.mark.skipif(not NODE, reason="SDK_NODE names no folder that has the clients: nothing real posted")
@pytest.mark.parametrize("name", OF_NODE)
def test_a_real_client_of_node_posts_without_an_error_and_each_event_is_kept_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "node_modules").symlink_to(Path(NODE).resolve() / "node_modules")
    shutil.copy(HERE / "sdks.cjs", tmp_path)
    posts(tmp_path, ["node", str(tmp_path / "sdks.cjs"), name], OF_NODE[name])
