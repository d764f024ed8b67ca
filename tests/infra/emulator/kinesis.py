"""Kinesis: tags a stream is made with."""

from __future__ import annotations

from typing import Any

from moto.kinesis.responses import KinesisResponse

_create = KinesisResponse.create_stream


def create_stream(self: Any) -> Any:
    """Keep the tags."""
    answer = _create(self)
    if tags := self._get_param("Tags"):
        self.kinesis_backend.add_tags_to_stream(None, self._get_param("StreamName"), tags)
    return answer


KinesisResponse.create_stream = create_stream
