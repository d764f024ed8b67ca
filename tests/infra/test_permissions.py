"""What requests need, and whether a role's policies give it: what is denied while a pipeline runs."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from tests.infra.asked import asked
from tests.infra.permissions import Needed, UnknownRequestError, encrypted, needed
from tests.infra.policies import Judge, Statement
from tests.infra.signing import request

GLUE = "arn:aws:glue:us-east-2:123456789012"
KEY = "arn:aws:kms:us-east-2:123456789012:key/k"
GOLD = "arn:aws:s3:::shop-gold"
EVENTS = "arn:aws:kinesis:us-east-2:123456789012:stream/events"
OLD = {"Key": "b", "VersionId": "1"}
KMS = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY}


def needs(service: str, operation: str, **given: Any) -> list[Needed]:
    found = asked(request(service, operation, **given))
    assert found is not None
    return needed(found)


@pytest.mark.parametrize(
    ("service", "operation", "given", "actions"),
    [
        ("s3", "HeadObject", {"Bucket": "shop-gold", "Key": "t/f"}, [f"s3:GetObject {GOLD}/t/f"]),
        ("s3", "UploadPart", {"Bucket": "shop-gold", "Key": "f", "PartNumber": 1, "UploadId": "u", "Body": b""},
         [f"s3:PutObject {GOLD}/f"]),
        ("s3", "DeleteObjects", {"Bucket": "shop-gold", "Delete": {"Objects": [{"Key": "a"}, OLD]}},
         [f"s3:DeleteObject {GOLD}/a", f"s3:DeleteObjectVersion {GOLD}/b"]),
        ("s3", "CopyObject", {"Bucket": "shop-gold", "Key": "b", "CopySource": "shop-silver/a"},
         ["s3:GetObject arn:aws:s3:::shop-silver/a", f"s3:PutObject {GOLD}/b"]),
        ("s3", "ListObjectsV2", {"Bucket": "shop-gold", "Prefix": "t/"}, [f"s3:ListBucket {GOLD}"]),
        ("glue", "GetTable", {"DatabaseName": "gold", "Name": "t"},
         [f"glue:GetTable {GLUE}:{each}" for each in ("catalog", "database/gold", "table/gold/t")]),
        ("glue", "UpdateTable", {"DatabaseName": "gold", "TableInput": {"Name": "t"}},
         [f"glue:UpdateTable {GLUE}:{each}" for each in ("catalog", "database/gold", "table/gold/t")]),
        ("glue", "CreateDatabase", {"DatabaseInput": {"Name": "gold"}},
         [f"glue:CreateDatabase {GLUE}:{each}" for each in ("catalog", "database/gold")]),
        ("glue", "StartWorkflowRun", {"Name": "w"}, [f"glue:StartWorkflowRun {GLUE}:workflow/w"]),
        ("emr-serverless", "StartJobRun", {"applicationId": "a", "clientToken": "t", "executionRoleArn": "r"},
         ["emr-serverless:StartJobRun arn:aws:emr-serverless:us-east-2:123456789012:/applications/a",
          "iam:PassRole r"]),
        ("redshift-data", "ExecuteStatement", {"WorkgroupName": "w", "Database": "d", "Sql": "s", "SecretArn": "x"},
         ["redshift-data:ExecuteStatement arn:aws:redshift-serverless:us-east-2:123456789012:workgroup/w",
          "secretsmanager:GetSecretValue x"]),
        ("sqs", "ReceiveMessage", {"QueueUrl": "http://127.0.0.1/123456789012/starts"},
         ["sqs:ReceiveMessage arn:aws:sqs:us-east-2:123456789012:starts"]),
        ("kinesis", "PutRecord", {"StreamName": "events", "PartitionKey": "k", "Data": b""},
         [f"kinesis:PutRecord {EVENTS}"]),
        ("kinesis", "GetRecords", {"ShardIterator": b64encode(b"events:shardId-000000000000:17").decode()},
         [f"kinesis:GetRecords {EVENTS}"]),
    ],
)  # fmt: skip
def test_a_request_needs_each_action_on_each_thing_it_touches(
    service: str, operation: str, given: dict[str, Any], actions: list[str]
) -> None:
    assert [f"{each.action} {each.resource}" for each in needs(service, operation, **given)] == actions


def test_what_nobody_wrote_down_is_never_a_yes() -> None:
    with pytest.raises(UnknownRequestError, match="PutBucketPolicy"):
        needs("s3", "PutBucketPolicy", Bucket="shop-gold", Policy="{}")
    with pytest.raises(UnknownRequestError, match="sns ListTopics"):
        needs("sns", "ListTopics")


def test_what_lies_encrypted_needs_its_key() -> None:
    found = encrypted(needs("s3", "GetObject", Bucket="shop-gold", Key="f"), lambda _: KEY)
    assert [(each.action, each.resource) for each in found] == [("kms:Decrypt", KEY)]
    (opened,) = encrypted([Needed("kinesis:GetRecords", EVENTS)], lambda _: KEY)
    assert (opened.action, opened.context["kms:ViaService"]) == ("kms:Decrypt", "kinesis.us-east-2.amazonaws.com")
    assert encrypted(needs("s3", "ListObjectsV2", Bucket="shop-gold"), lambda _: KEY) == []
    assert encrypted(needs("s3", "PutObject", Bucket="shop-gold", Key="f", Body=b""), lambda _: None) == []


def test_headers_are_what_conditions_are_held_to() -> None:
    """A bucket that takes its key only takes a write that names it, or none."""
    own: list[Statement] = [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"{GOLD}/*"}]
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    only = {"Null": {header: "false"}, "StringNotEquals": {header: KEY}}
    theirs = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{GOLD}/*", "Condition": only}
    ]
    judge = Judge({"shop-gold": theirs}, {})
    for said, may in (({}, True), (KMS, True), (KMS | {"SSEKMSKeyId": KEY + "x"}, False)):
        (need,) = needs("s3", "PutObject", Bucket="shop-gold", Key="f", Body=b"", **said)
        assert judge.decides(own, need.action, need.resource, need.context) is may


def test_a_variable_of_a_policy_is_who_asks() -> None:
    mine = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}
    own: list[Statement] = [
        {"Effect": "Allow", "Action": "redshift-data:DescribeStatement", "Resource": "*", "Condition": mine}
    ]
    (need,) = needs("redshift-data", "DescribeStatement", Id="1")
    for who, may in (("somebody", True), ("another", False)):
        assert Judge({}, {}).decides(own, need.action, "*", {"aws:userid": who, **need.context}) is may
