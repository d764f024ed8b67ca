"""Workflows of GitHub: no key is stored, every action is pinned, what they run is there, and who asks is asked for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.readmes import INFRA

ROOT = INFRA.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ROLE = "arn:aws:iam::123456789012:role/marketpulse-github-plan"
ANSWER = """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2026-11-30T10:00:00Z</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""


def steps(path: Path) -> list[dict[str, Any]]:
    """Every step of a workflow."""
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_there_are_three() -> None:
    assert [path.stem for path in WORKFLOWS] == ["aws-test", "drift", "plan"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_key_is_stored_and_little_is_allowed(path: Path) -> None:
    text = path.read_text()
    assert "secrets." not in text
    assert "aws_secret_access_key" not in text.lower()
    assert yaml.safe_load(text)["permissions"] == {"contents": "read", "id-token": "write"}
    assert "pull_request_target" not in text, "a fork would run with our rights"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_what_runs_is_there(path: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for used in re.findall(r"uses: (.*)", path.read_text()):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", used), used
    for run in (step["run"] for step in steps(path) if "run" in step):
        assert all(target in targets for target in re.findall(r"\bmake ([a-z-]+)", run)), run
        assert all((ROOT / script).exists() for script in re.findall(r"infra/bin/[\w-]+", run)), run


def test_a_sandbox_is_never_two() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "aws-test.yml").read_text())
    assert workflow["concurrency"]
    assert workflow["jobs"]["sandbox"]["environment"] in (INFRA / "bootstrap" / "github.tf").read_text()


class Github(BaseHTTPRequestHandler):
    """GitHub's tokens, and STS."""

    asked: list[str]

    def do_GET(self) -> None:
        self._said(f"{self.path} {self.headers['Authorization']}", json.dumps({"value": "who-asks"}))

    def do_POST(self) -> None:
        self._said(self.rfile.read(int(self.headers["Content-Length"])).decode(), ANSWER)

    def _said(self, asked: str, answer: str) -> None:
        self.asked.append(asked)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def github() -> Iterator[tuple[dict[str, str], list[str]]]:
    """What a job meets, and what was asked."""
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Asked", (Github,), {"asked": asked}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    request = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/token?job=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job"}
    yield request | {"AWS_ENDPOINT_URL_STS": url}, asked
    server.shutdown()
    server.server_close()


def credentials(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(INFRA / "bin" / "github-credentials"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_credentials_are_an_hour_of_the_role(github: tuple[dict[str, str], list[str]]) -> None:
    env, asked = github
    done = credentials(env, ROLE)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said == {
        "Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "s", "SessionToken": "t",
        "Expiration": "2026-11-30T10:00:00Z",
    }  # fmt: skip
    assert asked[0] == "/token?job=1&audience=sts.amazonaws.com Bearer job"
    assert "WebIdentityToken=who-asks" in asked[1]
    assert "role%2Fmarketpulse-github-plan" in asked[1]


def test_outside_of_a_job_there_are_none() -> None:
    done = credentials({}, ROLE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "id-token: write" in done.stderr
