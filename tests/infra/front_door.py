"""Would AWS's front door take this request? Judged by botocore's own model of each service.

Required members and unknown ones, types, enumerations, lengths, ranges and patterns, whatever a service speaks. What
models do not say is in `documented`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape

from tests.infra.asked import Asked

#: Services of the platform that name their operation in X-Amz-Target.
SERVICES = (
    "athena", "budgets", "ce", "emr", "events", "firehose", "glue", "kinesis", "kms", "logs", "redshift-data",
    "redshift-serverless", "secretsmanager", "sqs", "ssm",
)  # fmt: skip
RECORD_BYTES = 1 << 20


@cache
def operation(target: str) -> OperationModel | None:
    """The model of what X-Amz-Target names; None where no service of ours is meant."""
    prefix, _, name = target.rpartition(".")
    model = _by_prefix().get(prefix)
    return model.operation_model(name) if model is not None and name in model.operation_names else None


@cache
def _by_prefix() -> dict[str, Any]:
    session = botocore.session.get_session()
    models = [session.get_service_model(name) for name in SERVICES]
    return {model.metadata["targetPrefix"]: model for model in models}


def refused(target: str, given: Any) -> list[str]:
    """What AWS would find wrong with a request."""
    model = operation(target)
    if model is None or model.input_shape is None:
        return []
    found = list(_wrong(model.input_shape, given, model.name))
    return found or [*_large(given, model.name), *_paged(given, model.name)]


def _large(given: dict[str, Any], name: str) -> Iterator[str]:
    """A stream that was not told otherwise (MaxRecordSizeInKiB) takes a mebibyte; the model has the most there is."""
    for each in {"PutRecord": [given], "PutRecords": given.get("Records", [])}.get(name, []):
        size = len(base64.b64decode(each["Data"])) + len(each["PartitionKey"].encode())
        if size > RECORD_BYTES:
            yield f"{name} has a record of {size} bytes with its key, more than {RECORD_BYTES}"


def _paged(given: dict[str, Any], name: str) -> Iterator[str]:
    """Where a page of shards is asked for by its token, the token says whose they are ("ListShards", NextToken)."""
    beside = [each for each in ("StreamName", "StreamARN") if each in given]
    if name == "ListShards" and "NextToken" in given and beside:
        yield f"{name}: NextToken and {beside[0]} cannot be provided together"


def wrong(asked: Asked) -> list[str]:
    """The same of a request that is no JSON: a form, an address with headers, XML."""
    shape = asked.model.input_shape
    if shape is None:
        return []
    return [*_unknown(asked, shape), *_wrong(shape, asked.given, asked.operation)]


def _unknown(asked: Asked, shape: Any) -> Iterator[str]:
    """What was sent and is of no member. EC2 writes the first letter of some names large."""
    known = set()
    for name, member in shape.members.items():
        for each in (name, member.serialization.get("name", name), member.serialization.get("queryName", name)):
            known |= {each, each[:1].upper() + each[1:]}
    yield from (f"{asked.operation} has no member {name}" for name in sorted(asked.sent - known))


def _wrong(shape: Shape, given: Any, where: str) -> Iterator[str]:
    kind = shape.type_name
    if kind in _TYPES and (not isinstance(given, _TYPES[kind]) or (kind != "boolean" and isinstance(given, bool))):
        yield f"{where} is {given!r}, not a {kind}"
        return
    yield from _INSIDE.get(kind, _plain)(shape, given, where)


def _structure(shape: Any, given: dict[str, Any], where: str) -> Iterator[str]:
    members = {_sent(shape, name): member for name, member in shape.members.items()} | dict(shape.members)
    there = {name: value for name, value in given.items() if value is not None}
    yield from (f"{where} has no member {name}" for name in there if name not in members)
    yield from (
        f"{where} lacks {name}" for name in shape.required_members if not {name, _sent(shape, name)} & set(there)
    )
    for name, value in there.items():
        if name in members:
            yield from _wrong(members[name], value, f"{where}.{name}")


def _sent(shape: Any, name: str) -> str:
    return str(shape.members[name].serialization.get("name", name))


def _list(shape: Any, given: list[Any], where: str) -> Iterator[str]:
    yield from _bounds(shape, len(given), where, "members")
    for number, value in enumerate(given):
        yield from _wrong(shape.member, value, f"{where}[{number}]")


def _map(shape: Any, given: dict[str, Any], where: str) -> Iterator[str]:
    yield from _bounds(shape, len(given), where, "members")
    for key, value in given.items():
        yield from _wrong(shape.key, key, f"{where}.{key}")
        yield from _wrong(shape.value, value, f"{where}.{key}")


def _string(shape: Any, given: str, where: str) -> Iterator[str]:
    if shape.enum and given not in shape.enum:
        yield f"{where} is {given!r}, not one of {', '.join(shape.enum)}"
    yield from _bounds(shape, len(given), where, "characters")
    pattern = _compiled(shape.metadata.get("pattern", ""))
    if pattern and not pattern.fullmatch(given):
        yield f"{where} is {given!r}, which is not like {pattern.pattern}"


def _blob(shape: Any, given: str | bytes, where: str) -> Iterator[str]:
    if isinstance(given, bytes):
        yield from _bounds(shape, len(given), where, "bytes")
        return
    try:
        yield from _bounds(shape, len(base64.b64decode(given, validate=True)), where, "bytes")
    except binascii.Error:
        yield f"{where} is no base64"


def _number(shape: Any, given: float, where: str) -> Iterator[str]:
    yield from _bounds(shape, given, where, "")


def _plain(_shape: Any, _given: Any, _where: str) -> Iterator[str]:
    yield from ()


def _bounds(shape: Any, size: float, where: str, unit: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{where} has {size} {unit}, not {least or 0} to {'any' if most is None else most}".replace("  ", " ")


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern of Java's, where Python reads it; models write some that only Java does."""
    try:
        return re.compile(pattern, re.DOTALL) if pattern else None
    except re.error:
        return None


_TYPES: dict[str, Any] = {
    "structure": dict, "map": dict, "list": list, "string": str, "blob": (str, bytes), "boolean": bool, "integer": int,
    "long": int, "float": (int, float), "double": (int, float),
}  # fmt: skip
_INSIDE: dict[str, Callable[[Any, Any, str], Iterator[str]]] = {
    "structure": _structure, "map": _map, "list": _list, "string": _string, "blob": _blob, "integer": _number,
    "long": _number, "float": _number, "double": _number,
}  # fmt: skip
