"""A cluster of Kafka in this process (librdkafka's own), and what is sent to it.

It has no controller and gives topics no number: what stands for one here is `NUMBERS`, by the name of the topic.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import confluent_kafka as client
import pytest

from marketpulse.streams import kafka

NUMBERS: dict[str, str] = {}


class Brokers:
    """One cluster; a topic has four partitions from the first word of it on."""

    def __init__(self) -> None:
        self._producer = client.Producer(
            {"test.mock.num.brokers": 1, "bootstrap.servers": "mock", "log_level": 0, "linger.ms": 0}
        )
        found = self._producer.list_topics(timeout=10)
        self.bootstrap = ",".join(f"{each.host}:{each.port}" for each in found.brokers.values())
        self.cluster = found.cluster_id

    def send(self, topic: str, *values: Any, partition: int = 0, key: str | None = None) -> None:
        """Send messages to a partition; what is neither bytes nor None is JSON."""
        for value in values:
            sent = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
            self._producer.produce(topic, sent, key=key, partition=partition)
        assert self._producer.flush(10) == 0

    def forget(self, topic: str, message: bytes) -> None:
        """Send so much to partition 0 that what was there is not kept any more: it keeps five megabytes."""
        for _ in range(12):
            self.send(topic, message + b" " * 500_000)


@contextmanager
def brokers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Brokers]:
    """A cluster that says numbers of topics."""
    NUMBERS.clear()
    whole = kafka.Kafka._identity

    def numbered(self: kafka.Kafka, known: Iterable[str]) -> str:
        name = whole(self, ())
        topic = name.partition(".")[2]
        return f"{name.partition('.')[0]}.{NUMBERS.get(topic, f'{topic}-1')}"

    monkeypatch.setattr(kafka.Kafka, "_identity", numbered)
    yield Brokers()
