"""Plans broken on purpose: each must be found by a judge of policies, the follower of references or a rule of AWS."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

from tests.infra import access, documented, known, references
from tests.infra.policies import Access, Statement, resources

Values = dict[str, dict[str, Any]]
GLUE = "module.platform.module.glue."
LAKE = "module.platform.module.lake."


def _replace(address: str, field: str, old: str, new: str) -> Callable[[Values], None]:
    def change(values: Values) -> None:
        assert old in values[address][field], f"{address}: {old} is not there"
        values[address][field] = values[address][field].replace(old, new)

    return change


def _argument(address: str, name: str, value: str) -> Callable[[Values], None]:
    def change(values: Values) -> None:
        values[address]["default_arguments"][name] = value

    return change


def _without_tag(values: Values) -> None:
    del values["module.platform.module.network.aws_vpc.this"]["tags_all"]["Owner"]


def _in_any_workgroup(values: Values) -> None:
    policy = values["module.platform.module.athena.aws_iam_role_policy.steward"]
    policy["policy"], changed = re.subn(r":workgroup/[\w-]+", ":workgroup/*", policy["policy"])
    assert changed


def _any_stream(values: Values) -> None:
    """As if `streams` took a pattern: what Firehose lands would be read twice."""
    role = values[GLUE + 'aws_iam_role_policy.this["transform"]']
    document = json.loads(role["policy"])
    on = {
        "Effect": "Allow",
        "Action": "kinesis:GetRecords",
        "Resource": "arn:aws:kinesis:us-east-2:123456789012:stream/*",
    }
    role["policy"] = json.dumps(document | {"Statement": [*document["Statement"], on | {"Sid": "ReadTheseStreams"}]})


SABOTAGE: dict[str, Callable[[Values], None]] = {
    "ingest and silver write gold": _replace(
        GLUE + 'aws_iam_role_policy.this["transform"]', "policy", "-silver/*", "-gold/*"
    ),
    "a role may do everything in S3": _replace(
        GLUE + 'aws_iam_role_policy.this["serve"]', "policy", '"secretsmanager:GetSecretValue"', '"s3:*"'
    ),
    "an action that is none": _replace(
        GLUE + 'aws_iam_role_policy.this["transform"]', "policy", '"glue:GetTable"', '"glue:GetTabel"'
    ),
    "a condition that no request says": _replace(
        GLUE + 'aws_iam_role_policy.this["transform"]', "policy", '"cloudwatch:namespace"', '"cloudwatch:nameSpaces"'
    ),
    "TLS is not asked for": _replace(LAKE + 'aws_s3_bucket_policy.this["gold"]', "policy", '"false"', '"never"'),
    "anyone takes a role": _replace(
        GLUE + 'aws_iam_role.this["serve"]', "assume_role_policy", '{"Service":"glue.amazonaws.com"}', '{"AWS":"*"}'
    ),
    "analysts read landing": _replace(
        "module.platform.module.serving.aws_iam_role_policy.analyst", "policy", '"redshift-data:ListTables"', '"s3:*"'
    ),
    "a bucket that is not there": _argument(GLUE + 'aws_glue_job.stage["silver"]', "--landing-uri", "s3://nowhere"),
    "an argument no job takes": _argument(GLUE + 'aws_glue_job.stage["ingest"]', "--stagee", "x"),
    "a stage that is none": _argument(GLUE + 'aws_glue_job.stage["ingest"]', "--stage", "platinum"),
    "a role of another environment": _argument(
        GLUE + 'aws_glue_job.step["gold"]', "--execution-role-arn", "arn:aws:iam::123456789012:role/other"
    ),
    "an alarm on nothing": _replace(
        'module.platform.module.observability.aws_cloudwatch_metric_alarm.this["data-stale"]', "metric_name", "f", "g"
    ),
    "a trigger for a job that is not there": lambda values: values[
        'module.platform.module.orchestration.aws_glue_trigger.after["gold"]'
    ]["actions"][0].update(job_name="nobody"),
    "a tag that is missing": _without_tag,
    "a role that nothing caps": lambda values: values[GLUE + 'aws_iam_role.this["serve"]'].update(
        permissions_boundary=None
    ),
    "a query without end": lambda values: values["module.platform.module.athena.aws_athena_workgroup.this"][
        "configuration"
    ][0].update(bytes_scanned_cutoff_per_query=None),
    "stewards ask in any workgroup": _in_any_workgroup,
    "ingest reads any stream": _any_stream,
}


def unnoticed(plan: dict[str, Any], environment: str, boundary: list[Statement]) -> list[str]:
    """What was broken and not found; `boundary` caps the roles of the plan."""
    found = []
    for name, breaks in SABOTAGE.items():
        broken = copy.deepcopy(plan)
        breaks({each["address"]: each["values"] for each in resources(broken)})
        if not (
            access.wrong(broken, environment, boundary)
            or references.broken(broken, environment)
            or documented.broken(broken)
            or known.broken(Access(broken, boundary))
        ):
            found.append(name)
    return found
