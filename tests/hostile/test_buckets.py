"""Buckets named by text from outside: whatever it says, it stays inside its folder and comes back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shop import MiniShop, contract, result

pytestmark = pytest.mark.engines(always=False)

TRICKS = [
    "../../x",
    "a=b", "%2F", "a/b", "'; drop table x; --", "__HIVE_DEFAULT_PARTITION__", "New\nLine", "*?[a]", ".", "..",
    "name=x", "ü", " ", "{table}", "$(id)", "\U0001f480",
]  # fmt: skip


@pytest.fixture
def by_label(shop: MiniShop) -> MiniShop:
    """A shop whose clicks and a gold table are bucketed by a text column."""
    columns = [
        ("event_id", "string", "key"),
        ("day", "date", ""),
        ("event_at", "timestamp", ""),
        ("name", "string", "bucket"),
    ]
    merge = "{property: merge, value: {policy: latest}}\n  - {property: rejectedShareLimit, value: 1}"
    shop.write("silver/clicks/contract.yaml", contract("silver.clicks", columns, merge))
    inputs = "{property: inputs, value: [{table: silver.clicks, column: name}]}"
    gold = [("name", "string", "key bucket"), ("events", "long", "")]
    shop.write("gold/agg_names/contract.yaml", contract("gold.agg_names", gold, inputs))
    shop.write("gold/agg_names/model.sql", "select name, count(*) as events from silver.clicks group by name\n")
    return shop


def land(shop: MiniShop, names: list[str | None], file: str) -> None:
    rows = [{"id": f"{file}{n}", "ts": "2026-01-01T00:00:01Z", "name": name} for n, name in enumerate(names)]
    shop.land(f"clicks/{file}.json", "".join(json.dumps(row) + "\n" for row in rows))


def test_any_text_may_name_a_bucket(by_label: MiniShop) -> None:
    land(by_label, [*TRICKS, ""], "a")
    assert by_label.run().ok
    assert sorted(row[0] for row in by_label.rows("gold.agg_names")) == sorted([*TRICKS, ""])
    outside = [p for p in Path(by_label.root).rglob("*.parquet") if not p.is_relative_to(by_label.root / "warehouse")]
    assert outside == []


def test_only_the_buckets_that_changed_are_rebuilt(by_label: MiniShop) -> None:
    land(by_label, TRICKS, "a")
    by_label.run()
    land(by_label, [TRICKS[0], TRICKS[4]], "b")
    built = result(by_label.run(), "gold.agg_names")
    assert built.rows_written == 2
    assert {row[0] for row in by_label.rows("gold.agg_names") if row[1] == 2} == {TRICKS[0], TRICKS[4]}


def test_a_bucket_that_is_missing_or_too_long_for_a_folder_is_quarantined(by_label: MiniShop) -> None:
    land(by_label, ["x" * 300, "ü" * 60, None, "fine"], "a")
    assert by_label.run().ok
    assert [row[0] for row in by_label.rows("gold.agg_names")] == ["fine"]
    reasons = " ".join(row[8] for row in by_label.rows("silver.quarantine"))
    assert "name is too long to name a bucket" in reasons
    assert "name is missing" in reasons
