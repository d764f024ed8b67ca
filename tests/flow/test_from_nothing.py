"""A project that extends nothing has its own tables and no others."""

from __future__ import annotations

from pathlib import Path

from marketpulse import flow
from marketpulse.project.owned import owned
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
from tests.packs import LIBRARY, write
from tests.shop import table_rows


def test_one_feed_gives_its_tables_and_the_platforms_own(tmp_path: Path) -> None:
    project = load_project(write(tmp_path / "library", LIBRARY))
    write(tmp_path / "landing", {"loans/ingest_date=2026-03-10/loans.csv": "id,day\nL-1,2026-03-10\nL-2,2026-03-10\n"})
    assert list(project.sources) == ["loans"]
    assert set(project.tables) == {"silver.loans", "silver.quarantine", "gold.agg_loans"}
    with open_context(Settings(tmp_path / "landing", tmp_path / "warehouse"), project) as context:
        assert flow.run(context, flow.Options()).ok
        made = set(context.lake.names())
        assert [row[1] for row in table_rows(context, "gold.agg_loans")] == [2]
    assert made - set(owned()) == {"bronze.loans", "silver.loans", "gold.agg_loans"}
