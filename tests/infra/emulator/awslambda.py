"""Lambda: nothing runs here, so what a queue hands to a function stays in the queue; a function's log settings."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaBackend


def send_sqs_batch(*_: Any) -> bool:
    """The function did not take it; tests/infra/pipeline.py takes the messages and runs the function's script."""
    return False


LambdaBackend.send_sqs_batch = send_sqs_batch
