"""The front door takes what AWS takes, and finds each seeded mistake."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.infra.front_door import operation, refused

ROLE = "arn:aws:iam::123456789012:role/r"
JOB = {"Name": "ingest", "Role": ROLE, "Command": {"Name": "glueetl", "ScriptLocation": "s3://a/j.py"}}
TRIGGER = {"Name": "start", "Type": "EVENT", "Actions": [{"JobName": "ingest"}]}
RULE = {"Name": "shop-arrivals", "ScheduleExpression": "rate(1 hour)"}
TARGETS = {"Rule": "shop-arrivals", "Targets": [{"Id": "1", "Arn": "arn:aws:sqs:us-east-2:123456789012:q"}]}
RECORD = {"StreamName": "events", "PartitionKey": "k", "Data": base64.b64encode(b"{}").decode()}
LARGE = {"PartitionKey": "k", "Data": base64.b64encode(b"x" * ((1 << 20) + 1)).decode()}
S3 = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::landing"}
DELIVERY = {"DeliveryStreamName": "events", "ExtendedS3DestinationConfiguration": S3}
WORKGROUP = {"workgroupName": "shop-dev", "namespaceName": "shop-dev", "baseCapacity": 8}
STATEMENT = {"Sql": "select 1", "WorkgroupName": "shop", "Database": "d"}
BUDGET = {"BudgetName": "shop", "TimeUnit": "MONTHLY", "BudgetType": "COST"}
GLUE, EVENTS, KINESIS, LOGS = "AWSGlue.", "AWSEvents.", "Kinesis_20131202.", "Logs_20140328."
FIREHOSE, KMS, BUDGETS = "Firehose_20150804.", "TrentService.", "AWSBudgetServiceGateway."
REDSHIFT, DATA, EMR = "RedshiftServerless.", "RedshiftData.", "ElasticMapReduce."
SSM, SQS = "AmazonSSM.", "AmazonSQS."

GOOD: list[tuple[str, dict[str, Any]]] = [
    (GLUE + "CreateJob", JOB),
    (GLUE + "CreateTrigger", TRIGGER),
    (GLUE + "CreateTrigger", TRIGGER | {"EventBatchingCondition": {"BatchSize": 100, "BatchWindow": 900}}),
    (EVENTS + "PutRule", RULE),
    (EVENTS + "PutTargets", TARGETS),
    (KINESIS + "PutRecord", RECORD),
    (KINESIS + "PutRecord", RECORD | {"Data": base64.b64encode(b"x" * ((1 << 20) - 1)).decode()}),
    (KINESIS + "ListShards", {"NextToken": "t"}),
    (FIREHOSE + "CreateDeliveryStream", DELIVERY),
    (LOGS + "CreateLogGroup", {"logGroupName": "/shop-dev/glue/output"}),
    (LOGS + "PutRetentionPolicy", {"logGroupName": "/shop", "retentionInDays": 30}),
    (KMS + "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 7}),
    (BUDGETS + "CreateBudget", {"AccountId": "123456789012", "Budget": BUDGET}),
    (REDSHIFT + "CreateWorkgroup", WORKGROUP),
    (DATA + "ExecuteStatement", STATEMENT),
    (SSM + "PutParameter", {"Name": "/shop/a", "Value": "b"}),
    (SQS + "CreateQueue", {"QueueName": "starts", "Attributes": {"VisibilityTimeout": "240"}}),
    ("DynamoDB_20120810.PutItem", {"nothing": "of ours"}),
]


def s3(**changed: Any) -> dict[str, Any]:
    return DELIVERY | {"ExtendedS3DestinationConfiguration": S3 | changed}


BAD: list[tuple[str, dict[str, Any], str]] = [
    (GLUE + "CreateJob", {"Name": "ingest", "Role": ROLE}, "lacks Command"),
    (GLUE + "CreateJob", JOB | {"Worker": "G.1X"}, "has no member Worker"),
    (GLUE + "CreateJob", JOB | {"WorkerType": "G.1"}, "not one of Standard"),
    (GLUE + "CreateJob", JOB | {"Timeout": 0}, "Timeout has 0"),
    (GLUE + "CreateJob", JOB | {"MaxRetries": "1"}, "not a integer"),
    (GLUE + "CreateJob", JOB | {"Name": ""}, "Name has 0 characters"),
    (GLUE + "CreateJob", JOB | {"DefaultArguments": {"--a": 1}}, "not a string"),
    (GLUE + "CreateJob", JOB | {"DefaultArguments": ["--a"]}, "not a map"),
    (GLUE + "CreateTrigger", TRIGGER | {"Type": "EVENTS"}, "not one of SCHEDULED"),
    (GLUE + "CreateTrigger", TRIGGER | {"EventBatchingCondition": {"BatchSize": 101}}, "BatchSize has 101"),
    (
        GLUE + "CreateTrigger",
        TRIGGER | {"EventBatchingCondition": {"BatchSize": 1, "BatchWindow": 901}},
        "BatchWindow has 901",
    ),
    (GLUE + "CreateTrigger", {"Name": "start", "Type": "EVENT"}, "lacks Actions"),
    (GLUE + "CreateDatabase", {"DatabaseInput": {"Description": "gold"}}, "DatabaseInput lacks Name"),
    (GLUE + "StartWorkflowRun", {}, "lacks Name"),
    (EVENTS + "PutRule", RULE | {"Name": "shop arrivals"}, "is not like"),
    (EVENTS + "PutRule", RULE | {"Name": "a" * 65}, "Name has 65"),
    (EVENTS + "PutRule", RULE | {"State": "ON"}, "not one of ENABLED"),
    (EVENTS + "PutRule", RULE | {"EventPattern": {"source": ["aws.s3"]}}, "not a string"),
    (EVENTS + "PutTargets", {"Rule": "shop", "Targets": []}, "Targets has 0 members"),
    (EVENTS + "PutTargets", {"Rule": "shop", "Targets": [{"Id": "1"}]}, "Targets[0] lacks Arn"),
    (KINESIS + "PutRecord", {"StreamName": "e", "PartitionKey": "k"}, "lacks Data"),
    (KINESIS + "PutRecord", RECORD | {"PartitionKey": ""}, "PartitionKey has 0"),
    (KINESIS + "PutRecord", RECORD | {"Data": "{}"}, "is no base64"),
    (KINESIS + "PutRecord", RECORD | {"Data": base64.b64encode(b"x" * (1 << 20)).decode()}, "1048577 bytes"),
    (KINESIS + "PutRecords", {"StreamName": "e", "Records": [LARGE]}, "1048578 bytes"),
    (KINESIS + "ListShards", {"StreamName": "e", "NextToken": "t"}, "cannot be provided together"),
    (KINESIS + "CreateStream", {"StreamName": "my events"}, "is not like"),
    (KINESIS + "CreateStream", {"StreamName": "e", "StreamModeDetails": {"StreamMode": "AUTO"}}, "not one of"),
    (FIREHOSE + "CreateDeliveryStream", s3(BufferingHints={"SizeInMBs": 0, "IntervalInSeconds": 60}), "SizeInMBs"),
    (FIREHOSE + "CreateDeliveryStream", s3(BufferingHints={"SizeInMBs": 1, "IntervalInSeconds": 901}), "901"),
    (FIREHOSE + "CreateDeliveryStream", s3(CompressionFormat="gzip"), "not one of UNCOMPRESSED"),
    (FIREHOSE + "CreateDeliveryStream", s3(BucketARN="landing"), "is not like"),
    (FIREHOSE + "CreateDeliveryStream", s3(FileExtension="ndjson"), "is not like"),
    (LOGS + "CreateLogGroup", {"logGroupName": "shop dev"}, "is not like"),
    (LOGS + "CreateLogGroup", {"logGroupName": "a" * 513}, "has 513"),
    (LOGS + "PutRetentionPolicy", {"logGroupName": "/shop", "retentionInDays": "30"}, "not a integer"),
    (KMS + "ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 0}, "PendingWindowInDays has 0"),
    (KMS + "CreateAlias", {"AliasName": "shop dev", "TargetKeyId": "k"}, "is not like"),
    (BUDGETS + "CreateBudget", {"Budget": BUDGET}, "lacks AccountId"),
    (BUDGETS + "CreateBudget", {"AccountId": "123456789012", "Budget": BUDGET | {"TimeUnit": "MONTH"}}, "not one of"),
    (REDSHIFT + "CreateWorkgroup", {"workgroupName": "shop"}, "lacks namespaceName"),
    (REDSHIFT + "CreateWorkgroup", WORKGROUP | {"workgroupName": "Shop_Dev"}, "is not like"),
    (REDSHIFT + "CreateWorkgroup", WORKGROUP | {"baseCapacity": "8"}, "not a integer"),
    (DATA + "ExecuteStatement", {"WorkgroupName": "shop", "Database": "d"}, "lacks Sql"),
    (DATA + "ExecuteStatement", STATEMENT | {"Workgroup": "shop"}, "has no member Workgroup"),
    (EMR + "RunJobFlow", {"Name": "shop"}, "lacks Instances"),
    (SSM + "PutParameter", {"Name": "/shop/a"}, "lacks Value"),
    (SSM + "PutParameter", {"Name": "", "Value": "b"}, "Name has 0"),
    (SQS + "CreateQueue", {"Attributes": {}}, "lacks QueueName"),
    (SQS + "CreateQueue", {"QueueName": "q", "Attributes": {"Visibility": "1"}}, "not one of"),
]


@pytest.mark.parametrize(("target", "given"), GOOD, ids=[target for target, _ in GOOD])
def test_what_aws_takes_is_taken(target: str, given: dict[str, Any]) -> None:
    assert refused(target, given) == []


@pytest.mark.parametrize(("target", "given", "says"), BAD, ids=[f"{target} {says}" for target, _, says in BAD])
def test_a_seeded_mistake_is_found(target: str, given: dict[str, Any], says: str) -> None:
    assert operation(target) is not None
    found = refused(target, given)
    assert len(found) == 1, found
    assert says in found[0]
