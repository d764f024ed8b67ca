"""What a job says: one JSON object a line, each with whose it is."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from marketpulse.errors import GateError
from marketpulse.run.log import JsonLog
from marketpulse.run.report import FeedReport, RunReport


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_line_has_its_time_its_fields_and_what_happened() -> None:
    stream = io.StringIO()
    log = JsonLog({"run_id": "r1"}, stream)
    log.say("feed", records=7, place=Path("a/ü"))
    (line,) = lines(stream)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(line.pop("time")))
    assert line == {"level": "INFO", "event": "feed", "run_id": "r1", "records": 7, "place": "a/ü"}


def test_an_error_says_what_where_and_what_to_do() -> None:
    stream = io.StringIO()
    JsonLog({}, stream).failed(GateError("too many", where="silver.sales", hint="fix the feed"))
    (line,) = lines(stream)
    assert (line["level"], line["kind"], line["message"]) == ("ERROR", "GateError", "too many")
    assert (line["where"], line["hint"]) == ("silver.sales", "fix the feed")


def test_a_feed_that_makes_a_run_fail_is_an_error() -> None:
    stream = io.StringIO()
    feeds = [FeedReport("sales"), FeedReport("clicks", overdue="late", is_late=True), FeedReport("x", blocked=[{}])]
    JsonLog({}, stream).tell(RunReport("r1", feeds))
    assert [line["level"] for line in lines(stream)] == ["INFO", "ERROR", "ERROR"]


def test_it_tells_when_a_step_begins_and_ends_and_nothing_between() -> None:
    stream = io.StringIO()
    log = JsonLog({}, stream)
    log.start("silver.sales", 10)
    log.advance("silver.sales", 5)
    log.finish("silver.sales")
    assert [(line["event"], line["step"]) for line in lines(stream)] == [
        ("step started", "silver.sales"),
        ("step finished", "silver.sales"),
    ]
