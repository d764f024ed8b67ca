"""A source that says `stream`: which one it is, and what keeps a stream from filling a feed."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.source import load_source

TEXT = "name: clicks\ndescription: Events.\nowner: web\nformat: json\n"
KAFKA = "stream: {kafka: {topic: clicks}}\n"


def loaded(folder: Path, text: str) -> str:
    """What the stream is called."""
    path = folder / "clicks.yaml"
    path.write_text(text, encoding="utf-8")
    found = load_source(path).stream
    return f"{found.title}, {found.name}, {found.start}" if found else ""


def test_a_topic_or_a_data_stream_is_named(tmp_path: Path) -> None:
    assert loaded(tmp_path, TEXT) == ""
    assert loaded(tmp_path, TEXT + KAFKA) == "the topic clicks, clicks, earliest"
    kinesis = "stream: {kinesis: {stream: c, region: eu-west-1}, start: latest}\n"
    assert loaded(tmp_path, TEXT + kinesis) == "the stream c, c, latest"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT + "stream: {}\n", "say one of kafka and kinesis"),
        (TEXT + "stream: {kafka: {topic: a}, kinesis: {stream: b}}\n", "say one of kafka and kinesis"),
        (TEXT + "stream: {kafka: {topic: 'a b'}}\n", ":5: stream.kafka.topic"),
        (TEXT + "stream: {kafka: {topic: a, sasl.password: x}}\n", "sasl.password"),
        (TEXT.replace("json", "csv") + KAFKA, ":5: stream: the messages of a stream are JSON in UTF-8"),
        (TEXT + KAFKA + "json: {encoding: latin-1}\n", "stream: the messages of a stream are JSON in UTF-8"),
        (TEXT + KAFKA + "deliveries: list\n", ":6: stream: a slice of a stream is never whole"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DefinitionError) as told:
        loaded(tmp_path, text)
    assert words in " ".join(str(each) for each in told.value.each)
