"""Lambda between the events' stream and Firehose: what lands of each record, by the door's own code.

Events go back to Firehose, which writes the feed. What was no event it writes itself, a file for each call, named by
what it says: a call that comes again within the hour writes the same file, a later one of the same day a second file,
which bronze knows for a duplicate. Settings: EVENTS and REJECTS (feeds), BUCKET, SOURCES (JSON: who posts -> id of the
write key).
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

from marketpulse.door.delivery import Delivery


def handler(event: dict[str, Any], _: Any, s3: Any = None) -> dict[str, Any]:
    """Answer Firehose with what is to be done with each record. Raise, and all of them come again, three times at most.

    `s3` is a client that is there already; Lambda gives none.
    """
    told = os.environ
    sources = {number: source for source, number in json.loads(told["SOURCES"]).items()}

    def keep(feed: str, lines: bytes) -> None:
        put(s3 or client(), told["BUCKET"], feed, lines)

    return {"records": Delivery(told["EVENTS"], told["REJECTS"], sources, keep).deliver(event["records"])}


def put(s3: Any, bucket: str, feed: str, lines: bytes) -> None:
    """Write a file of a feed, of the hour in which it lands."""
    now, name = datetime.now(UTC), hashlib.sha256(lines).hexdigest()[:32]
    key = f"{feed}/ingest_date={now:%Y-%m-%d}/hour={now:%H}/door-{name}.ndjson"
    s3.put_object(Bucket=bucket, Key=key, Body=lines)


@cache
def client() -> Any:
    """S3, once a process: Lambda ends it before the keys of its role do. boto3 is part of Lambda's Python."""
    import boto3

    return boto3.client("s3")
