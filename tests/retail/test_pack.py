"""The retail pack: found by its names, whole in the wheel, and nowhere in the platform."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from marketpulse.project.packs import find_pack
from marketpulse.project.project import load_project
from marketpulse_retail import PACK

ROOT = Path(__file__).parents[2]
PLATFORM = ROOT / "src" / "marketpulse"
#: Words of the pack that the platform may say: (file, word) and why. Best kept empty.
ALLOWED: dict[tuple[str, str], str] = {
    ("authoring/numbers.py", "clicks"): "a word in headers of what is counted",
    ("authoring/numbers.py", "sales"): "the same",
    ("door/dialects/ga4.py", "products"): "what the Segment spec calls the items of an event",
    ("door/dialects/snowplow.py", "products"): "the same",
}


def _words() -> list[str]:
    """Names of the pack's feeds and tables, and of its trade."""
    project = load_project(PACK.folder)
    tables = [name.split(".")[1] for name, table in project.tables.items() if not table.contract.managed]
    return sorted({*project.sources, *tables, "retail", "marketpulse_retail"})


def _said(folder: Path, words: list[str]) -> Iterator[tuple[str, str, str]]:
    """(file, word, file:line) of each of the words in the texts below a folder."""
    pattern = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(words)})(?![A-Za-z0-9_])", re.IGNORECASE)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            name = path.relative_to(folder).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                yield from ((name, word.lower(), f"{name}:{number}") for word in pattern.findall(line))


def test_the_platform_names_no_feed_and_no_table_of_the_pack() -> None:
    words = _words()
    found = list(_said(PLATFORM, words))
    assert [f"{place} says {word}" for name, word, place in found if (name, word) not in ALLOWED] == []
    assert ALLOWED.keys() <= {(name, word) for name, word, _ in found}
    assert {word for _, word, _ in _said(PACK.folder / "gold", words)} >= {"sales", "fct_sales", "dim_product"}


def test_it_has_two_names() -> None:
    assert find_pack("retail") == find_pack("marketpulse") == PACK


def test_the_wheel_carries_every_definition() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    there = {path.name for path in PACK.folder.iterdir()} - {"README.md", "marketpulse_retail", "__pycache__"}
    of_retail = {f"retail/{name}": f"marketpulse_retail/lakehouse/{name}" for name in there}
    runbook = {"docs/runbook.md": "marketpulse/console/runbook.md"}  # a page of the console
    assert wheel["force-include"] == of_retail | runbook
