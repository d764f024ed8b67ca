"""Incremental equals full refresh on Spark, and both equal one run on DuckDB, for a few random histories."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from tests.flow import history as h
from tests.spark import CONF, need_spark


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(h.histories())
def test_any_history_of_files_gives_the_tables_of_one_run_on_the_other_engine(history: list[h.Landing]) -> None:
    need_spark()
    with tempfile.TemporaryDirectory() as folder:
        shop = h.shop_at(Path(folder) / "piecemeal")
        shop.settings = replace(shop.settings, engine="spark", spark=dict(CONF))
        h.piecemeal_in(shop, history)
        found = h.content(shop)
        h.same(h.content(h.at_once(history, Path(folder) / "at_once")), found)
        assert shop.run(full_refresh=True, chunk_rows=3).ok
        h.same(h.content(shop), found)
