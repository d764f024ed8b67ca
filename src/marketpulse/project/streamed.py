"""Which stream fills a feed, beside the files that land (docs/streams.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from marketpulse.errors import DefinitionError
from marketpulse.landing.format import Format
from marketpulse.project.terms import Terms
from marketpulse.project.yamlfile import YamlFile
from marketpulse.strict import Strict


class KafkaModel(Strict):
    """A topic. `bootstrap` are brokers, `host:port` with commas; without it the setting `kafka` says them."""

    topic: str = Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")
    bootstrap: str | None = Field(default=None, min_length=1)


class KinesisModel(Strict):
    """A data stream by its name; without a `region` AWS's own settings say it."""

    stream: str = Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")
    region: str | None = Field(default=None, min_length=1)


class StreamModel(Strict):
    """Where the messages are, and with which the first run begins."""

    kafka: KafkaModel | None = None
    kinesis: KinesisModel | None = None
    start: Literal["earliest", "latest"] = "earliest"

    @model_validator(mode="after")
    def _is_one(self) -> StreamModel:
        if (self.kafka is None) == (self.kinesis is None):
            raise ValueError("say one of kafka and kinesis; for example {kafka: {topic: orders}}")
        return self

    @property
    def title(self) -> str:
        """What a person calls it.

        >>> StreamModel(kafka=KafkaModel(topic="orders")).title
        'the topic orders'
        """
        return f"the topic {self.kafka.topic}" if self.kafka else f"the stream {self.name}"

    @property
    def name(self) -> str:
        """The name of the topic or the stream."""
        return self.kafka.topic if self.kafka else self.kinesis.stream if self.kinesis else ""


def wrong_stream(
    file: YamlFile, said: StreamModel | None, terms: Terms, reader: Format, *, grouped: bool
) -> Iterator[DefinitionError]:
    """What keeps a stream from filling a feed."""
    if said is None:
        return
    if not reader.takes_messages:
        hint = "write format: json, in UTF-8: a message is read as a line of such a file"
        yield file.error("stream: the messages of a stream are JSON in UTF-8", ("stream",), hint)
    if terms.whole:
        what = "stream: a slice of a stream is never whole: what it lacks is not gone"
        yield file.error(what, ("deliveries",), "write deliveries: changes, or take stream out")
    if grouped:
        what = "stream: messages do not belong together as the lines of a file do: a slice may end between them"
        yield file.error(what, ("groups",), "take groups out, or stream")
