"""Build what AWS needs, from the lock file, into one folder: `make package`.

wheel           marketpulse itself
glue_libs       its wheel and all it needs, for Glue's --additional-python-modules, without an index
emr_venv        the same, unpacked as a virtual environment that may lie anywhere
…_py313         these two for Spark 4 (Glue 6.0, emr-spark-8.1), whose Python is another
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
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from archive import write_tar, write_zip
from libraries import bundled, environment, for_python, own_wheel, pip
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
#: Ends of names to the Python that these are for: that of Glue 5.1 and EMR 7, that of Glue 6.0 and emr-spark-8.1.
RUNTIMES = {"": "3.11", "_py313": "3.13"}


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="Folder to write.")
    parser.add_argument(
        "--bin", type=Path, default=Path("/usr/bin"), help="Folder of python3.11 and python3.13 on EMR."
    )
    parser.add_argument("--database", default=DATABASE, help="Glue database of gold, for redshift.")
    parser.add_argument("--role-arn", default="default", help="Role of Redshift; default: that of its namespace.")
    parser.add_argument("--exports", default=EXPORTS, help="S3 folder that Redshift unloads to.")
    given = parser.parse_args()
    options = Options(given.database, given.role_arn, exports=given.exports)
    for name, entry in build(given.output, given.bin, options).items():
        print(f"{name:<16}{entry['bytes']:>13,}  {entry['file']}")


def build(output: Path, pythons: Path, redshift: Options) -> dict[str, dict[str, object]]:
    """Write everything; what the manifest says. `pythons` is the folder of Python on EMR."""
    shutil.rmtree(output, ignore_errors=True)
    (output / "jobs").mkdir(parents=True)
    files = {script.stem: output / "jobs" / script.name for script in sorted((ROOT / "jobs").glob("*.py"))}
    for name, target in files.items():
        shutil.copyfile(ROOT / "jobs" / f"{name}.py", target)
    with tempfile.TemporaryDirectory() as scratch:
        files["wheel"] = Path(shutil.copy(own_wheel(Path(scratch)), output))
        for end, python in RUNTIMES.items():
            wheels = bundled(Path(scratch) / f"wheels{end}", files["wheel"], python)
            files[f"glue_libs{end}"] = output / f"glue-libs{end.replace('_', '-')}.gluewheels.zip"
            write_zip(files[f"glue_libs{end}"], {f"wheels/{path.name}": path for path in wheels.iterdir()})
            files[f"emr_venv{end}"] = output / f"emr-venv{end.replace('_', '-')}.tar.gz"
            folder = environment(Path(scratch) / f"environment{end}", wheels, pythons, python)
            write_tar(files[f"emr_venv{end}"], folder)
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


def _python_shell(folder: Path) -> dict[str, Path]:
    """Files of the libraries that the scripts of Glue's Python shell need, by their names below `sys.path`.

    Wheels in `--extra-py-files` would be installed one by one, each asking an index for what it depends on.
    """
    pins = ["--require-hashes", "--no-deps", "--requirement", str(ROOT / "package" / "python_shell.txt")]
    place = ["--python-version", "3.9", "--only-binary", ":all:", "--no-compile", "--target", str(folder)]
    pip("install", *pins, *place)
    shutil.rmtree(folder / "bin", ignore_errors=True)
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _delivery(scratch: Path, wheel: Path) -> dict[str, Path]:
    """Files of the door's code and its libraries, by their names below `sys.path`."""
    folder, lock = scratch / "delivery", scratch / "delivery.txt"
    lock.write_text("".join(locked_of(*_OF_THE_DOOR).values()), encoding="utf-8")
    place = ["--no-deps", "--no-compile", "--target", str(folder), *for_python(RUNTIMES[""])]
    pip("install", "--require-hashes", "--requirement", str(lock), *place)
    # By its name, not its path: pip writes down where a path was.
    found = ["--no-index", "--find-links", str(wheel.parent), "marketpulse"]
    pip("install", "--no-deps", "--no-compile", "--target", str(folder), *found)
    shutil.rmtree(folder / "bin", ignore_errors=True)
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _entry(path: Path, output: Path) -> dict[str, object]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"file": path.relative_to(output).as_posix(), "sha256": digest, "bytes": path.stat().st_size}


if __name__ == "__main__":
    main()
