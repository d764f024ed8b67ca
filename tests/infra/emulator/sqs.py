"""SQS: what a queue would hand to a function stays in it.

Moto asks the queue for a whole batch at each message, and waits for one as long as the queue's setting says; then it
would run the function, in a container. `tests/infra/pipeline.py` takes the messages and runs the function's script.
"""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Queue

_add = Queue.add_message


def add_message(self: Any, message: Any) -> None:
    """Keep the message."""
    mappings, self.lambda_event_source_mappings = self.lambda_event_source_mappings, {}
    try:
        _add(self, message)
    finally:
        self.lambda_event_source_mappings = mappings


Queue.add_message = add_message
