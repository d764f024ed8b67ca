"""What delivery puts aside: how it lies in landing, and that it lands when it is put on the stream again."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from tests.infra.emulated import emulated_aws
from tests.infra.permissions import ACCOUNT, REGION
from tests.infra.pipeline import client

BUCKET, STREAM, ROLE = "marketpulse-landing", "events", f"arn:aws:iam::{ACCOUNT}:role/any"
ERRORS = "_errors/visits/!{firehose:error-output-type}/ingest_date=!{timestamp:yyyy-MM-dd}/"
LINE = b'{"receivedAt":"x","batch":[1]}\n'


def delivering(env: dict[str, str]) -> Any:
    """A stream that is delivered; a client of it."""
    kinesis, arn = client(env, "kinesis"), f"arn:aws:s3:::{BUCKET}"
    client(env, "s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    with zipfile.ZipFile(code := io.BytesIO(), "w") as archive:
        archive.writestr("deliver_events.py", "")  # the emulator runs the script of this name
    client(env, "iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")
    function = client(env, "lambda").create_function(
        FunctionName="landing",
        Runtime="python3.11",
        Role=ROLE,
        Handler="deliver_events.handler",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"EVENTS": "visits", "REJECTS": "junk", "BUCKET": BUCKET, "SOURCES": "{}"}},
    )["FunctionArn"]
    lambda_ = {"Type": "Lambda", "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": function}]}
    stream = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    client(env, "firehose").create_delivery_stream(
        DeliveryStreamName="delivery",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": stream, "RoleARN": ROLE},
        ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE,
            "BucketARN": arn,
            "Prefix": "visits/",
            "ErrorOutputPrefix": ERRORS,
            "CompressionFormat": "GZIP",
            "ProcessingConfiguration": {"Enabled": True, "Processors": [lambda_]},
        },
    )
    return kinesis


def there(env: dict[str, str], prefix: str) -> bytes:
    """All that lies in a folder of landing."""
    s3 = client(env, "s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    packed = [s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read() for each in found]
    return b"".join(map(gzip.decompress, packed))


def test_what_is_put_aside_is_json_with_the_record_and_lands_with_its_key(tmp_path: Path) -> None:
    with emulated_aws(tmp_path / "aws") as env:
        kinesis = delivering(env)
        kinesis.put_record(StreamName=STREAM, PartitionKey="lost", Data=LINE)  # whose it is, its key said
        (line,) = there(env, "_errors/visits/processing-failed/ingest_date=").splitlines()
        raw = base64.b64decode(json.loads(line)["rawData"])
        assert raw == LINE
        assert there(env, "visits/") == b""
        kinesis.put_record(StreamName=STREAM, PartitionKey="visits/again", Data=raw)
        assert there(env, "visits/") == LINE
