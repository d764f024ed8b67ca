"""Each recipe does what its folder says: its invented files give its expected tables, in any order of arrival."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from marketpulse import flow
from marketpulse.authoring.apart import rows_of
from marketpulse.names import LINEAGE, QUARANTINE
from marketpulse.project.project import load_project
from marketpulse.run.context import Context, open_context
from marketpulse.run.validate import validate
from marketpulse.settings import Settings

RECIPES = Path(__file__).parents[2] / "recipes"
NAMES = sorted(path.parent.name for path in RECIPES.glob("*/project.yaml"))
REJECTED = "rejected"


def told(value: object) -> str:
    """A value as CSV has it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def results(context: Context) -> dict[str, list[list[str]]]:
    """Every table of the project's own, and what was rejected, as rows of CSV with a header."""
    found = {}
    for name, table in context.project.tables.items():
        if not table.contract.managed:
            columns = [column for column in table.contract.types if column not in LINEAGE]
            rows = sorted([told(row[column]) for column in columns] for row in rows_of(context, name, ""))
            found[name] = [columns, *rows]
    still = rows_of(context, QUARANTINE, "where status = 'open'")
    rejects = [(row["table_name"], row["source_file"], str(row["source_row"]), each["message"])
               for row in still for each in json.loads(row["errors"])]  # fmt: skip
    return found | {REJECTED: [["table", "file", "row", "reason"], *map(list, sorted(rejects))]}


def expected(folder: Path) -> dict[str, list[list[str]]]:
    """The tables of a recipe's folder `expected`."""
    found = {}
    for path in sorted((folder / "expected").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found[path.stem] = list(csv.reader(lines))
    return found


def run(settings: Settings, recipe: str, files: list[Path]) -> dict[str, list[list[str]]]:
    """Land files one by one, a run after each; what there is in the end."""
    with_files = {}
    for file in files:
        target = Path(settings.landing_place) / file.relative_to(RECIPES / recipe / "landing")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        with open_context(settings, load_project(RECIPES / recipe)) as context:
            report = flow.run(context, flow.Options())
            assert report.ok, report
            with_files = results(context)
    return with_files


@pytest.mark.parametrize("recipe", NAMES)
def test_a_recipe_gives_what_it_says(recipe: str, tmp_path: Path) -> None:
    checked = validate(RECIPES / recipe)
    assert (checked.ok, checked.warnings) == (True, ()), checked
    files = sorted(path for path in (RECIPES / recipe / "landing").rglob("*") if path.is_file())
    settings = Settings(tmp_path / "landing", tmp_path / "warehouse", RECIPES / recipe, memory_mb=512)
    assert run(settings, recipe, files[::-1]) == expected(RECIPES / recipe)


def test_the_index_names_every_recipe() -> None:
    index = (RECIPES / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"]({name}/)" not in index] == []
