"""What somebody must be allowed to do for a request to be done: actions, on what, and what it says of itself.

From AWS's "Service Authorization Reference" and each service's page on permissions, for what jobs ask for. A service
that is not here is a mistake of this file, never a yes.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.infra.asked import Asked

ACCOUNT, REGION = "123456789012", "us-east-2"
#: Behind the name of a role in the id of its key: it works in the network of its environment.
INSIDE = "@vpc"
#: It works on EMR Serverless, in no network of ours.
OUTSIDE = "@emr"


@dataclass(frozen=True)
class Needed:
    """One action on one resource, in a context of condition keys."""

    action: str
    resource: str = "*"
    context: dict[str, str] = field(default_factory=dict)


class UnknownRequestError(Exception):
    """Nobody has written down what this request needs."""


def needed(asked: Asked) -> list[Needed]:
    """All that must be allowed; more than one where a request touches several things."""
    service = _SERVICES.get(asked.service)
    found = list(service(asked)) if service else []
    if not found:
        raise UnknownRequestError(f"{asked.service} {asked.operation}: say in {__name__} what it needs")
    return found


def _arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


_ON_OBJECTS = {
    "GetObject": "GetObject", "HeadObject": "GetObject", "PutObject": "PutObject", "DeleteObject": "DeleteObject",
    "CreateMultipartUpload": "PutObject", "UploadPart": "PutObject", "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload", "ListParts": "ListMultipartUploadParts",
}  # fmt: skip
_ON_BUCKETS = {
    "ListObjects": "ListBucket", "ListObjectsV2": "ListBucket", "HeadBucket": "ListBucket",
    "ListObjectVersions": "ListBucketVersions", "GetBucketLocation": "GetBucketLocation",
}  # fmt: skip
_HEADERS = ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")


def _s3(asked: Asked) -> Iterator[Needed]:
    bucket = f"arn:aws:s3:::{asked.given.get('Bucket', '')}"
    said = {f"s3:{name}": asked.headers[name] for name in _HEADERS if name in asked.headers}
    if action := _ON_OBJECTS.get(asked.operation):
        versioned = "Version" if asked.given.get("VersionId") else ""
        yield Needed(f"s3:{action}{versioned}", f"{bucket}/{asked.given['Key']}", said)
    elif action := _ON_BUCKETS.get(asked.operation):
        yield Needed(f"s3:{action}", bucket, {"s3:prefix": asked.given.get("Prefix", "")})
    elif asked.operation == "DeleteObjects":
        for each in asked.given["Delete"]["Objects"]:
            versioned = "Version" if each.get("VersionId") else ""
            yield Needed(f"s3:DeleteObject{versioned}", f"{bucket}/{each['Key']}")
    elif asked.operation == "CopyObject":
        source = str(asked.given["CopySource"]).lstrip("/").partition("?")[0]
        yield Needed("s3:GetObject", f"arn:aws:s3:::{source}")
        yield Needed("s3:PutObject", f"{bucket}/{asked.given['Key']}", said)


def _glue(asked: Asked) -> Iterator[Needed]:
    """A table needs its catalog and its database too ("Glue resource ARNs")."""
    action, given = f"glue:{asked.operation}", asked.given
    if asked.operation.endswith(("Table", "Tables")):
        database = given["DatabaseName"]
        name = given.get("Name") or given.get("TableInput", {}).get("Name") or "*"
        for rest in ("catalog", f"database/{database}", f"table/{database}/{name}"):
            yield Needed(action, _arn("glue", rest))
    elif asked.operation.endswith("Database"):
        name = given.get("Name") or given.get("DatabaseInput", {}).get("Name")
        for rest in ("catalog", f"database/{name}"):
            yield Needed(action, _arn("glue", rest))
    elif "Workflow" in asked.operation:
        yield Needed(action, _arn("glue", f"workflow/{given.get('Name') or given.get('WorkflowName')}"))


def _redshift_data(asked: Asked) -> Iterator[Needed]:
    action = f"redshift-data:{asked.operation}"
    if asked.operation in ("ExecuteStatement", "BatchExecuteStatement"):
        yield Needed(action, _arn("redshift-serverless", f"workgroup/{asked.given['WorkgroupName']}"))
        if secret := asked.given.get("SecretArn"):
            yield Needed("secretsmanager:GetSecretValue", str(secret))
    else:
        yield Needed(action, "*", {"redshift-data:statement-owner-iam-userid": asked.who})


def _emr_serverless(asked: Asked) -> Iterator[Needed]:
    application = f"/applications/{asked.given['applicationId']}"
    if asked.operation == "StartJobRun":
        yield Needed("emr-serverless:StartJobRun", _arn("emr-serverless", application))
        to = {"iam:PassedToService": "emr-serverless.amazonaws.com"}
        yield Needed("iam:PassRole", str(asked.given["executionRoleArn"]), to)
    else:
        run = _arn("emr-serverless", f"{application}/jobruns/{asked.given['jobRunId']}")
        yield Needed(f"emr-serverless:{asked.operation}", run)


def _kinesis(asked: Asked) -> Iterator[Needed]:
    """Who reads on names an iterator alone, which is of a stream; the emulator's begins with the stream's name."""
    name = asked.given.get("StreamName") or b64decode(asked.given["ShardIterator"]).decode().partition(":")[0]
    yield Needed(f"kinesis:{asked.operation}", _arn("kinesis", f"stream/{name}"))


def _sqs(asked: Asked) -> Iterator[Needed]:
    queue = str(asked.given["QueueUrl"]) if "QueueUrl" in asked.given else str(asked.given["QueueName"])
    yield Needed(f"sqs:{asked.operation}", _arn("sqs", queue.rsplit("/", 1)[-1]))


def _cloudwatch(asked: Asked) -> Iterator[Needed]:
    yield Needed(f"cloudwatch:{asked.operation}", "*", {"cloudwatch:namespace": str(asked.given.get("Namespace"))})


def _athena(asked: Asked) -> Iterator[Needed]:
    """Who names no workgroup asks in `primary`."""
    if asked.operation in ("StartQueryExecution", "GetWorkGroup"):
        name = asked.given.get("WorkGroup", "primary")
        yield Needed(f"athena:{asked.operation}", _arn("athena", f"workgroup/{name}"))


def _named(service: str, kind: str, member: str) -> Callable[[Asked], Iterator[Needed]]:
    def one(asked: Asked) -> Iterator[Needed]:
        name = str(asked.given[member])
        resource = name if name.startswith("arn:") else _arn(service, f"{kind}{name}")
        yield Needed(f"{service}:{asked.operation}", resource)

    return one


_SERVICES: dict[str, Callable[[Asked], Iterator[Needed]]] = {
    "s3": _s3,
    "athena": _athena,
    "glue": _glue,
    "redshift-data": _redshift_data,
    "emr-serverless": _emr_serverless,
    "sqs": _sqs,
    "cloudwatch": _cloudwatch,
    "kinesis": _kinesis,
    "secretsmanager": _named("secretsmanager", "secret:", "SecretId"),
    "kms": _named("kms", "key/", "KeyId"),
}


#: What opens or closes what lies encrypted: of S3 objects, of Kinesis records.
_OPENS = {
    "s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey",
    "kinesis:GetRecords": "kms:Decrypt",
    "kinesis:PutRecord": "kms:GenerateDataKey", "kinesis:PutRecords": "kms:GenerateDataKey",
}  # fmt: skip


def encrypted(needs: list[Needed], key_of: Callable[[str], Any]) -> list[Needed]:
    """What S3 and Kinesis ask of the key of a bucket or a stream in the caller's name.

    `key_of` gives the ARN of the key of what an ARN names, None where there is none.
    """
    found = []
    for each in needs:
        action = _OPENS.get(each.action)
        if action and (key := key_of(each.resource)):
            service = each.action.partition(":")[0]
            context = {
                "kms:ViaService": f"{service}.{REGION}.amazonaws.com",
                f"kms:EncryptionContext:aws:{service}:arn": each.resource,
            }
            found.append(Needed(action, str(key), context))
    return found
