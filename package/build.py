"""Build what AWS needs, from the lock file, into one folder: `make package`.

wheel           marketpulse itself
glue_libs       its wheel and all it needs, for Glue's --additional-python-modules, without an index
emr_venv        the same, unpacked as a virtual environment that may lie anywhere
deliver_events  the function that says what lands of events: its script, the wheel's code and the libraries of the door
collector       what the collector's image is made of: Containerfile, and its libraries with their hashes
shell_libs      libraries for Glue's Python shell (python_shell.txt), a zip that its scripts unpack themselves
<job>           each script of jobs/, functions of Lambda as zips
redshift        the SQL that serves gold, a JSON list of statements in order
sbom            what all of it is made of (CycloneDX)
manifest.json   name -> file and SHA-256; the same sources give the same bytes
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from archive import write_tar, write_zip
from locked import ROOT, locked, locked_of
from sbom import bill

from marketpulse.project.project import load_project
from marketpulse.serving.redshift.plan import Options, ddl

#: One package serves every environment: Terraform puts its own names in the place of these two.
DATABASE, EXPORTS = "marketpulse_env_gold", "s3://marketpulse-env-gold/_exports"
#: Scripts of jobs/ that are functions of Lambda.
FUNCTIONS = ("endpoint_key", "start_workflow")
#: What the door's code needs that Lambda's Python has not.
_OF_THE_DOOR = ("orjson", "pydantic", "pyyaml", "sqlglot")
#: Python of Glue 5.1, of the environment on EMR, and of the function of events.
PYTHON = "3.11"
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="Folder to write.")
    parser.add_argument("--python", type=Path, default=Path("/usr/bin/python3.11"), help="Python on EMR.")
    parser.add_argument("--database", default=DATABASE, help="Glue database of gold, for redshift.")
    parser.add_argument("--role-arn", default="default", help="Role of Redshift; default: that of its namespace.")
    parser.add_argument("--exports", default=EXPORTS, help="S3 folder that Redshift unloads to.")
    given = parser.parse_args()
    options = Options(given.database, given.role_arn, exports=given.exports)
    for name, entry in build(given.output, given.python, options).items():
        print(f"{name:<16}{entry['bytes']:>13,}  {entry['file']}")


def build(output: Path, python: Path, redshift: Options) -> dict[str, dict[str, object]]:
    """Write everything; what the manifest says."""
    shutil.rmtree(output, ignore_errors=True)
    (output / "jobs").mkdir(parents=True)
    files = {script.stem: output / "jobs" / script.name for script in sorted((ROOT / "jobs").glob("*.py"))}
    for name, target in files.items():
        shutil.copyfile(ROOT / "jobs" / f"{name}.py", target)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = _wheels(Path(scratch))
        files["wheel"] = Path(shutil.copy(next(wheels.glob("marketpulse-*.whl")), output))
        files["glue_libs"] = output / "glue-libs.gluewheels.zip"
        write_zip(files["glue_libs"], {f"wheels/{path.name}": path for path in wheels.iterdir()})
        files["emr_venv"] = output / "emr-venv.tar.gz"
        write_tar(files["emr_venv"], _environment(Path(scratch) / "environment", wheels, python))
        files["shell_libs"] = output / "shell-libs.zip"
        write_zip(files["shell_libs"], _python_shell(Path(scratch) / "shell"), compressed=True)
        inside = _delivery(Path(scratch), files["wheel"]) | {"deliver_events.py": ROOT / "jobs" / "deliver_events.py"}
        files["deliver_events"] = output / "deliver-events.zip"
        write_zip(files["deliver_events"], inside, compressed=True)
    for name in FUNCTIONS:
        files[name] = output / f"{name.replace('_', '-')}.zip"
        write_zip(files[name], {f"{name}.py": ROOT / "jobs" / f"{name}.py"})
    files["collector"] = output / "collector.txt"
    files["collector"].write_text("".join(locked("aws", "collect").values()), encoding="utf-8")
    files["containerfile"] = Path(shutil.copy(ROOT / "package" / "Containerfile", output))
    files["redshift"] = output / "redshift.json"
    statements = [s.sql for s in ddl(load_project(), redshift) if s.when != "demand"]
    files["redshift"].write_text(json.dumps(statements, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    files["sbom"] = output / "sbom.json"
    files["sbom"].write_text(bill("marketpulse", version("marketpulse"), locked("aws")), encoding="utf-8")
    manifest = {name: _entry(path, output) for name, path in sorted(files.items())}
    (output / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _wheels(scratch: Path) -> Path:
    """Folder of wheels: the project's own, the locked ones of all it needs on AWS, and their requirements.txt."""
    wheels = scratch / "wheels"
    wheels.mkdir()
    lock = scratch / "lock.txt"
    blocks = locked("aws")
    lock.write_text("".join(blocks.values()), encoding="utf-8")
    platforms = [text for platform in _PLATFORMS for text in ("--platform", platform)]
    target = ["--python-version", PYTHON, "--implementation", "cp", *platforms, "--only-binary", ":all:"]
    _pip("download", "--require-hashes", "--no-deps", "--requirement", str(lock), "--dest", str(wheels), *target)
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
    pins = [block.split()[0] for block in blocks.values()]
    own = next(wheels.glob("marketpulse-*.whl")).name.split("-")
    text = "\n".join(sorted([*pins, f"{own[0]}=={own[1]}"])) + "\n"
    (wheels / "requirements.txt").write_text(text, encoding="utf-8")
    return wheels


def _python_shell(folder: Path) -> dict[str, Path]:
    """Files of the libraries that the scripts of Glue's Python shell need, by their names below `sys.path`.

    Wheels in `--extra-py-files` would be installed one by one, each asking an index for what it depends on.
    """
    pins = ["--require-hashes", "--no-deps", "--requirement", str(ROOT / "package" / "python_shell.txt")]
    place = ["--python-version", "3.9", "--only-binary", ":all:", "--no-compile", "--target", str(folder)]
    _pip("install", *pins, *place)
    shutil.rmtree(folder / "bin", ignore_errors=True)
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _delivery(scratch: Path, wheel: Path) -> dict[str, Path]:
    """Files of the door's code and its libraries, by their names below `sys.path`."""
    folder, lock = scratch / "delivery", scratch / "delivery.txt"
    lock.write_text("".join(locked_of(*_OF_THE_DOOR).values()), encoding="utf-8")
    place = ["--no-deps", "--no-compile", "--target", str(folder), "--python-version", PYTHON, "--implementation", "cp"]
    platforms = [text for platform in _PLATFORMS for text in ("--platform", platform)]
    _pip("install", "--require-hashes", "--requirement", str(lock), "--only-binary", ":all:", *place, *platforms)
    # By its name, not its path: pip writes down where a path was.
    found = ["--no-index", "--find-links", str(wheel.parent), "marketpulse"]
    _pip("install", "--no-deps", "--no-compile", "--target", str(folder), *found)
    shutil.rmtree(folder / "bin", ignore_errors=True)
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _environment(folder: Path, wheels: Path, python: Path) -> Path:
    """A virtual environment of the wheels whose Python is a link to `python`.

    Python looks for `pyvenv.cfg` beside the link it was started by, so the folder may lie anywhere; scripts, whose
    first line would name the place, are left out.
    """
    site = folder / "lib" / f"python{PYTHON}" / "site-packages"
    source = ["--no-index", "--find-links", str(wheels), "--requirement", str(wheels / "requirements.txt")]
    _pip("install", "--no-deps", "--no-compile", "--target", str(site), *source)
    shutil.rmtree(site / "bin", ignore_errors=True)
    (folder / "bin").mkdir()
    for name in ("python", "python3", f"python{PYTHON}"):
        (folder / "bin" / name).symlink_to(python)
    home = f"home = {python.parent}\ninclude-system-site-packages = false\nversion = {PYTHON}\n"
    (folder / "pyvenv.cfg").write_text(home, encoding="utf-8")
    return folder


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    # A wheel holds the times of its files: one fixed time gives the same bytes.
    subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"})


def _entry(path: Path, output: Path) -> dict[str, object]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"file": path.relative_to(output).as_posix(), "sha256": digest, "bytes": path.stat().st_size}


if __name__ == "__main__":
    main()
