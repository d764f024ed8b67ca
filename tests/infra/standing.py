"""Policies as they stand in the emulator: who may do what there. Only the emulator's own process can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kinesis.models import kinesis_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sts.models import sts_backends

from tests.infra.asked import Asked
from tests.infra.emulator.redshift_serverless import workgroup_arn
from tests.infra.permissions import ACCOUNT, REGION, Needed, encrypted, needed
from tests.infra.policies import Judge, Statement, statements

#: What an application of EMR Serverless reaches that is put into no network ("Configuring VPC access").
_NEAR_EMR = {"s3", "glue", "kms", "logs", "cloudwatch", "dynamodb", "secretsmanager"}
#: Service -> the name of its endpoint, where they differ.
_ENDPOINTS = {"cloudwatch": "monitoring", "emr": "elasticmapreduce", "kinesis": "kinesis-streams"}
_ANYTHING: list[Statement] = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def denied(asked: Asked) -> str | None:
    """Why whoever asks may not have it: a role by its name. None for a person, who may do everything here."""
    name, _, inside = asked.who.partition("@")
    session = next((each for each in sts_backends[ACCOUNT]["aws"].assumed_roles if each.access_key_id == name), None)
    name = session.role_arn.rsplit("/", 1)[-1] if session else name
    role = next((each for each in iam_backends[ACCOUNT]["aws"].roles.values() if each.name == name), None)
    if role is None:
        return None
    way = _way(asked.service, inside)
    if way is None:
        return f"{name} stands where no way leads to {asked.service}: on AWS it would wait until it gives up"
    own, caps, judge = list(_own(role)), list(_caps(role, session)), Judge(_buckets(), _keys())
    context = {"aws:PrincipalArn": str(role.arn), "aws:PrincipalAccount": ACCOUNT, "aws:userid": asked.who}
    needs = needed(asked)
    # What a service asks of a key it does not ask through the caller's network.
    for each, capped in [*((n, [*caps, way]) for n in needs), *((n, caps) for n in encrypted(needs, _key_of))]:
        resource = _by_its_id(each.resource)
        if not judge.decides(own, each.action, resource, {**context, **each.context}, capped):
            return f"User: {role.arn} is not authorized to perform: {each.action} on resource: {resource}"
    return _unseen(asked, own, judge, context)


def _by_its_id(resource: str) -> str:
    """A request names a workgroup of Redshift, a policy its id; one of Athena has none."""
    service, _, name = resource.partition(":workgroup/")
    return (workgroup_arn(name) or resource) if ":redshift-serverless:" in service else resource


def _own(role: Any) -> Iterator[Statement]:
    for policy in role.policies.values():
        yield from statements(policy)
    for policy in role.managed_policies.values():
        yield from _managed(policy)


def _caps(role: Any, session: Any) -> Iterator[list[Statement]]:
    """The permissions boundary of a role, and the policy of a session in its name."""
    if role.permissions_boundary_arn:
        yield _managed(iam_backends[ACCOUNT]["aws"].managed_policies[role.permissions_boundary_arn])
    if session is not None and session.policy:
        yield statements(session.policy)


def _managed(policy: Any) -> list[Statement]:
    (current,) = [each for each in policy.versions if each.version_id == policy.default_version_id]
    return statements(current.document)


def _buckets() -> dict[str, list[Statement]]:
    found = s3_backends[ACCOUNT]["aws"].buckets.items()
    return {name: statements(bucket.policy) for name, bucket in found if bucket.policy}


def _keys() -> dict[str, list[Statement]]:
    return {key.arn: statements(key.policy) for key in kms_backends[ACCOUNT][REGION].keys.values()}


def _key_of(resource: str) -> str | None:
    """The key that encrypts an object of a bucket, or records of a stream."""
    if resource.startswith("arn:aws:kinesis:"):
        stream = kinesis_backends[ACCOUNT][REGION].streams.get(resource.rpartition("/")[2])
        return str(stream.key_id) if stream and stream.key_id else None
    found = s3_backends[ACCOUNT]["aws"].buckets.get(resource.removeprefix("arn:aws:s3:::").partition("/")[0])
    rules = (found.encryption or {}).get("Rule", {}) if found else {}
    rule = rules[0] if isinstance(rules, list) else rules
    key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
    return str(key) if key else None


def _unseen(asked: Asked, own: list[Statement], judge: Judge, context: dict[str, str]) -> str | None:
    """An object that is not there is said to be missing only to who may list its bucket."""
    if asked.operation not in ("GetObject", "HeadObject"):
        return None
    bucket = s3_backends[ACCOUNT]["aws"].buckets.get(asked.given["Bucket"])
    if bucket is None or asked.given["Key"] in bucket.keys:
        return None
    need = Needed("s3:ListBucket", str(bucket.arn), {"s3:prefix": asked.given["Key"]})
    if judge.decides(own, need.action, need.resource, {**context, **need.context}):
        return None
    return f"{asked.given['Key']} is not there, which only who may {need.action} on {need.resource} is told"


def _way(service: str, inside: str) -> list[Statement] | None:
    """What may go the way that leads there: by the policy of an endpoint, or anything. None where no way leads."""
    if inside == "emr":
        return _ANYTHING if service in _NEAR_EMR else None
    ec2 = ec2_backends[ACCOUNT][REGION]
    if inside != "vpc" or any(gateway.state == "available" for gateway in ec2.nat_gateways.values()):
        return _ANYTHING
    name = f".{_ENDPOINTS.get(service, service)}"
    found = [each for each in ec2.vpc_end_points.values() if str(each.service_name).endswith(name)]
    return [one for each in found for one in statements(each.policy_document)] if found else None
