"""The pipeline inside what was applied: names from Terraform's outputs, arguments from the jobs that were made.

Events are posted to the door and go through Kinesis and Firehose, sales and reference files into landing. Then the
scripts of the jobs run, each with the arguments its job has, as Glue would give them; DuckDB computes. Totals of gold
are those of a run on this machine.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import ClientError

from marketpulse_retail.generate import ShopPlan, generate
from tests.infra.permissions import INSIDE, REGION
from tests.infra.policies import resources
from tests.infra.posting import through_gateway
from tests.infra.stack import Stack
from tests.jobs.loading import load_script

FEED = "clickstream"
# In the order of the workflow; upkeep comes after the totals were compared.
STEPS = ("ingest", "silver", "gold", "serve")
TOTALS = """select
  (select cast(sum(net_amount) as varchar) from gold.agg_sales_daily) as net_amount,
  (select cast(sum(unit_count) as varchar) from gold.agg_sales_daily) as units,
  (select count(*) from gold.fct_sales) as sales,
  (select count(*) from gold.fct_orders) as orders,
  (select count(*) from gold.fct_sessions) as sessions,
  (select sum(event_count) from gold.fct_sessions) as events,
  (select count(*) from gold.mart_customer_value) as customers"""


def client(env: dict[str, str], service: str) -> Any:
    """A client that meets what `env` says."""
    if "AWS_ACCESS_KEY_ID" in env:
        keys = {"aws_access_key_id": env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"]}
        return boto3.Session(**keys).client(service, REGION, endpoint_url=env["AWS_ENDPOINT_URL"])
    core = botocore.session.Session(profile="marketpulse")
    core.set_config_variable("config_file", env["AWS_CONFIG_FILE"])
    core.set_config_variable("credentials_file", env["AWS_SHARED_CREDENTIALS_FILE"])
    return boto3.Session(botocore_session=core).client(service, endpoint_url=env["AWS_ENDPOINT_URL"])


def expect(work: Path) -> dict[str, str]:
    """Make the shop's files and build them on this machine; its totals."""
    generate(ShopPlan(date(2026, 3, 2), days=2, clicks_per_day=400), work / "landing", None)
    marketpulse(dict(os.environ), work, "run")
    return totals(dict(os.environ), work)


def run(stack: Stack, landing: Path, expected: dict[str, str]) -> str:
    """Land, run every step, compare; say what came out."""
    outputs = stack.outputs()
    plan = json.loads((stack.work / "plan.json").read_text())
    values = {each["address"]: each["values"] for each in resources(plan)}
    landed = land(stack.env, outputs, values, landing)
    started(stack.env, outputs)
    said = {step: run_step(stack.env, outputs["jobs"][step], stack.work) for step in STEPS}
    found = totals(inside(stack.env, outputs), stack.work)
    assert found == expected, f"gold differs:\n{found}\n{expected}"
    assert int(found["sales"]) > 50, found
    assert_denied(stack.env, outputs)
    statements = said["serve"][-1]["statements"]
    assert statements > 10, said["serve"]
    again = run_step(stack.env, outputs["jobs"]["serve"], stack.work)
    assert again[-1]["event"] == "nothing new", again
    run_step(stack.env, outputs["jobs"]["maintain"], stack.work)
    assert_counted(stack.env, [line for lines in said.values() for line in lines])
    return (
        f"{landed} files, {found['sales']} sales, {found['events']} events, {statements} statements, gold as expected"
    )


def started(env: dict[str, str], outputs: dict[str, Any]) -> None:
    """What landed is in the queue; the function makes one run of it, and asks for no other when it is asked again."""
    queues, functions = client(env, "sqs"), client(env, "lambda")
    name = outputs["workflows"]["run"]
    function = functions.get_function_configuration(FunctionName=f"{name}-start")
    told = function["Environment"]["Variables"]
    glue = client(as_role(env, function["Role"], near=""), "glue")
    queue = queues.get_queue_url(QueueName=f"{name}-starts")["QueueUrl"]
    wanted = {"QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 0, "AttributeNames": ["All"]}
    found = queues.receive_message(**wanted).get("Messages", [])
    assert found, "nothing that landed is in the queue"
    records = [{"messageId": each["MessageId"], "attributes": each["Attributes"]} for each in found]
    assert "Object Created" in found[0]["Body"], found[0]
    script = load_script("start_workflow")
    for _ in range(2):
        again = script.waiting(glue, records, told["WORKFLOW"], told["BACKFILL"], 60 * float(told["MINUTES"]))
        assert again == [], again
    assert len(client(env, "glue").get_workflow_runs(Name=name)["Runs"]) == 1


def assert_counted(env: dict[str, str], lines: list[dict[str, Any]]) -> None:
    """What metric filters look for is in the lines that jobs write: events and fields by these names."""
    for found in client(env, "logs").describe_metric_filters()["metricFilters"]:
        event = re.search(r'\$\.event = "([a-z ]+)"', found["filterPattern"])
        assert event is not None, found
        same = [line for line in lines if line["event"] == event[1]]
        fields = re.findall(r"\$\.(\w+)", found["filterPattern"] + found["metricTransformations"][0]["metricValue"])
        assert same or event[1] == "error", f"no job says {event[1]!r}"
        assert all(field in line for line in same for field in fields), f"{event[1]!r} has not all of {fields}"


def land(env: dict[str, str], outputs: dict[str, Any], values: dict[str, dict[str, Any]], folder: Path) -> int:
    """Post events, as clients do, and put every other file into landing; the number of files there."""
    s3 = client(env, "s3")
    lines: list[bytes] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        key, body = path.relative_to(folder).as_posix(), path.read_bytes()
        if key.startswith(f"{FEED}/"):
            lines += (gzip.decompress(body) if path.suffix == ".gz" else body).splitlines()
        else:
            s3.put_object(Bucket=outputs["buckets"]["landing"], Key=key, Body=body)

    def in_name(service: str, role: str) -> Any:
        return client(as_role(env, role, near=""), service)

    kept = through_gateway(values, client(env, "apigateway"), in_name, lines)
    assert kept > 500, kept
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=outputs["buckets"]["landing"])
    keys = [each["Key"] for page in pages for each in page["Contents"]]
    assert any(key.startswith(f"{FEED}/ingest_date=") and key.endswith(".ndjson.gz") for key in keys), keys
    return len(keys)


def run_step(env: dict[str, str], job: str, work: Path) -> list[dict[str, Any]]:
    """Run a job's script with its arguments, in the name of its role; what it said, one object a line."""
    shown = client(env, "glue").get_job(JobName=job)["Job"]
    script, given, role = shown["Command"]["ScriptLocation"], dict(shown["DefaultArguments"]), shown["Role"]
    if "--arguments-json" in given:
        # EMR runs the entry point; the step that submits it has tests of its own.
        role = given["--execution-role-arn"]
        script, given = given["--entry-point"], json.loads(given["--arguments-json"]) | {"--run-id": "inside"}
    if "--engine" in given:
        given |= {"--engine": "duckdb", "--run-id": "inside"}
    bucket, _, key = script.removeprefix("s3://").partition("/")
    path = work / key.rsplit("/", 1)[1]
    client(env, "s3").download_file(bucket, key, str(path))
    command = [sys.executable, str(path), *[text for pair in given.items() for text in pair]]
    place = as_role(env, role) | {"MARKETPULSE_MEMORY_MB": "512"}
    done = subprocess.run(command, cwd=work, env=place, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{job} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def as_role(env: dict[str, str], role: str, *, near: str = INSIDE) -> dict[str, str]:
    """The environment of what runs in the name of a role: its keys and no profile; `near` is the network it is in."""
    plain = {name: value for name, value in env.items() if not name.startswith("AWS_") or name == "AWS_ENDPOINT_URL"}
    who = role.rsplit("/", 1)[-1] + near
    keys = {"AWS_ACCESS_KEY_ID": who, "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
    return plain | keys | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}


def assert_denied(env: dict[str, str], outputs: dict[str, Any]) -> None:
    """What a role is not allowed is denied while it runs, and what its network does not lead to is not reached."""
    glue = client(env, "glue")
    roles = {step: glue.get_job(JobName=outputs["jobs"][step])["Job"]["Role"] for step in ("ingest", "serve")}
    for role, service, call, given in (
        (roles["serve"], "s3", "put_object", {"Bucket": outputs["buckets"]["gold"], "Key": "t/data/f", "Body": b""}),
        (roles["ingest"], "s3", "list_objects_v2", {"Bucket": outputs["buckets"]["gold"]}),
        (roles["ingest"], "glue", "delete_table", {"DatabaseName": outputs["databases"]["gold"], "Name": "fct_sales"}),
        (roles["ingest"], "sns", "list_topics", {}),
    ):
        try:
            getattr(client(as_role(env, role), service), call)(**given)
        except ClientError as error:
            assert error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), error  # noqa: PT017
        else:
            raise AssertionError(f"{role} may {service} {call}")


def totals(env: dict[str, str], work: Path) -> dict[str, str]:
    """Totals of gold, as `marketpulse query` answers."""
    answer = marketpulse(env, work, "query", TOTALS, "--format", "json")
    return dict(json.loads(answer)[0])


def inside(env: dict[str, str], outputs: dict[str, Any]) -> dict[str, str]:
    """Settings of a person who queries what was applied, from the outputs alone."""
    return env | {
        "AWS_PROFILE": "marketpulse",
        "MARKETPULSE_WAREHOUSE": outputs["warehouse"]["uri"],
        "MARKETPULSE_NAMESPACE": outputs["warehouse"]["namespace"],
    }


def marketpulse(env: dict[str, str], work: Path, *arguments: str) -> str:
    """Run the command line."""
    command = [sys.executable, "-m", "marketpulse", *arguments]
    done = subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{arguments[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def empty(env: dict[str, str], bucket: str) -> None:
    """Take everything out of a bucket, every version."""
    s3 = client(env, "s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])


def kept(stack: Stack) -> None:
    """A destroy of a kept lake stops at the buckets with data in them, until the setting says otherwise."""
    said = stack.terraform("destroy", "-auto-approve", ok=(1,))
    left = client(stack.env, "s3").list_buckets()["Buckets"]
    for layer in ("landing", "bronze", "silver", "gold"):
        assert any(bucket["Name"].endswith(f"-prod-{layer}") for bucket in left), f"{layer} is gone: {said[-2000:]}"
    stack.edit('protection = "keep"', 'protection = "discard"')
    stack.terraform("apply", "-auto-approve", "-target=module.platform.module.lake.aws_s3_bucket.this")
