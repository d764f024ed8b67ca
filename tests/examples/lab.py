"""An example of `examples/` with a landing zone and a warehouse of its own."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from marketpulse import flow
from marketpulse.run.context import open_context
from marketpulse.run.report import FeedCounts, RunReport
from marketpulse.serving.headlines import Headline, headlines
from marketpulse.serving.query import stream
from marketpulse.settings import Settings
from tests.projects import project_at

EXAMPLES = Path(__file__).parents[2] / "examples"


class Example:
    """One example, run under `root`."""

    def __init__(self, name: str, root: Path) -> None:
        self.folder = EXAMPLES / name
        self.landing = root / "landing"
        self.landing.mkdir()
        self.settings = Settings(self.landing, root / "warehouse", self.folder, role="steward")

    def script(self, name: str) -> ModuleType:
        """A Python file of the example, imported."""
        spec = importlib.util.spec_from_file_location(f"{self.folder.name}_{name}", self.folder / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def land(self, name: str, text: str) -> None:
        """Land a file; `name` is its path inside the landing zone."""
        target = self.landing / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")

    def run(self, *select: str) -> RunReport:
        """Run the flow."""
        with open_context(self.settings, project_at(self.folder)) as context:
            return flow.run(context, flow.Options(list(select)))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with open_context(self.settings, project_at(self.folder)) as context:
            table = stream(context, query).read_all()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def headlines(self) -> list[Headline]:
        """The headlines of the example."""
        with open_context(self.settings, project_at(self.folder)) as context:
            return headlines(context)


def counts(report: RunReport, table: str, feed: str) -> FeedCounts:
    """What a run counted of a feed in a table; every row accounted for."""
    found = next(f for t in report.tables if t.name == table for f in t.feeds if f.source == feed)
    assert found.conserved
    return found


def built(report: RunReport) -> None:
    """Nothing was blocked, failed or skipped."""
    assert [(t.name, t.status, t.message) for t in report.tables if t.status not in ("built", "up to date")] == []
    assert report.ok
