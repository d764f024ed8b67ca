"""Real clients post to a door, unchanged: they report no error, each of their events is kept once and found in gold.

SDK_PYTHON is a Python that has what `sdks/requirements.txt` names, SDK_NODE a folder whose node_modules have what
`sdks/package.json` names (`make sdks` makes both); CHROMIUM a Chromium (default: Debian's).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.door.process import door, landed

from marketpulse.door.keys import add_key

PYTHON, NODE = os.environ.get("SDK_PYTHON", ""), os.environ.get("SDK_NODE", "")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
HERE = Path(__file__).parent / "sdks"
#: Events of each client, a view of a page or screen among them.
OF_PYTHON = {"segment": 6, "rudder": 6, "posthog": 4, "snowplow": 4}
OF_NODE = {"segment": 3, "rudder": 3, "posthog": 3, "otlp": 2}
OF_BROWSERS = {"segment": 3, "rudder": 3, "jitsu": 3, "snowplow": 2, "posthog": 3}
#: Posts in which they come; others send one an event.
POSTS = {"snowplow": 1}


def posts(folder: Path, command: Sequence[str], more: Sequence[str], events: int) -> None:
    """Run a client before a door of its own, then all that landed into gold."""
    keys, landing = folder / "collect.yaml", folder / "landing"
    key = add_key(keys, "website", [], 0)
    with door(landing, "--keys", str(keys)) as (process, port):
        told = subprocess.run(
            [*command, str(port), key, *more], cwd=folder, capture_output=True, text=True, check=False, timeout=120
        )
        assert told.returncode == 0, told.stderr
        process.terminate()
        assert process.wait(20) == 0
    ids = landed(landing, "clickstream")
    assert (len(ids), len(set(ids))) == (events, events)
    said = _marketpulse(folder, "run", "--landing", str(landing), "--select", "+gold.fct_sessions")
    assert said.returncode == 0, said.stderr
    counted = "select (select count(*) from silver.clicks), (select sum(event_count) from gold.fct_sessions)"
    silver, gold = _marketpulse(folder, "query", counted, "--format", "csv").stdout.split()[-1].split(",")
    # What a server says of a person before their first page is of no visit.
    assert (int(silver), 1 <= int(gold) <= events) == (events, True)


def _marketpulse(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "marketpulse", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.skipif(not PYTHON, reason="no client of Python posted: make sdks installs them")
@pytest.mark.parametrize("name", OF_PYTHON)
def test_what_a_client_of_python_posts_is_kept_once_and_found_in_gold(tmp_path: Path, name: str) -> None:
    posts(tmp_path, [PYTHON, str(HERE / "clients.py"), name], [], OF_PYTHON[name])


@pytest.mark.skipif(not NODE, reason="no client of Node posted: make sdks needs npm (nodejs npm)")
@pytest.mark.parametrize("name", OF_NODE)
def test_what_a_client_of_node_posts_is_kept_once_and_found_in_gold(tmp_path: Path, name: str) -> None:
    _beside_its_modules(tmp_path, "clients.cjs")
    posts(tmp_path, ["node", "clients.cjs", name], [], OF_NODE[name])


@pytest.mark.skipif(
    not NODE or not Path(CHROMIUM).exists(),
    reason="no client posted from a browser: make sdks needs npm and Chromium (nodejs npm chromium)",
)
@pytest.mark.parametrize("name", OF_BROWSERS)
def test_what_a_page_in_a_browser_posts_is_kept_once_and_found_in_gold(tmp_path: Path, name: str) -> None:
    _beside_its_modules(tmp_path, "browser.mjs", "shop.js")
    events = OF_BROWSERS[name]
    posts(tmp_path, ["node", "browser.mjs", name], [str(POSTS.get(name, events))], events)


def _beside_its_modules(folder: Path, *files: str) -> None:
    (folder / "node_modules").symlink_to(Path(NODE).resolve() / "node_modules")
    for file in files:
        shutil.copy(HERE / file, folder)
