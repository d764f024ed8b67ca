"""Firehose: what arrives on a Kinesis stream is delivered: function, prefix expressions, gzip and file ending.

Delivery is at once: a file is there with its first record, and grows until it has a hundred. The function is the script
of its name, with the settings that it was made with; it runs here, and what it writes it writes in nobody's name.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.firehose.models import DeliveryStream, FirehoseBackend, firehose_backends
from moto.kinesis.models import Stream
from moto.s3.models import s3_backends

from tests.jobs.loading import load_script

_put = Stream.put_record
_MOST = 100
#: Where a file grows -> records so far, name and content of the last.
_growing: dict[str, tuple[int, str, bytes]] = {}
_JAVA = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H"}


def put_record(self: Any, partition_key: str, explicit_hash_key: str, data: str) -> Any:
    """Keep the record, and hand it to every delivery stream that reads this one."""
    answer = _put(self, partition_key, explicit_hash_key, data)
    backend: FirehoseBackend = firehose_backends[self.account_id][self.region]
    for delivery in backend.delivery_streams.values():
        if (delivery.source or {}).get("KinesisStreamARN") == self.arn:
            deliver(self.account_id, self.region, delivery, partition_key, base64.b64decode(data))
    return answer


def deliver(account: str, region: str, delivery: DeliveryStream, key: str, record: bytes) -> None:
    """Write one record to S3 as the destination says."""
    to = delivery.destinations[0]["ExtendedS3"]
    bucket = to["BucketARN"].rsplit(":", 1)[1]
    prefix, body = to.get("Prefix", ""), record
    for each in to.get("ProcessingConfiguration", {}).get("Processors", []):
        if each["Type"] == "Lambda":
            told = {found["ParameterName"]: found["ParameterValue"] for found in each["Parameters"]}
            answer = landed(account, region, told["LambdaArn"], key, record)
            if answer["result"] == "Dropped":
                return
            if answer["result"] == "ProcessingFailed":
                prefix = to["ErrorOutputPrefix"].replace("!{firehose:error-output-type}", "processing-failed")
                body = aside(record, told["LambdaArn"])
            else:
                body = base64.b64decode(answer["data"])
    if to.get("CompressionFormat") == "GZIP":
        body = gzip.compress(body)  # what is packed may be put behind what is packed
    place = f"{bucket}/{evaluated(prefix)}{delivery.delivery_stream_name}-1-"
    count, name, before = _growing.get(place, (0, "", b""))
    if count % _MOST == 0:
        name, before = f"{uuid.uuid4()}{to.get('FileExtension', '')}", b""
    _growing[place] = count + 1, name, before + body
    s3_backends[account]["aws"].put_object(bucket, place.partition("/")[2] + name, before + body)


class Store:
    """S3, for the function."""

    def __init__(self, account: str) -> None:
        self._account = account

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803 - AWS's names
        s3_backends[self._account]["aws"].put_object(Bucket, Key, Body)


def aside(record: bytes, arn: str) -> bytes:
    """What lies there of a record that failed: its key of the stream is not said."""
    now = round(datetime.now(UTC).timestamp() * 1000)
    told = {"attemptsMade": 1, "arrivalTimestamp": now, "errorCode": "Lambda.FunctionError", "errorMessage": "failed"}
    raw = base64.b64encode(record).decode()
    return json.dumps({**told, "attemptEndingTimestamp": now, "rawData": raw, "lambdaArn": arn}).encode() + b"\n"


def landed(account: str, region: str, arn: str, key: str, record: bytes) -> dict[str, str]:
    """What the function answers to a record."""
    found = lambda_backends[account][region].get_function(arn.removesuffix(":$LATEST"))
    script = load_script(found.handler.partition(".")[0])
    given = {"recordId": "1", "data": base64.b64encode(record).decode(), "kinesisRecordMetadata": {"partitionKey": key}}
    event = {"invocationId": str(uuid.uuid4()), "records": [given]}
    settings = {**os.environ, **found.environment_vars}
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        (answer,) = script.handler(event, None, Store(account))["records"]
        return dict(answer)
    finally:
        os.environ.clear()
        os.environ.update(before)


def evaluated(prefix: str) -> str:
    """The prefix with its `!{timestamp:…}` filled in, as Java would."""

    def fill(match: re.Match[str]) -> str:
        form = match.group(1)
        for java, ours in _JAVA.items():
            form = form.replace(java, ours)
        return datetime.now(UTC).strftime(form)

    return re.sub(r"!\{timestamp:([^}]+)\}", fill, prefix)


Stream.put_record = put_record
