"""The stream that a feed names, with its library."""

from __future__ import annotations

from marketpulse.project.streamed import StreamModel
from marketpulse.settings import Settings
from marketpulse.streams.stream import Bounds, Stream


def load_stream(said: StreamModel, settings: Settings) -> Stream:
    """Open it. Raise GateError when its library is not installed, or what the settings say of it makes no client."""
    if said.kafka:
        from marketpulse.streams.kafka import Kafka

        return Kafka(said.kafka, said.start, settings.kafka)
    assert said.kinesis  # noqa: S101 - it is one of the two
    from marketpulse.streams.kinesis import Kinesis

    return Kinesis(said.kinesis, said.start)


def bounds(settings: Settings) -> Bounds:
    """What the settings say of a slice."""
    return Bounds(settings.stream_records, settings.stream_mb * 1_000_000, settings.stream_seconds)
