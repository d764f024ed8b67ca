"""Packs for tests, installed as pip installs them: a package with a project folder, and the metadata that names it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.shop import contract

#: A library that counts loans: one feed, one silver and one gold table.
LIBRARY = {
    "project.yaml": "name: library\n",
    "sources/loans.yaml": "name: loans\ndescription: Loans.\nowner: desk\nformat: csv\nrequired: [id, day]\n",
    "silver/loans/from_loans.sql": "select id, day from bronze.loans\n",
    "silver/loans/contract.yaml": contract(
        "silver.loans",
        [("id", "string", "key"), ("day", "date", "bucket")],
        "{property: merge, value: {policy: latest}}",
    ),
    "gold/agg_loans/model.sql": "select day, count(*) as loan_count from silver.loans group by day\n",
    "gold/agg_loans/contract.yaml": contract(
        "gold.agg_loans",
        [("day", "date", "key bucket"), ("loan_count", "long", "")],
        "{property: inputs, value: [{table: silver.loans, column: day}]}",
    ),
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a project."""
    for place, text in files.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def install(site: Path, name: str, package: str = "", code: str = "", commands: str = "") -> Path:
    """Install a pack `name` with the library's tables into the folder `site`; the project folder.

    `package` is its Python package (default: `<name>_pack`), `code` more lines of it, `commands` lines of the group
    of commands.
    """
    package = package or f"{name}_pack"
    lines = f"from pathlib import Path\nfrom marketpulse.project.packs import Pack\nPACK = Pack('{name}', "
    lines += f"Path(__file__).parent / 'project')\n{code}"
    write(site / package, {"__init__.py": lines})
    points = f"[marketpulse.packs]\n{name} = {package}:PACK\n\n[marketpulse.commands]\n{commands}\n"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
    write(site / f"{package}-1.0.dist-info", {"METADATA": metadata, "entry_points.txt": points})
    return write(site / package / "project", LIBRARY | {"project.yaml": f"name: {name}\n"})


def alone(monkeypatch: pytest.MonkeyPatch, *sites: Path) -> None:
    """Nothing is installed but what lies in `sites` (what was imported before stays imported)."""
    kept = [place for place in sys.path if not list(Path(place).glob("marketpulse-*.dist-info"))]
    monkeypatch.setattr(sys, "path", [*map(str, sites), *kept])
