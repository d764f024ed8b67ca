"""Messages of a stream: each is a record, or several, at its place; what cannot be one is told."""

from __future__ import annotations

from typing import Any

from marketpulse.landing.formats.json.messages import EMPTY, NO_VALUE, read_messages
from marketpulse.landing.limits import Limits
from marketpulse.landing.messages import Messages

Row = dict[str, Any]


def read(values: list[bytes | None], path: tuple[str, ...] = (), record: int = 1_000) -> list[Row]:
    """Records of messages at the places m-0, m-1, …, by their numbers."""
    found = Messages([f"m-{n}" for n in range(len(values))], values, {0: b"the key"})
    rows = [row for batch in read_messages(found, path, Limits(record)) for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: row["_source_row"])


def test_a_message_may_have_lines_and_hold_several_records() -> None:
    rows = read([b'{"a":\n1}\n', b'{"n":[{"b":1},{"b":2}],"at":3}', b'[{"c":1}]'], ("n",))
    assert [(row["place"], row["record"], row["_source_row"]) for row in rows] == [
        ("m-0", '{"a":\n1}', 1),
        ("m-1.1", '{"b":1}', 2),
        ("m-1.2", '{"b":2}', 3),
        ("m-2.1", '{"c":1}', 4),
    ]
    assert [row["_item"] for row in rows] == [None, 1, 2, None]
    assert rows[1]["around"] == '{"at":3}'


def test_what_cannot_be_read_is_told_at_its_place() -> None:
    rows = read([None, b"", b" \n", b"\xff", b"x" * 1_001, b"{}"])
    assert [row["_error"] for row in rows] == [
        NO_VALUE, EMPTY, EMPTY, "not valid UTF-8",
        "the message has 1,001 bytes, more than the 0 MB of record_mb", None,
    ]  # fmt: skip
    assert [row["_malformed"] for row in rows[:4]] == ["the key", "", " \n", "base64:/w=="]
    assert [row["place"] for row in rows] == [f"m-{n}" for n in range(6)]


def test_numbers_and_places_go_on_over_what_is_looked_at_at_once() -> None:
    rows = read([b'[{"a":1},{"a":2}]', *[b"{}"] * 45_000, None])
    assert [row["_source_row"] for row in rows] == list(range(1, 45_004))
    assert rows[-1]["place"] == "m-45001"


def test_content_tells_messages_apart_by_place_and_value() -> None:
    def content(places: list[str], values: list[bytes | None]) -> str:
        return Messages(places, values, {}).content

    told = [
        content(["a", "b"], [b"1", b"2"]), content(["a", "b"], [b"12", b""]), content(["a", "b"], [b"12", None]),
        content(["a", "c"], [b"1", b"2"]), content(["a"], [b"1"]),
    ]  # fmt: skip
    assert len(set(told)) == 5
    assert content(["a", "b"], [b"1", b"2"]) == told[0]
    assert Messages(["a", "b"], [b"12", None], {}).size == 2
