"""Policies say what AWS knows, and seeded mistakes are found. Plans are judged by `tests/infra/apply.py`."""

from __future__ import annotations

from typing import Any

import pytest
from tests.infra import known

pytestmark = pytest.mark.skipif(not known.listed(), reason="SKIPPED: make infra-test installs the list of actions")
TABLE = "arn:aws:glue:us-east-2:123456789012:table/gold/fct_sales"
ANY = {"Effect": "Allow", "Resource": "*"}

GOOD: list[dict[str, Any]] = [
    ANY | {"Action": ["glue:GetTable", "glue:BatchGet*"], "Resource": TABLE},
    ANY | {"Action": "*", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ANY | {"Action": "kms:Decrypt", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-2.amazonaws.com"}}},
    ANY | {"Action": "kms:Decrypt", "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:*"}}},
    ANY | {"Action": "glue:CreateJob", "Condition": {"StringEquals": {"aws:RequestTag/Owner": "data"}}},
    ANY | {"Action": "cloudwatch:PutMetricData", "Condition": {"StringEquals": {"cloudwatch:namespace": "shop"}}},
]
BAD: list[tuple[dict[str, Any], str]] = [
    (ANY | {"Action": "glue:GetTabel"}, "is no action"),
    (ANY | {"Action": "glu:GetTable"}, "is no action"),
    (ANY | {"Action": ["s3:GetObject", "s3:GetObjects"]}, "s3:GetObjects is no action"),
    (ANY | {"Action": "s3:HeadObject"}, "is no action"),
    (ANY | {"Action": "kinesis:PutItem*"}, "is no action"),
    (ANY | {"Action": "emr-serverless:StartJobRun", "Condition": {"Bool": {"emr-serverless:Arn": "x"}}}, "no such"),
    (ANY | {"Action": "ec2:DeleteNetworkInterface", "Condition": {"StringLike": {"aws:TagKeys": "x"}}}, "aws:TagKeys"),
    (ANY | {"Action": "s3:ListBucket", "Condition": {"StringLike": {"s3:prefixes": "x"}}}, "s3:prefixes"),
    (ANY | {"Action": "s3:GetObject", "Condition": {"StringLike": {"s3:prefix": "x"}}}, "s3:prefix"),
    (ANY | {"Action": "glue:GetSecurityConfiguration", "Resource": TABLE}, "takes no resource"),
    (ANY | {"Action": "ec2:DescribeSubnets", "Resource": "arn:aws:ec2:::subnet/s"}, "takes no resource"),
]


@pytest.mark.parametrize("statement", GOOD, ids=lambda each: str(each["Action"]))
def test_what_is_known_is_taken(statement: dict[str, Any]) -> None:
    assert list(known.wrong(statement)) == []


@pytest.mark.parametrize(("statement", "says"), BAD, ids=[str(each["Action"]) for each, _ in BAD])
def test_a_seeded_mistake_is_found(statement: dict[str, Any], says: str) -> None:
    (found,) = known.wrong(statement)
    assert says in found
