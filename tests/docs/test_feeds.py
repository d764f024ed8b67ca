"""docs/feeds.md says what the definitions say, and its examples are read without a complaint."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from marketpulse import flow
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
from tests.retail.lab import packaged

DOCS = Path(__file__).parents[2] / "docs"


def _page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_feeds", DOCS / "feeds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


feeds = _page()
#: All but what is for people to look at.
MAPPED = [source for source in packaged().sources.values() if source.collect != ("rejects",)]


def test_the_page_is_as_fresh_as_the_definitions() -> None:
    assert (DOCS / "feeds.md").read_text(encoding="utf-8") == feeds.feeds_page(packaged()), "run: make docs"


def test_every_column_that_a_feed_must_have_and_every_column_of_its_table_is_there() -> None:
    for source in MAPPED:
        readers = [each for each in packaged().tables.values() if source.table in each.queries]
        (table,) = [each for each in readers if each.queries[source.table].array is None]
        feed = feeds.Feed(packaged(), source, table)
        assert {*source.required, *source.optional} <= {*feed.fields}
        assert [field for field in feed.fields if feed._target(field) is None] == []
        reached = {path for name in feed.targets for path in feed.targets[name]}
        assert reached


@pytest.mark.parametrize(
    ("schema", "leaves"),
    [
        ("a STRING, b STRUCT<c: STRING, d: STRUCT<e: STRING>>, f INT", ["a", "b.c", "b.d.e", "f"]),
        ("a ARRAY<STRUCT<b: STRING, c: STRING>>, d ARRAY<STRING>", ["a[].b", "a[].c", "d"]),
    ],
)
def test_a_schema_is_its_leaves(schema: str, leaves: list[str]) -> None:
    assert list(feeds._leaves(schema)) == leaves


def test_every_example_is_accepted_whole(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "landing", tmp_path / "warehouse", memory_mb=512)
    for path in sorted(feeds.EXAMPLES.iterdir()):
        target = settings.landing / path.stem / "ingest_date=2026-03-02" / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    silver = [name for name, table in packaged().tables.items() if name.startswith("silver.") and table.queries]
    with open_context(settings, packaged()) as context:
        report = flow.run(context, flow.Options(silver))
    assert report.ok
    # Of a table of lists a record without one is left out.
    lists = {t.name for t in packaged().tables.values() if any(q.array is not None for q in t.queries.values())}
    counts = [counts for table in report.tables for counts in table.feeds if table.name not in lists]
    assert {counts.source for counts in counts} == {source.name for source in MAPPED}
    assert [each for each in counts if each.accepted != each.read or each.warnings] == []
