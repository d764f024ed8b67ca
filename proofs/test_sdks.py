"""The real Python clients post to a door, unchanged: they report no error, and each of their events is kept once.

SDK_PYTHON is a Python that has segment-analytics-python, rudder-sdk-python, posthog and snowplow-tracker.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.door.process import door, landed

from marketpulse.door.keys import add_key

PYTHON = os.environ.get("SDK_PYTHON", "")
EVENTS = {"segment": 6, "rudder": 6, "posthog": 3, "snowplow": 4}


@pytest.mark.skipif(not PYTHON, reason="SDK_PYTHON names no Python that has the clients: nothing real posted")
@pytest.mark.parametrize("name", EVENTS)
def test_a_real_client_posts_without_an_error_and_each_event_is_kept_once(tmp_path: Path, name: str) -> None:
    keys = tmp_path / "collect.yaml"
    key = add_key(keys, "website", [], 0)
    with door(tmp_path / "landing", "--keys", str(keys)) as (process, port):
        script = Path(__file__).with_name("sdks.py")
        asked = [PYTHON, str(script), name, str(port), key]
        told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=120)
        assert told.returncode == 0, told.stderr
        process.terminate()
        assert process.wait(20) == 0
    ids = landed(tmp_path / "landing", "clickstream")
    assert (len(ids), len(set(ids))) == (EVENTS[name], EVENTS[name])
