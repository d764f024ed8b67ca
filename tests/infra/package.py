"""A small package: the real scripts and the real SQL, and archives that only have their names."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from marketpulse.cli import app

ROOT = Path(__file__).parents[2]
SCRIPTS = ("emr_job", "glue_job", "glue_redshift", "glue_start_emr")
ARCHIVES = {"emr_venv": "emr-venv.tar.gz", "glue_libs": "glue-libs.zip", "wheel": "marketpulse-0.1.0-py3-none-any.whl"}
# What the package leaves open for each environment; modules/platform/artifacts.tf fills it in.
OPEN = ("--database", "marketpulse_env_gold", "--role-arn", "arn:aws:iam::000000000000:role/GOLD_ROLE")
EXPORTS = ("--exports", "s3://gold-bucket/_exports")


def make(folder: Path) -> Path:
    """Write manifest and files, as `make package` does."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for script in SCRIPTS:
        shutil.copy(ROOT / "jobs" / f"{script}.py", folder)
        manifest[script] = f"{script}.py"
    for name, file in ARCHIVES.items():
        (folder / file).write_text(f"stands for {file}\n")
        manifest[name] = file
    (folder / "redshift.json").write_text(statements())
    manifest["redshift"] = "redshift.json"
    entries = {name: {"file": file, "sha256": digest(folder / file)} for name, file in manifest.items()}
    (folder / "manifest.json").write_text(json.dumps(entries, indent=1))
    return folder


def statements() -> str:
    """The SQL of the packaged lakehouse."""
    result = CliRunner().invoke(app, ["redshift", "ddl", *OPEN, *EXPORTS, "--json"])
    assert result.exit_code == 0, result.output
    return result.output


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
