"""The collector's module really applied, and its tasks' command really run, in the name of their role."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.door.captured import SHOWN, Asked, captured, has_events
from tests.infra.emulated import emulated_aws
from tests.infra.permissions import REGION
from tests.infra.pipeline import as_role, client
from tests.infra.stack import Stack, missing

from marketpulse.door.keys import add_key

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"SKIPPED: {missing()}")
PROVIDER = 'provider "aws" {\n  region  = "us-east-2"\n  profile = "marketpulse"\n  max_retries = 3\n}\n'
BUCKET, STREAM = "marketpulse-artifacts", "marketpulse-dev-events"


def applied(stack: Stack) -> dict[str, dict[str, Any]]:
    """Apply the module between a stream and a bucket; values of its resources by their addresses."""
    kinesis, s3, kms = (client(stack.env, name) for name in ("kinesis", "s3", "kms"))
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    certificate = client(stack.env, "acm").request_certificate(DomainName="events.example")["CertificateArn"]
    given = {
        "name": "marketpulse-dev-sandboxlong",
        "image": "c0ffee",
        "certificate_arn": certificate,
        "requests_an_address": 2000,
        "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
        "stream": {"name": STREAM, "arn": arn},
        "log_days": 30,
        "kms_key_arn": kms.create_key()["KeyMetadata"]["Arn"],
    }
    (stack.path / "given.auto.tfvars.json").write_text(json.dumps(given))
    (stack.path / "provider.tf").write_text(PROVIDER)
    stack.init()
    stack.apply()
    plan = stack.plan()
    return {each["address"]: each["values"] for each in plan["planned_values"]["root_module"]["resources"]}


def command(task: dict[str, Any]) -> list[str]:
    """What a task runs, on this machine at a free port."""
    told = json.loads(task["container_definitions"])[0]["command"]
    assert told[0] == "marketpulse"
    places = {"0.0.0.0": "127.0.0.1", "8055": "0"}
    return [sys.executable, "-m", *(places.get(each, each) for each in told)]


def test_the_tasks_answer_clients_and_keep_what_they_answer_on_the_stream(tmp_path: Path) -> None:
    with emulated_aws(tmp_path / "aws") as env:
        stack = Stack("modules/collector", tmp_path, env)
        values = applied(stack)
        file = tmp_path / "collect.yaml"
        for key, source in SHOWN.items():
            add_key(file, source, [], 0, key)
        client(env, "s3").put_object(Bucket=BUCKET, Key="door/collect.yaml", Body=file.read_bytes())
        role = values['aws_iam_role.this["run"]']["arn"]
        process = subprocess.Popen(
            command(values["aws_ecs_task_definition.this"]),
            env=as_role(env, role, near="") | {"COLUMNS": "200"},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            first = process.stdout.readline()
            found = re.search(r"http://[^ ]*:(\d+), into (\S+)", first)
            assert found is not None, first
            assert found[2] == STREAM
            statuses = [_status(int(found[1]), each) for each in captured()]
            process.terminate()
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        assert statuses.count(200) == len(statuses) - 1  # the exporter that shows no key
        assert len(_lines(env)) == len([each for each in captured() if has_events(each)])
        stack.terraform("destroy", "-auto-approve", "-refresh=false")
        assert stack.resources() == []


def _status(port: int, asked: Asked) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(asked.method, asked.path, asked.body or None, asked.headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _lines(env: dict[str, str]) -> list[Any]:
    kinesis = client(env, "kinesis")
    (shard,) = kinesis.list_shards(StreamName=STREAM)["Shards"]
    asked = {"StreamName": STREAM, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    records = kinesis.get_records(ShardIterator=kinesis.get_shard_iterator(**asked)["ShardIterator"])["Records"]
    return [json.loads(line) for each in records for line in each["Data"].splitlines()]
