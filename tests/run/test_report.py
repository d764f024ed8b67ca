"""What a run says of itself: rows are conserved, and it went well only when everything did."""

from __future__ import annotations

import pytest

from marketpulse.run.report import FeedCounts, FeedReport, RunReport, Status, TableReport


def test_rows_are_conserved_when_every_row_read_went_one_way() -> None:
    counts = FeedCounts("sales", read=10, accepted=4, deduplicated=3, quarantined=2, filtered=1, replaced=7)
    assert counts.conserved
    counts.filtered += 1
    assert not counts.conserved


def test_the_summary_of_a_snapshot_has_every_number_under_the_name_of_its_feed() -> None:
    counts = FeedCounts("sales", read=3, accepted=2, deduplicated=1)
    assert counts.summary() == {
        "marketpulse.sales.rows-read": "3",
        "marketpulse.sales.rows-accepted": "2",
        "marketpulse.sales.rows-deduplicated": "1",
        "marketpulse.sales.rows-quarantined": "0",
        "marketpulse.sales.rows-filtered": "0",
        "marketpulse.sales.rows-replaced": "0",
        "marketpulse.sales.rows-removed": "0",
    }


@pytest.mark.parametrize(
    ("status", "ok"), [("built", True), ("up to date", True), ("blocked", False), ("skipped", False), ("failed", False)]
)
def test_a_run_went_well_when_every_table_did(status: Status, ok: bool) -> None:
    assert RunReport("r", tables=[TableReport("gold.a"), TableReport("gold.b", status)]).ok is ok


def test_a_file_that_was_left_out_is_no_success_and_a_link_that_was_passed_by_is() -> None:
    assert not RunReport("r", feeds=[FeedReport("sales", blocked=[{"file": "a.csv", "message": "no"}])]).ok
    assert RunReport("r", feeds=[FeedReport("sales", refused=[{"file": "a.csv", "message": "a link"}])]).ok
