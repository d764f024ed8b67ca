"""Firehose: what arrives on a Kinesis stream is delivered, with prefix expressions, delimiter, gzip and file ending.

Delivery is at once, every record a file of its own: buffering only makes fewer of them.
"""

from __future__ import annotations

import base64
import gzip
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.firehose.models import DeliveryStream, FirehoseBackend, firehose_backends
from moto.kinesis.models import Stream
from moto.s3.models import s3_backends

_put = Stream.put_record
_JAVA = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H"}


def put_record(self: Any, partition_key: str, explicit_hash_key: str, data: str) -> Any:
    """Keep the record, and hand it to every delivery stream that reads this one."""
    answer = _put(self, partition_key, explicit_hash_key, data)
    backend: FirehoseBackend = firehose_backends[self.account_id][self.region]
    for delivery in backend.delivery_streams.values():
        if (delivery.source or {}).get("KinesisStreamARN") == self.arn:
            deliver(self.account_id, delivery, base64.b64decode(data))
    return answer


def deliver(account: str, delivery: DeliveryStream, record: bytes) -> None:
    """Write one record to S3 as the destination says."""
    to = delivery.destinations[0]["ExtendedS3"]
    kinds = [each["Type"] for each in to.get("ProcessingConfiguration", {}).get("Processors", [])]
    body = record + b"\n" if "AppendDelimiterToRecord" in kinds else record
    if to.get("CompressionFormat") == "GZIP":
        body = gzip.compress(body)
    name = f"{delivery.delivery_stream_name}-1-{uuid.uuid4()}{to.get('FileExtension', '')}"
    bucket = to["BucketARN"].rsplit(":", 1)[1]
    s3_backends[account]["aws"].put_object(bucket, evaluated(to.get("Prefix", "")) + name, body)


def evaluated(prefix: str) -> str:
    """The prefix with its `!{timestamp:…}` filled in, as Java would."""

    def fill(match: re.Match[str]) -> str:
        form = match.group(1)
        for java, ours in _JAVA.items():
            form = form.replace(java, ours)
        return datetime.now(UTC).strftime(form)

    return re.sub(r"!\{timestamp:([^}]+)\}", fill, prefix)


Stream.put_record = put_record
