"""Policies as they stand in an account: a role's own, those attached to it, what caps it, and what caps a session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.infra.asked import asked
from tests.infra.permissions import ACCOUNT, INSIDE, OUTSIDE, REGION
from tests.infra.signing import request
from tests.infra.standing import denied

ROLE = f"arn:aws:iam::{ACCOUNT}:role/steward"


def policy(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def ask(who: str = "steward", workgroup: str = "gold") -> str | None:
    """Why a question to Athena is denied."""
    found = asked(request("athena", "StartQueryExecution", who=who, QueryString="select 1", WorkGroup=workgroup))
    assert found is not None
    return denied(found)


@pytest.fixture
def iam() -> Iterator[Any]:
    """An account with a role that may ask Athena."""
    with mock_aws():
        client = boto3.client("iam", REGION, aws_access_key_id="a", aws_secret_access_key="b")
        client.create_role(RoleName="steward", AssumeRolePolicyDocument=policy("sts:AssumeRole"))
        client.put_role_policy(RoleName="steward", PolicyName="own", PolicyDocument=policy("athena:*"))
        yield client


def capped(iam: Any, action: str) -> None:
    """Cap the role by a policy."""
    arn = iam.create_policy(PolicyName="cap", PolicyDocument=policy(action))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="steward", PermissionsBoundary=arn)


def test_a_role_may_what_its_policies_say(iam: Any) -> None:
    assert ask() is None
    iam.delete_role_policy(RoleName="steward", PolicyName="own")
    assert "athena:StartQueryExecution" in str(ask())
    arn = iam.create_policy(PolicyName="attached", PolicyDocument=policy("athena:*"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="steward", PolicyArn=arn)
    assert ask() is None


@pytest.mark.parametrize(("action", "may"), [("athena:*", True), ("s3:*", False)])
def test_a_boundary_caps_it(iam: Any, action: str, may: bool) -> None:
    capped(iam, action)
    assert (ask() is None) is may


@pytest.mark.parametrize(("action", "may"), [("athena:*", True), ("s3:*", False)])
def test_a_session_may_no_more_than_its_policy(iam: Any, action: str, may: bool) -> None:
    assert iam.get_role(RoleName="steward")["Role"]["Arn"] == ROLE
    sts = boto3.client("sts", REGION, aws_access_key_id="a", aws_secret_access_key="b")
    taken = sts.assume_role(RoleArn=ROLE, RoleSessionName="a-steward", Policy=policy(action))
    assert (ask(taken["Credentials"]["AccessKeyId"]) is None) is may


def test_an_application_in_no_network_reaches_some_services_only(iam: Any) -> None:
    assert "no way leads to athena" in str(ask(f"steward{OUTSIDE}"))


def test_a_job_in_a_network_reaches_what_has_an_endpoint_there_or_a_way_out(iam: Any) -> None:
    ec2 = boto3.client("ec2", REGION, aws_access_key_id="a", aws_secret_access_key="b")
    network = ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"]
    assert "no way leads to athena" in str(ask(f"steward{INSIDE}"))
    other = ec2.create_vpc_endpoint(
        VpcId=network, ServiceName=f"com.amazonaws.{REGION}.glue", VpcEndpointType="Interface"
    )["VpcEndpoint"]["VpcEndpointId"]
    assert "no way leads to athena" in str(ask(f"steward{INSIDE}"))
    ec2.create_vpc_endpoint(VpcId=network, ServiceName=f"com.amazonaws.{REGION}.athena", VpcEndpointType="Interface")
    assert ask(f"steward{INSIDE}") is None
    ec2.delete_vpc_endpoints(VpcEndpointIds=[other])
    assert ask(f"steward{INSIDE}") is None


def test_what_leads_to_a_service_may_lead_to_some_of_it_only(iam: Any) -> None:
    """The policy of an endpoint holds for what goes through it, and for nobody else."""
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    iam.put_role_policy(RoleName="steward", PolicyName="own", PolicyDocument=policy("*"))
    ec2 = boto3.client("ec2", REGION, **keys)
    own = {"Effect": "Allow", "Principal": "*", "Action": "athena:*", "Resource": "arn:aws:athena:*:workgroup/gold"}
    ec2.create_vpc_endpoint(
        VpcId=ec2.create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"],
        ServiceName=f"com.amazonaws.{REGION}.athena",
        VpcEndpointType="Interface",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [own]}),
    )
    assert ask(f"steward{INSIDE}") is None
    assert "not authorized" in str(ask(f"steward{INSIDE}", "silver"))
    assert ask("steward", "silver") is None


def test_records_of_a_stream_are_opened_by_its_key(iam: Any) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    kinesis, kms = boto3.client("kinesis", REGION, **keys), boto3.client("kms", REGION, **keys)
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    first = {"StreamName": "orders", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    given = {"ShardIterator": kinesis.get_shard_iterator(**first)["ShardIterator"]}
    iam.put_role_policy(RoleName="steward", PolicyName="own", PolicyDocument=policy("kinesis:*"))
    found = asked(request("kinesis", "GetRecords", who="steward", **given))
    assert found is not None
    assert denied(found) is None
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kinesis.start_stream_encryption(StreamName="orders", EncryptionType="KMS", KeyId=key)
    assert f"kms:Decrypt on resource: {key}" in str(denied(found))
