"""Lambda between the events' stream and Firehose: what lands of each record, by the door's own code.

Events go back to Firehose, which writes the feed. What was no event it writes itself, a file for each call, by the name
of the call: one that comes again writes the same file. Settings: EVENTS and REJECTS (feeds), BUCKET, SOURCES (JSON: who
posts -> id of the write key).
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any

from marketpulse.door.delivery import Delivery


def handler(event: dict[str, Any], _: Any, s3: Any = None) -> dict[str, Any]:
    """Answer Firehose with what is to be done with each record. Raise, and all of them come again.

    `s3` is a client that is there already; Lambda gives none.
    """
    told = os.environ
    sources = {number: source for source, number in json.loads(told["SOURCES"]).items()}
    name = event["invocationId"]

    def keep(feed: str, lines: bytes) -> None:
        put(s3 or client(), told["BUCKET"], feed, name, lines)

    return {"records": Delivery(told["EVENTS"], told["REJECTS"], sources, keep).deliver(event["records"])}


def put(s3: Any, bucket: str, feed: str, name: str, lines: bytes) -> None:
    """Write a file of a feed, of the hour in which it lands."""
    now = datetime.now(UTC)
    key = f"{feed}/ingest_date={now:%Y-%m-%d}/hour={now:%H}/door-{name}.ndjson"
    s3.put_object(Bucket=bucket, Key=key, Body=lines)


def client() -> Any:
    """S3; boto3 is part of Lambda's Python."""
    import boto3

    return boto3.client("s3")
