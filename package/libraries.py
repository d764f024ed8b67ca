"""The project and all it needs on AWS, for one Python: as wheels, and as an environment that may lie anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from locked import ROOT, locked

_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def own_wheel(scratch: Path) -> Path:
    """The wheel of the project itself, made in `scratch`; it is for every Python."""
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(scratch / "own"), str(ROOT))
    (made,) = (scratch / "own").glob("marketpulse-*.whl")
    return made


def bundled(folder: Path, own: Path, python: str) -> Path:
    """`folder`, filled with the project's wheel, the locked ones of all it needs on AWS, and their requirements.txt."""
    folder.mkdir()
    blocks = locked("aws", python=python)
    lock = folder.with_suffix(".txt")
    lock.write_text("".join(blocks.values()), encoding="utf-8")
    wanted = ["--require-hashes", "--no-deps", "--requirement", str(lock), *for_python(python)]
    pip("download", *wanted, "--dest", str(folder))
    shutil.copy(own, folder)
    pins = [block.split()[0] for block in blocks.values()]
    name, release = own.name.split("-")[:2]
    (folder / "requirements.txt").write_text("\n".join(sorted([*pins, f"{name}=={release}"])) + "\n", encoding="utf-8")
    return folder


def environment(folder: Path, wheels: Path, pythons: Path, python: str) -> Path:
    """A virtual environment of the wheels whose Python is a link to that version in the folder `pythons`.

    Python looks for `pyvenv.cfg` beside the link it was started by, so the folder may lie anywhere; scripts, whose
    first line would name the place, are left out.
    """
    site = folder / "lib" / f"python{python}" / "site-packages"
    source = ["--no-index", "--find-links", str(wheels), "--requirement", str(wheels / "requirements.txt")]
    pip("install", "--no-deps", "--no-compile", "--target", str(site), *source, *for_python(python))
    shutil.rmtree(site / "bin", ignore_errors=True)
    (folder / "bin").mkdir()
    for name in ("python", "python3", f"python{python}"):
        (folder / "bin" / name).symlink_to(pythons / f"python{python}")
    home = f"home = {pythons}\ninclude-system-site-packages = false\nversion = {python}\n"
    (folder / "pyvenv.cfg").write_text(home, encoding="utf-8")
    return folder


def for_python(python: str) -> list[str]:
    """Pip's options for wheels that run on that version of CPython on x86-64 Linux, and for nothing but wheels."""
    platforms = [text for platform in _PLATFORMS for text in ("--platform", platform)]
    return ["--python-version", python, "--implementation", "cp", *platforms, "--only-binary", ":all:"]


def pip(*arguments: str) -> None:
    """Run pip; what it says when it fails is for the reader.

    Raises `CalledProcessError`.
    """
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    # A wheel holds the times of its files: one fixed time gives the same bytes.
    subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"})
