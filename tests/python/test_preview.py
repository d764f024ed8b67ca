"""The first rows as text and HTML: what stands in them is no markup and steers nothing."""

from __future__ import annotations

from html.parser import HTMLParser

import pyarrow as pa
import pytest

from marketpulse.errors import UsageError
from marketpulse.metrics.metric import Metric
from marketpulse.python.result import Result

HOSTILE = "<script>alert(1)</script>\x1b]52;c;eA==\x07\u202e&amp;'\""


class _Read(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_hostile_names_values_and_notes_are_texts() -> None:
    table = pa.table({HOSTILE: [HOSTILE], "amount": [1]})
    result = Result.of(HOSTILE, table, notes=(HOSTILE,))
    read = _Read(result._repr_html_())
    assert "script" not in read.tags
    assert "\x1b" not in result._repr_html_()
    assert sum("<script>alert(1)</script>" in text for text in read.texts) >= 3
    assert "\x1b" not in repr(result)
    assert "\u202e" not in repr(result)


def test_rows_stop_at_ten_numbers_have_their_separators_and_names_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    many = pa.table(
        {"order_id": range(1_000, 1_012), "amount": [1_234] * 12, "text": ["x" * 90] * 12, "日本": range(12)}
    )
    shown = repr(Result.of("gold.x", many)).splitlines()
    assert shown[1].split() == ["order_id", "amount"]
    assert shown[3].split() == ["1000", "1,234"]
    assert shown[-2:] == ["… and text, 日本", "the first 10 rows"]
    assert max(map(len, shown)) <= 40
    assert repr(Result.of("nothing", many.slice(0, 0))).endswith("0 rows")


def test_a_metric_shows_its_unit_and_is_written_as_it_says() -> None:
    rate = Metric("rate", "", "share")
    table = pa.table({"rate": [0.0321], "rate_before": [None], "rate_change": [0.5], "rate_share": [0.25]})
    result = Result.of("Rate", table, metrics={"rate": rate})
    assert repr(result).splitlines()[2:4] == [
        "share        share        share       share",
        "3.2 %            –      +50.0 %      25.0 %",
    ]
    assert "<small>share</small>" in result._repr_html_()


def test_what_goes_wrong_is_told_in_place_of_the_rows() -> None:
    def refuses() -> None:
        raise UsageError("there is <no> table", hint="look")

    result = Result("query", refuses)  # type: ignore[arg-type]
    assert repr(result) == "query\nthere is <no> table (look)"
    assert "there is &lt;no&gt; table (look)" in result._repr_html_()
