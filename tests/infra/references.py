"""Every name in a plan is the name of something in that plan, or in the package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from marketpulse.jobs.arguments import parse
from tests.infra.policies import Access
from tests.jobs.loading import load_script

TAGS = {"Project", "Environment", "ManagedBy", "Owner", "CostCenter"}
#: Statements on what others made: streams that a setting names, and their keys.
_OF_OTHERS = {"ReadTheseStreams", "DecryptTheirRecords"}
#: Roles of AWS's own services, which it makes itself.
_OF_AWS = ":role/aws-service-role/"
_ARN = re.compile(r"arn:aws:(s3|iam|kms|glue|kinesis|sns|logs|emr-serverless|redshift-serverless):[^\s\"\\]*")


def broken(plan: dict[str, Any], environment: str) -> list[str]:
    """References that lead nowhere."""
    access = Access(plan)
    return [
        *_jobs(access, environment),
        *_triggers(access),
        *_watched(access),
        *_counted(access),
        *_policies(access),
        *_tags(plan),
    ]


def _jobs(access: Access, environment: str) -> Iterator[str]:
    objects = {f"s3://{each['bucket']}/{each['key']}" for each in access.of("aws_s3_object")}
    roles = {each["arn"] for each in access.of("aws_iam_role")}
    groups = {each["name"] for each in access.of("aws_cloudwatch_log_group")}
    for job in access.of("aws_glue_job"):
        given = job["default_arguments"]
        known = objects | roles | _buckets(access)
        named = [job["command"][0]["script_location"], job["role_arn"], *_named(given)]
        yield from (f"{job['name']}: {each} is not there" for each in named if each not in known)
        for group in ("error", "output"):
            if (prefix := given.get("--custom-logGroup-prefix")) and f"{prefix}/{group}" not in groups:
                yield f"{job['name']}: log group {prefix}/{group} is not there"
        yield from _services(access, job["name"], job, given)
        yield from _accepted(access, job, environment)


def _named(given: dict[str, str]) -> Iterator[str]:
    """S3 places and roles in a job's arguments; templates once a layer."""
    lists = [value.split(",") if value.startswith("s3://") else [value] for value in given.values()]
    for value in (each for values in lists for each in values):
        for layer in ("bronze", "silver", "gold", "quarantine", "logs") if "{layer}" in value else ("",):
            text = value.replace("{layer}", layer)
            if text.startswith("s3://"):
                yield text.partition("#")[0]
            elif text.startswith("arn:aws:iam:"):
                yield text


def _buckets(access: Access) -> set[str]:
    """Buckets, and the folders in them that jobs are told to write to."""
    names = {f"s3://{each['bucket']}" for each in access.of("aws_s3_bucket")}
    folders = {
        "logs": ("spark/", "emr/"),
        "artifacts": ("tmp/", "tmp/served"),
        "quarantine": ("_people", "_people/pseudonyms"),
    }
    below = {f"{n}/{f}" for layer, found in folders.items() for f in found for n in names if n.endswith(f"-{layer}")}
    return names | below


def _services(access: Access, name: str, job: dict[str, Any], given: dict[str, str]) -> Iterator[str]:
    """Connections, applications, workgroups, secrets and databases."""
    there = {
        "connection": ({each["name"] for each in access.of("aws_glue_connection")}, job["connections"]),
        "security configuration": (
            {each["name"] for each in access.of("aws_glue_security_configuration")},
            [job["security_configuration"]],
        ),
        "application": (
            {each["id"] for each in access.of("aws_emrserverless_application")},
            _one(given, "--application-id"),
        ),
        "cluster": ({each["id"] for each in access.of("aws_emr_cluster")}, _one(given, "--cluster-id")),
        "workgroup": (
            {each["workgroup_name"] for each in access.of("aws_redshiftserverless_workgroup")},
            _one(given, "--workgroup"),
        ),
        "database": (
            {each["db_name"] for each in access.of("aws_redshiftserverless_namespace")},
            _one(given, "--database"),
        ),
        "secret": (
            {each["admin_password_secret_arn"] for each in access.of("aws_redshiftserverless_namespace")},
            _one(given, "--secret-arn"),
        ),
        "Glue database": (
            {each["name"] for each in access.of("aws_glue_catalog_database")},
            [t.replace("{layer}", layer) for t in _one(given, "--namespace") for layer in ("bronze", "silver", "gold")],
        ),
    }
    for kind, (known, named) in there.items():
        yield from (f"{name}: {kind} {each} is not there" for each in named if each not in known)


def _one(given: dict[str, str], key: str) -> list[str]:
    return [given[key]] if key in given else []


def _accepted(access: Access, job: dict[str, Any], environment: str) -> Iterator[str]:
    """The script takes the arguments; called as Glue calls it, with its own beside them."""
    given = job["default_arguments"]
    argv = [text for pair in {"--JOB_NAME": job["name"], "--WORKFLOW_RUN_ID": "wr_1", **given}.items() for text in pair]
    script = job["command"][0]["script_location"].rsplit("/", 1)[1]
    try:
        if script == "glue_job.py":
            told = parse(argv, strict=False).environment
        elif script == "glue_start_emr.py":
            load_script(script.removesuffix(".py")).parse(argv)
            inner = json.loads(given["--arguments-json"]) | {"--run-id": "wr_1"}
            told = parse([text for pair in inner.items() for text in pair]).environment
        else:
            workgroup = load_script(script.removesuffix(".py")).parse(argv).workgroup
            told = workgroup.removeprefix("marketpulse-")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it says, it is the job that is wrong
        yield f"{job['name']}: {script} refuses its arguments: {error}"
    else:
        if told != environment:
            yield f"{job['name']} is told to be {told}"


def _triggers(access: Access) -> Iterator[str]:
    jobs = {each["name"] for each in access.of("aws_glue_job")}
    workflows = {each["name"] for each in access.of("aws_glue_workflow")}
    for trigger in access.of("aws_glue_trigger"):
        named = [action["job_name"] for action in trigger["actions"]]
        named += [c["job_name"] for predicate in trigger["predicate"] for c in predicate["conditions"]]
        yield from (f"{trigger['name']}: job {each} is not there" for each in named if each not in jobs)
        if trigger["workflow_name"] not in workflows:
            yield f"{trigger['name']}: workflow {trigger['workflow_name']} is not there"
    targets = {each["arn"] for kind in ("aws_sqs_queue", "aws_sns_topic") for each in access.of(kind)}
    for target in access.of("aws_cloudwatch_event_target"):
        if target["arn"] not in targets:
            yield f"rule {target['rule']}: target {target['arn']} is not there"


def _watched(access: Access) -> Iterator[str]:
    """Alarms look at what is there."""
    there = {
        "StreamName": {each["name"] for each in access.of("aws_kinesis_stream")},
        "DeliveryStreamName": {each["name"] for each in access.of("aws_kinesis_firehose_delivery_stream")},
        "ApiName": {each["name"] for each in access.of("aws_api_gateway_rest_api")},
        "LoadBalancer": {each["arn_suffix"] for each in access.of("aws_lb")},
        "TargetGroup": {each["arn_suffix"] for each in access.of("aws_lb_target_group")},
        "RuleName": {each["name"] for each in access.of("aws_cloudwatch_event_rule")},
        "FunctionName": {each["function_name"] for each in access.of("aws_lambda_function")},
        "QueryType": {"SELECT"},
        "RuleId": {each["rule"][0]["id"] for each in access.of("aws_s3_bucket_replication_configuration")},
        "SourceBucket": {each["bucket"] for each in access.of("aws_s3_bucket")},
        "DestinationBucket": {each["bucket"] for each in access.of("aws_s3_bucket")},
        "Workgroup": {each["workgroup_name"] for each in access.of("aws_redshiftserverless_workgroup")},
    }
    for alarm in access.of("aws_cloudwatch_metric_alarm"):
        for key, value in (alarm["dimensions"] or {}).items():
            if value not in there[key]:
                yield f"alarm {alarm['alarm_name']} watches {key} {value}, which is not there"


def _counted(access: Access) -> Iterator[str]:
    """Metrics of our own: counted in a log that is there, and every one that is watched is counted."""
    groups = {each["name"] for each in access.of("aws_cloudwatch_log_group")}
    metrics = set()
    for each in access.of("aws_cloudwatch_log_metric_filter"):
        metrics.add((each["metric_transformation"][0]["namespace"], each["metric_transformation"][0]["name"]))
        if each["log_group_name"] not in groups:
            yield f"metric {each['name']} counts in {each['log_group_name']}, which is not there"
    for alarm in access.of("aws_cloudwatch_metric_alarm"):
        for query in alarm["metric_query"]:
            for metric in query["metric"]:
                if (metric["namespace"], metric["metric_name"]) not in metrics:
                    yield f"alarm {alarm['alarm_name']} asks for {metric['metric_name']}, which nothing counts"
        own = (alarm["namespace"], alarm["metric_name"])
        if str(alarm["namespace"]).startswith("MarketPulse/") and own not in metrics:
            yield f"alarm {alarm['alarm_name']} watches {own[1]}, which nothing counts"


def _policies(access: Access) -> Iterator[str]:
    """Buckets, keys, databases and streams that policies name."""
    known = {each["arn"] for kind in ("aws_s3_bucket", "aws_kms_key", "aws_kinesis_stream") for each in access.of(kind)}
    known |= {each["arn"] for kind in ("aws_iam_role", "aws_glue_catalog_database") for each in access.of(kind)}
    for role, every in access.roles.items():
        statements = [each for each in every if each.get("Sid") not in _OF_OTHERS]
        for arn in (match.group(0) for match in _ARN.finditer(json.dumps(statements))):
            kind = arn.split(":")[2]
            place = arn.partition("/")[0] if kind == "s3" else arn
            if kind in ("s3", "kms", "kinesis", "iam") and place not in known and _OF_AWS not in place:
                yield f"{role}: {arn} is not there"
            if kind == "glue" and ":database/" in arn and arn not in known:
                yield f"{role}: {arn} is not there"


def _tags(plan: dict[str, Any]) -> Iterator[str]:
    """Everything that takes tags has all of them."""
    from tests.infra.policies import resources

    for each in resources(plan):
        if "tags_all" in each["values"] and (missing := TAGS - set(each["values"]["tags_all"] or {})):
            yield f"{each['address']} has no tag {', '.join(sorted(missing))}"
