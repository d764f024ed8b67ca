"""A small package: the real scripts and the real SQL, and archives that only have their names."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

from marketpulse.project.project import load_project
from marketpulse.serving.redshift.plan import Options, ddl

ROOT = Path(__file__).parents[2]
SCRIPTS = ("emr_job", "glue_job", "glue_redshift", "glue_start_emr")
ARCHIVES = {
    "emr_venv": "emr-venv.tar.gz",
    "emr_venv_py313": "emr-venv-py313.tar.gz",
    "glue_libs": "glue-libs.gluewheels.zip",
    "glue_libs_py313": "glue-libs-py313.gluewheels.zip",
    "wheel": "marketpulse-0.1.0-py3-none-any.whl",
}
# What package/build.py leaves open for each environment; modules/platform/artifacts.tf fills it in.
OPTIONS = Options("marketpulse_env_gold", "default", exports="s3://marketpulse-env-gold/_exports")


def make(folder: Path) -> Path:
    """Write manifest and files, as `make package` does."""
    (folder / "jobs").mkdir(parents=True, exist_ok=True)
    files = {script: f"jobs/{script}.py" for script in SCRIPTS} | ARCHIVES | {"redshift": "redshift.json"}
    for script in SCRIPTS:
        shutil.copy(ROOT / "jobs" / f"{script}.py", folder / "jobs")
    for file in ARCHIVES.values():
        (folder / file).write_text(f"stands for {file}\n")
    inside = {name: ROOT / "jobs" / f"{name}.py" for name in ("deliver_events", "endpoint_key", "start_workflow")}
    for name, path in (inside | {"shell_libs": Path(__file__)}).items():
        files[name] = f"{name}.zip"
        with zipfile.ZipFile(folder / files[name], "w") as archive:
            archive.write(path, f"{name}.py")
    statements = [each.sql for each in ddl(load_project(), OPTIONS) if each.when != "demand"]
    (folder / "redshift.json").write_text(json.dumps(statements))
    entries = {name: {"file": file, "sha256": digest(folder / file)} for name, file in files.items()}
    (folder / "manifest.json").write_text(json.dumps(entries, indent=1))
    return folder


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
