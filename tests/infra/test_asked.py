"""What requests ask, in every protocol, and what the front door finds wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.asked import UnreadableError, asked
from tests.infra.front_door import wrong
from tests.infra.signing import request

ROLE = "arn:aws:iam::123456789012:role/r"
TOPIC = "arn:aws:sns:us-east-2:123456789012:failures"
ALARM = {
    "AlarmName": "failed", "MetricName": "Errors", "Namespace": "AWS/Lambda", "Period": 60, "EvaluationPeriods": 1,
    "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum",
}  # fmt: skip
FUNCTION = {"FunctionName": "start", "Role": ROLE, "Code": {"ZipFile": b"x"}, "Handler": "a.b", "Runtime": "python3.13"}
RULE = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
INGRESS = {"GroupId": "sg-1", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}]}
RUN = {"applicationId": "00f1", "clientToken": "t", "executionRoleArn": ROLE}

GOOD: list[tuple[str, str, dict[str, Any]]] = [
    ("sns", "CreateTopic", {"Name": "failures", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}),
    ("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}),
    ("ec2", "AuthorizeSecurityGroupIngress", INGRESS),
    ("cloudwatch", "PutMetricAlarm", ALARM),
    ("sts", "GetCallerIdentity", {}),
    ("s3", "PutObject", {"Bucket": "shop", "Key": "a b/é.csv", "Body": b"x"}),
    ("s3", "PutBucketLifecycleConfiguration", {"Bucket": "shop", "LifecycleConfiguration": {"Rules": [RULE]}}),
    ("lambda", "CreateFunction", FUNCTION),
    ("apigateway", "CreateRestApi", {"name": "events"}),
    ("emr-serverless", "StartJobRun", RUN),
]
_STORAGE = {"Transition": {"Days": 30, "StorageClass": "COLD"}}
BAD: list[tuple[str, str, dict[str, Any], str]] = [
    ("sns", "CreateTopic", {}, "lacks Name"),
    ("sns", "CreateTopic", {"Name": "failures", "Tags": [{"Key": "a"}]}, "Tags[0] lacks Value"),
    ("sns", "Subscribe", {"TopicArn": TOPIC}, "lacks Protocol"),
    ("sns", "CreateTopic", {"Name": "failures", "Tags": [{"Key": "", "Value": "b"}]}, "Key has 0"),
    ("iam", "CreateRole", {"RoleName": "r"}, "lacks AssumeRolePolicyDocument"),
    ("iam", "CreateRole", {"RoleName": "a role", "AssumeRolePolicyDocument": "{}"}, "is not like"),
    ("iam", "CreateRole", {"RoleName": "r" * 65, "AssumeRolePolicyDocument": "{}"}, "RoleName has 65"),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": 60}, "has 60"),
    ("iam", "PutRolePolicy", {"RoleName": "r", "PolicyName": "p"}, "lacks PolicyDocument"),
    ("iam", "AttachRolePolicy", {"RoleName": "r", "PolicyArn": "admin"}, "PolicyArn has 5"),
    ("ec2", "CreateSubnet", {"CidrBlock": "10.0.0.0/24"}, "lacks VpcId"),
    ("ec2", "CreateVpcEndpoint", {"VpcId": "v", "ServiceName": "s", "VpcEndpointType": "Gate"}, "not one of"),
    ("ec2", "CreateFlowLogs", {"ResourceIds": ["v"], "ResourceType": "Network"}, "not one of"),
    ("cloudwatch", "PutMetricAlarm", ALARM | {"ComparisonOperator": ">"}, "not one of"),
    ("cloudwatch", "PutMetricAlarm", ALARM | {"EvaluationPeriods": 0}, "EvaluationPeriods has 0"),
    ("cloudwatch", "PutMetricAlarm", ALARM | {"Statistic": "sum"}, "not one of"),
    ("cloudwatch", "PutMetricAlarm", {"EvaluationPeriods": 1}, "lacks AlarmName"),
    ("s3", "PutObject", {"Bucket": "shop", "Key": "k", "ServerSideEncryption": "KMS"}, "not one of"),
    ("s3", "PutObject", {"Bucket": "shop", "Key": "k", "StorageClass": "COLD"}, "not one of"),
    (
        "s3",
        "PutBucketVersioning",
        {"Bucket": "shop", "VersioningConfiguration": {"Status": "On"}},
        "not one of Enabled",
    ),
    (
        "s3",
        "PutBucketLifecycleConfiguration",
        {"Bucket": "shop", "LifecycleConfiguration": {"Rules": [{"ID": "old", "Filter": {"Prefix": ""}}]}},
        "lacks Status",
    ),
    (
        "s3",
        "PutBucketLifecycleConfiguration",
        {"Bucket": "shop", "LifecycleConfiguration": {"Rules": [{**RULE, "Transitions": [_STORAGE["Transition"]]}]}},
        "not one of GLACIER",
    ),
    ("lambda", "CreateFunction", FUNCTION | {"MemorySize": 64}, "MemorySize has 64"),
    ("lambda", "CreateFunction", FUNCTION | {"Timeout": 0}, "Timeout has 0"),
    ("lambda", "CreateFunction", FUNCTION | {"Runtime": "python3"}, "not one of"),
    ("lambda", "CreateFunction", FUNCTION | {"Role": "r"}, "is not like"),
    ("lambda", "CreateFunction", {name: value for name, value in FUNCTION.items() if name != "Code"}, "lacks Code"),
    ("apigateway", "CreateRestApi", {}, "lacks name"),
    ("apigateway", "CreateRestApi", {"name": "events", "apiKeySource": "BODY"}, "not one of HEADER"),
    ("emr-serverless", "StartJobRun", {"applicationId": "00f1", "clientToken": "t"}, "lacks executionRoleArn"),
    ("emr-serverless", "StartJobRun", RUN | {"executionRoleArn": "r"}, "executionRoleArn has 1"),
]


def judged(service: str, operation: str, given: dict[str, Any]) -> list[str]:
    found = asked(request(service, operation, **given))
    assert found is not None
    assert (found.service, found.operation, found.who) == (service, operation, "somebody")
    return wrong(found)


@pytest.mark.parametrize(("service", "operation", "given"), GOOD, ids=[f"{s} {o}" for s, o, _ in GOOD])
def test_what_aws_takes_is_taken(service: str, operation: str, given: dict[str, Any]) -> None:
    assert judged(service, operation, given) == []


@pytest.mark.parametrize(("service", "operation", "given", "says"), BAD, ids=[f"{o} {says}" for _, o, _, says in BAD])
def test_a_seeded_mistake_is_found(service: str, operation: str, given: dict[str, Any], says: str) -> None:
    found = judged(service, operation, given)
    assert [each for each in found if says in each], found


def test_what_no_operation_has_is_found() -> None:
    environ = request("sns", "CreateTopic", Name="failures")
    body = environ["wsgi.input"].read() + b"&Nmae=failures"
    environ |= {"wsgi.input": type(environ["wsgi.input"])(body), "CONTENT_LENGTH": str(len(body))}
    found = asked(environ)
    assert found is not None
    assert wrong(found) == ["CreateTopic has no member Nmae"]


def test_a_number_that_is_none_is_told() -> None:
    environ = request("cloudwatch", "PutMetricAlarm", **ALARM)
    found = asked(environ)
    assert found is not None
    environ = request("iam", "CreateRole", RoleName="r", AssumeRolePolicyDocument="{}", MaxSessionDuration="an hour")
    with pytest.raises(UnreadableError, match="CreateRole"):
        asked(environ)


def test_who_does_not_sign_asks_nothing_of_ours() -> None:
    environ = request("s3", "ListBuckets")
    del environ["HTTP_AUTHORIZATION"]
    assert asked(environ) is None
