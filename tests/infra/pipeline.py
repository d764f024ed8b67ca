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
import time
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import ClientError

from marketpulse_retail.generate import ShopPlan, generate
from tests.infra.permissions import ACCOUNT, INSIDE, OUTSIDE, REGION
from tests.infra.policies import Statement, resources
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


ASKED = {"QueryString": "select count(*) from fct_sales"}


def client(env: dict[str, str], service: str, region: str | None = None) -> Any:
    """A client that meets what `env` says, of another region where one is said."""
    if "AWS_ACCESS_KEY_ID" in env:
        keys = {"aws_access_key_id": env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"]}
        return boto3.Session(**keys).client(service, region or REGION, endpoint_url=env["AWS_ENDPOINT_URL"])
    core = botocore.session.Session(profile=env.get("AWS_PROFILE", "marketpulse"))
    for variable, name in (("config_file", "AWS_CONFIG_FILE"), ("credentials_file", "AWS_SHARED_CREDENTIALS_FILE")):
        if name in env:
            core.set_config_variable(variable, env[name])
    return boto3.Session(botocore_session=core).client(service, region, endpoint_url=env.get("AWS_ENDPOINT_URL"))


def boundary(env: dict[str, str]) -> list[Statement]:
    """Statements of the policy that caps the roles of the account's environments."""
    iam = client(env, "iam")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/marketpulse-boundary"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return list(document["Statement"])


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
    """What metric filters of JSON look for is in the lines that jobs write: events and fields by these names."""
    filters = client(env, "logs").describe_metric_filters()["metricFilters"]
    for found in (each for each in filters if each["filterPattern"].startswith("{")):
        event = re.search(r'\$\.event = "([a-z ]+)"', found["filterPattern"])
        assert event is not None, found
        same = [line for line in lines if line["event"] == event[1]]
        fields = re.findall(r"\$\.(\w+)", found["filterPattern"] + found["metricTransformations"][0]["metricValue"])
        assert same or event[1] == "error", f"no job says {event[1]!r}"
        assert all(field in line for line in same for field in fields), f"{event[1]!r} has not all of {fields}"


def land(env: dict[str, str], outputs: dict[str, Any], values: dict[str, dict[str, Any]], folder: Path) -> int:
    """Post events, as clients do, and put every other file into landing; the number of files there."""
    s3, bucket = client(env, "s3"), outputs["buckets"]["landing"]
    lines = [line for _, lines in _events(s3, bucket, folder) for line in lines.splitlines()]

    def in_name(service: str, role: str) -> Any:
        return client(as_role(env, role, near=""), service)

    kept = through_gateway(values, client(env, "apigateway"), in_name, lines)
    assert kept > 500, kept
    return _landed(s3, bucket, kept)


def stream(env: dict[str, str], outputs: dict[str, Any], folder: Path, seconds: float, posted: int = 0) -> int:
    """Put events on the stream, as a collector does, and every other file into landing; the number of files there.

    Every event is waited for, those `posted` to the door before, too, so many seconds at most: AssertionError when one
    did not land.
    """
    s3, bucket, sent = client(env, "s3"), outputs["buckets"]["landing"], posted
    for key, lines in _events(s3, bucket, folder):
        client(env, "kinesis").put_record(StreamName=outputs["events"]["stream"], PartitionKey=key, Data=lines)
        sent += lines.count(b"\n") + 1
    return _landed(s3, bucket, sent, seconds)


def _events(s3: Any, bucket: str, folder: Path) -> list[tuple[str, bytes]]:
    """Files of the feed of events, each with its lines; every other file is put into landing."""
    events = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        key, body = path.relative_to(folder).as_posix(), path.read_bytes()
        if key.startswith(f"{FEED}/"):
            events.append((key, (gzip.decompress(body) if path.suffix == ".gz" else body).rstrip(b"\n")))
        else:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    return events


def _landed(s3: Any, bucket: str, lines: int, seconds: float = 0) -> int:
    """The number of files there, once so many lines of events have landed: no fewer, no more."""
    until = time.monotonic() + seconds
    while (there := _lines(s3, keys := _keys(s3, bucket))) != lines:
        assert time.monotonic() < until, f"{there} of {lines} lines of events landed: {keys}"
        time.sleep(15)
    return len(keys)


def _keys(s3: Any, bucket: str) -> list[tuple[str, str]]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [(bucket, each["Key"]) for page in pages for each in page.get("Contents", [])]


def _lines(s3: Any, keys: list[tuple[str, str]]) -> int:
    """Lines in files of the feed, at the place and of the name that it is read by."""
    feed = [(b, k) for b, k in keys if k.startswith(f"{FEED}/ingest_date=") and k.endswith(".ndjson.gz")]
    return sum(gzip.decompress(s3.get_object(Bucket=b, Key=k)["Body"].read()).count(b"\n") for b, k in feed)


def run_step(
    env: dict[str, str], job: str, work: Path, more: dict[str, str] | None = None, ok: int = 0
) -> list[dict[str, Any]]:
    """Run a job's script with its arguments, in the name of its role; what it said, one object a line.

    `more` are arguments beside those of the job, `ok` is how it has to end.
    """
    shown = client(env, "glue").get_job(JobName=job)["Job"]
    script, given, role = shown["Command"]["ScriptLocation"], dict(shown["DefaultArguments"]), shown["Role"]
    near = INSIDE if shown.get("Connections", {}).get("Connections") else ""
    if "--arguments-json" in given:
        # EMR runs the entry point; the step that submits it has tests of its own.
        role = given["--execution-role-arn"]
        near = _near_gold(env, given["--application-id"])
        script, given = given["--entry-point"], json.loads(given["--arguments-json"]) | {"--run-id": "inside"}
    if "--engine" in given:
        given |= {"--engine": "duckdb", "--run-id": "inside"} | (more or {})
    bucket, _, key = script.removeprefix("s3://").partition("/")
    path = work / key.rsplit("/", 1)[1]
    client(env, "s3").download_file(bucket, key, str(path))
    command = [sys.executable, str(path), *[text for pair in given.items() for text in pair]]
    place = as_role(env, role, near=near) | {"MARKETPULSE_MEMORY_MB": "512"}
    done = subprocess.run(command, cwd=work, env=place, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == ok, f"{job} ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _near_gold(env: dict[str, str], application: str) -> str:
    """The network of gold's application: one that is in none reaches some services of its region only."""
    shown = client(env, "emr-serverless").get_application(applicationId=application)["application"]
    return INSIDE if shown.get("networkConfiguration") else OUTSIDE


def as_role(env: dict[str, str], role: str, *, near: str = INSIDE) -> dict[str, str]:
    """The environment of what runs in the name of a role: its keys and no profile; `near` is the network it is in."""
    plain = {name: value for name, value in env.items() if not name.startswith("AWS_") or name == "AWS_ENDPOINT_URL"}
    who = role.rsplit("/", 1)[-1] + near
    keys = {"AWS_ACCESS_KEY_ID": who, "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
    return plain | keys | {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}


def assert_denied(env: dict[str, str], outputs: dict[str, Any]) -> None:
    """What a role is not allowed is denied while it runs, and what its network does not lead to is not reached."""
    glue = client(env, "glue")
    in_ours = {"WorkGroup": outputs["athena"]["workgroup"]}
    client(as_role(env, outputs["athena"]["steward_role"], near=""), "athena").start_query_execution(**ASKED, **in_ours)
    roles = {step: glue.get_job(JobName=outputs["jobs"][step])["Job"]["Role"] for step in ("ingest", "serve")}
    for role, service, call, given in (
        (roles["serve"], "s3", "put_object", {"Bucket": outputs["buckets"]["gold"], "Key": "t/data/f", "Body": b""}),
        (roles["ingest"], "s3", "list_objects_v2", {"Bucket": outputs["buckets"]["gold"]}),
        (roles["ingest"], "glue", "delete_table", {"DatabaseName": outputs["databases"]["gold"], "Name": "fct_sales"}),
        (roles["ingest"], "sns", "list_topics", {}),
        (outputs["athena"]["steward_role"], "athena", "start_query_execution", ASKED),
        (outputs["redshift"]["analyst_role"], "athena", "start_query_execution", ASKED | in_ours),
    ):
        try:
            getattr(client(as_role(env, role), service), call)(**given)
        except ClientError as error:
            assert error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), error  # noqa: PT017
        else:
            raise AssertionError(f"{role} may {service} {call}")
    assert_session_is_less(env, outputs)


def assert_session_is_less(env: dict[str, str], outputs: dict[str, Any]) -> None:
    """Who takes a role with a policy for the session may do what both allow, and no more."""
    sts, role = client(env, "sts"), outputs["athena"]["steward_role"]
    ask = {**ASKED, "WorkGroup": outputs["athena"]["workgroup"]}
    for action, may in (("athena:*", True), ("s3:*", False)):
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
        keys = sts.assume_role(RoleArn=role, RoleSessionName="a-steward", Policy=json.dumps(policy))["Credentials"]
        athena = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], REGION).client(
            "athena", endpoint_url=env["AWS_ENDPOINT_URL"]
        )
        try:
            athena.start_query_execution(**ask)
        except ClientError as error:
            assert not may, error  # noqa: PT017
        else:
            assert may, f"{role} may ask with a session that may not"


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
