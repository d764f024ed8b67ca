"""A package that was signed is checked; anything that was changed on its way is told."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from package.signed import MANIFEST, main

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="NOT TESTED: ssh-keygen is not installed")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A signed package of one file; `signers` beside it allows `release`."""
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "job.py").write_text("print(1)\n")
    digest = hashlib.sha256((dist / "job.py").read_bytes()).hexdigest()
    (dist / MANIFEST).write_text(json.dumps({"job": {"file": "job.py", "sha256": digest}}))
    for key in ("key", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / key)], check=True)
    (tmp_path / "signers").write_text(f"release {(tmp_path / 'key.pub').read_text()}")
    assert main(["sign", str(dist), str(tmp_path / "key")]) == 0
    return dist


def checked(dist: Path, name: str = "release") -> int:
    return main(["check", str(dist), str(dist.parent / "signers"), name])


def test_a_package_is_as_it_was_signed(dist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(dist) == 0
    assert "as it was signed" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["file", "manifest", "gone", "unsigned"])
def test_what_was_changed_on_its_way_is_told(dist: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    if what == "file":
        (dist / "job.py").write_text("print(2)\n")
    elif what == "manifest":
        (dist / MANIFEST).write_text((dist / MANIFEST).read_text() + " ")
    elif what == "gone":
        (dist / "job.py").unlink()
    else:
        (dist / f"{MANIFEST}.sig").unlink()
    assert checked(dist) == 1
    assert "job.py" in capsys.readouterr().out or what in ("manifest", "unsigned")


def test_another_key_or_another_name_signs_nothing(dist: Path) -> None:
    assert checked(dist, "somebody") == 1
    assert main(["sign", str(dist), str(dist.parent / "other")]) == 0
    assert checked(dist) == 1


def test_a_wrong_command_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sign"]) == 2
    assert "DIST KEY" in capsys.readouterr().out
