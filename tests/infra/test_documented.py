"""Rules of AWS's documents on a plan small enough to judge by eye: what is right passes, a seeded mistake does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.documented import broken

Values = dict[str, dict[str, Any]]
EVENTS = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*", "Principal": {"Service": "events.amazonaws.com"}}
DELETES = {
    "Effect": "Allow",
    "Action": ["ec2:DeleteNetworkInterface"],
    "Resource": "arn:aws:ec2:r:1:network-interface/*",
}
LOOKS = {"Effect": "Allow", "Action": ["glue:GetSecurityConfiguration"], "Resource": "*"}
SOURCE = {"StringEquals": {"aws:SourceAccount": "1"}}
TYPES = ["application/json", "application/x-www-form-urlencoded", "text/plain"]
READ = {"method.response.header.Access-Control-Allow-Origin": "'*'"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Statement": statements})


MOCK = {
    "passthroughBehavior": "never",
    "requestTemplates": dict.fromkeys(TYPES, "{}"),
    "responses": {"default": {"statusCode": "200", "responseParameters": READ}},
}
ASKS = {"responses": {"200": {}}, "x-amazon-apigateway-integration": MOCK}
DOCUMENT: dict[str, Any] = {
    "paths": {"/v1": {"post": ASKS, "options": ASKS}},
    "x-amazon-apigateway-gateway-responses": {
        kind: {"responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}}
        for kind in ("DEFAULT_4XX", "DEFAULT_5XX")
    },
}
GOOD: Values = {
    "aws_sns_topic_policy": {"policy": policy(EVENTS)},
    "aws_kms_key": {"arn": "arn:k", "policy": policy(EVENTS)},
    "aws_iam_role": {"name": "r", "arn": "arn:r"},
    "aws_iam_role_policy": {"role": "r", "policy": policy(DELETES, LOOKS)},
    "aws_cloudwatch_metric_alarm": {
        "alarm_name": "a",
        "namespace": "AWS/Redshift-Serverless",
        "metric_name": "QueriesQueued",
        "dimensions": {"QueryType": "SELECT", "Workgroup": "w"},
    },
    "aws_budgets_budget": {"name": "b", "cost_filter": [{"name": "TagKeyValue", "values": ["user:Environment$dev"]}]},
    "aws_redshiftserverless_namespace": {"namespace_name": "shop", "db_name": "shop"},
    "aws_cloudwatch_event_target": {"rule": "arrivals", "arn": "arn:aws:sqs:r:1:q"},
    "aws_sqs_queue": {"name": "q", "arn": "arn:q", "visibility_timeout_seconds": 240},
    "aws_lambda_function": {"arn": "arn:f", "timeout": 30},
    "aws_lambda_event_source_mapping": {
        "event_source_arn": "arn:q",
        "function_arn": "arn:f",
        "maximum_batching_window_in_seconds": 60,
    },
    "aws_glue_job": {
        "name": "gold",
        "command": [{"name": "pythonshell"}],
        "default_arguments": {"--region": "r", "--arguments-json": json.dumps({"--region": "r"})},
    },
    "aws_kinesis_firehose_delivery_stream": {
        "name": "d",
        "extended_s3_configuration": [
            {
                "prefix": "clicks/ingest_date=!{timestamp:yyyy-MM-dd}/",
                "error_output_prefix": "_errors/!{firehose:error-output-type}/!{timestamp:yyyy}/",
            }
        ],
    },
    "aws_api_gateway_rest_api": {"name": "api", "minimum_compression_size": "1024", "body": json.dumps(DOCUMENT)},
}


def judged(values: Values) -> list[str]:
    resources = [
        {"mode": "managed", "type": name.partition(" ")[0], "address": name, "values": each}
        for name, each in values.items()
    ]
    return broken({"planned_values": {"root_module": {"resources": resources}}})


def put(kind: str, **changed: Any) -> Callable[[Values], None]:
    return lambda values: values[kind].update(changed)


def without(kind: str) -> Callable[[Values], None]:
    return lambda values: values.pop(kind) and None


def to(field: str, value: str) -> Callable[[Values], None]:
    def change(values: Values) -> None:
        values["aws_kinesis_firehose_delivery_stream"]["extended_s3_configuration"][0][field] = value

    return change


def documented(change: Callable[[dict[str, Any]], Any]) -> Callable[[Values], None]:
    """Change the document of the API."""

    def changed(values: Values) -> None:
        document = json.loads(values["aws_api_gateway_rest_api"]["body"])
        change(document)
        values["aws_api_gateway_rest_api"]["body"] = json.dumps(document)

    return changed


def integration(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1"]["post"]["x-amazon-apigateway-integration"]
    return found


MISTAKES: dict[str, tuple[Callable[[Values], None], str]] = {
    "a condition for EventBridge in a topic's policy": (
        put("aws_sns_topic_policy", policy=policy(EVENTS | {"Condition": SOURCE})),
        "silent: the topic's",
    ),
    "a condition for EventBridge in a key's policy": (
        put("aws_kms_key", policy=policy(EVENTS | {"Condition": SOURCE})),
        "silent: the key's",
    ),
    "EventBridge among others with a condition": (
        put(
            "aws_sns_topic_policy",
            policy=policy(
                EVENTS
                | {"Principal": {"Service": ["budgets.amazonaws.com", "events.amazonaws.com"]}, "Condition": SOURCE}
            ),
        ),
        "silent",
    ),
    "a resource for an action that takes none": (
        put("aws_iam_role_policy", policy=policy(LOOKS | {"Resource": ["arn:aws:glue:r:1:catalog"]})),
        "unscoped",
    ),
    "tags asked of a request to delete": (
        put(
            "aws_iam_role_policy",
            policy=policy(DELETES | {"Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": ["x"]}}}),
        ),
        "tagless",
    ),
    "a metric without its QueryType": (
        put("aws_cloudwatch_metric_alarm", dimensions={"Workgroup": "w"}),
        "dimensions",
    ),
    "a metric by another name of its workgroup": (
        put("aws_cloudwatch_metric_alarm", dimensions={"QueryType": "SELECT", "WorkgroupName": "w"}),
        "dimensions",
    ),
    "a metric that nobody looked up": (put("aws_cloudwatch_metric_alarm", metric_name="Queries"), "into the table"),
    "a budget that counts a text of Terraform's": (
        put(
            "aws_budgets_budget",
            cost_filter=[{"name": "TagKeyValue", "values": ["user:Environment${var.environment}"]}],
        ),
        "budgets",
    ),
    "a budget by a tag without user:": (
        put("aws_budgets_budget", cost_filter=[{"name": "TagKeyValue", "values": ["Environment$dev"]}]),
        "budgets",
    ),
    "a database of Redshift's own": (put("aws_redshiftserverless_namespace", db_name="template1"), "databases"),
    "a database called by a word of SQL": (put("aws_redshiftserverless_namespace", db_name="order"), "databases"),
    "a database with a hyphen": (put("aws_redshiftserverless_namespace", db_name="shop-dev"), "databases"),
    "events to a workflow itself": (
        put("aws_cloudwatch_event_target", arn="arn:aws:glue:r:1:workflow/w"),
        "queued",
    ),
    "a queue that shows messages too early": (put("aws_sqs_queue", visibility_timeout_seconds=60), "polled"),
    "a function that takes longer than its queue waits": (put("aws_lambda_function", timeout=300), "polled"),
    "wheels for Python shell": (
        put("aws_glue_job", default_arguments={"--region": "r", "--extra-py-files": "s3://a/boto3.whl"}),
        "shell",
    ),
    "a job without a region": (put("aws_glue_job", default_arguments={}), "regions"),
    "a job on EMR without a region": (
        put("aws_glue_job", default_arguments={"--region": "r", "--arguments-json": "{}"}),
        "regions",
    ),
    "a prefix with an expression of errors": (to("prefix", "c/!{firehose:error-output-type}/"), "prefixes"),
    "a prefix with a namespace that is none": (to("prefix", "c/!{date:yyyy}/"), "prefixes"),
    "a prefix of errors that says no type": (to("error_output_prefix", "_errors/"), "prefixes"),
    "a path that browsers may not ask": (documented(lambda d: d["paths"]["/v1"].pop("options")), "no OPTIONS"),
    "a type that is refused": (
        documented(lambda d: integration(d).update(requestTemplates={"application/json": "{}"})),
        "refuses application/x-www-form-urlencoded, text/plain",
    ),
    "an answer that pages may not read": (
        documented(lambda d: integration(d)["responses"]["default"].update(responseParameters={})),
        "answer default is not to be read",
    ),
    "an answer that the method does not know": (
        documented(lambda d: integration(d)["responses"]["default"].update(statusCode="201")),
        "answer 201",
    ),
    "a refusal that pages may not read": (
        documented(lambda d: d["x-amazon-apigateway-gateway-responses"].pop("DEFAULT_4XX")),
        "DEFAULT_4XX",
    ),
    "a body that stays packed": (put("aws_api_gateway_rest_api", minimum_compression_size="-1"), "packed"),
}


def test_what_is_right_breaks_no_rule() -> None:
    assert judged(GOOD) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_seeded_mistake_is_found(name: str) -> None:
    breaks, says = MISTAKES[name]
    values = copy.deepcopy(GOOD)
    breaks(values)
    found = judged(values)
    assert len(found) == 1, found
    assert says in found[0]
