"""Redshift Serverless, a service moto has not: namespaces, workgroups, usage limits and their tags."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

PREFIX = "RedshiftServerless."
_dispatch = DomainDispatcherApplication.__call__
_kept: dict[str, dict[str, dict[str, Any]]] = {"namespace": {}, "workgroup": {}, "usageLimit": {}}
_tags: dict[str, dict[str, str]] = {}
# What AWS sets in every workgroup; the provider reads all of them back.
PARAMETERS = {
    "auto_mv": "true",
    "datestyle": "ISO, MDY",
    "enable_case_sensitive_identifier": "false",
    "enable_user_activity_logging": "true",
    "max_query_execution_time": "14400",
    "query_group": "default",
    "require_ssl": "true",
    "search_path": "$user, public",
    "use_fips_ssl": "false",
}


class NotFoundError(Exception):
    """AWS's ResourceNotFoundException."""


def namespace(given: dict[str, Any], region: str, identity: str) -> dict[str, Any]:
    """A namespace as AWS shows it; its administrator's password is in a secret of its own."""
    shown = {"dbName": "dev", "status": "AVAILABLE", "namespaceId": identity} | given
    if shown.pop("manageAdminPassword", False):
        secret = f"redshift!{given['namespaceName']}-{given['adminUsername']}"
        shown["adminPasswordSecretArn"] = f"arn:aws:secretsmanager:{region}:{DEFAULT_ACCOUNT_ID}:secret:{secret}"
    return shown


def workgroup(given: dict[str, Any], region: str, identity: str) -> dict[str, Any]:
    """A workgroup as AWS shows it, with every parameter it knows."""
    address = f"{given['workgroupName']}.{DEFAULT_ACCOUNT_ID}.{region}.redshift-serverless.amazonaws.com"
    shown = {"status": "AVAILABLE", "workgroupId": identity, "port": 5439, "trackName": "current"} | given
    shown["endpoint"] = {"address": address, "port": shown["port"], "vpcEndpoints": []}
    return shown | {"configParameters": parameters(given.get("configParameters", []))}


def parameters(given: list[dict[str, str]]) -> list[dict[str, str]]:
    """The parameters that were given over AWS's own."""
    merged = PARAMETERS | {each["parameterKey"]: each["parameterValue"] for each in given}
    return [{"parameterKey": key, "parameterValue": value} for key, value in merged.items()]


def usage_limit(given: dict[str, Any], region: str, identity: str) -> dict[str, Any]:
    """A usage limit; it has no name but its id."""
    return {"period": "monthly", "breachAction": "log", "usageLimitId": identity} | given


_MAKE: dict[str, Callable[[dict[str, Any], str, str], dict[str, Any]]] = {
    "namespace": namespace,
    "workgroup": workgroup,
    "usageLimit": usage_limit,
}
_KEY = {"namespace": "namespaceName", "workgroup": "workgroupName", "usageLimit": "usageLimitId"}
_TIMES = {"creationDate": "2026-01-01T00:00:00Z"}


def answer(action: str, given: dict[str, Any], region: str) -> dict[str, Any]:
    """Do one action: Create, Get, Update or Delete of a kind, or the tags of one."""
    if action in ("ListTagsForResource", "TagResource", "UntagResource"):
        return tagging(action, given)
    verb = next(verb for verb in ("Create", "Get", "Update", "Delete") if action.startswith(verb))
    kind = action.removeprefix(verb)
    kind = kind[0].lower() + kind[1:]
    if verb == "Create":
        return {kind: create(kind, given, region)}
    name = given[_KEY[kind]]
    if name not in _kept[kind]:
        raise NotFoundError(f"{kind} {name} not found")
    if verb == "Delete":
        return {kind: _kept[kind].pop(name) | {"status": "DELETING"}}
    if verb == "Update":
        if "configParameters" in given:
            given["configParameters"] = parameters(given["configParameters"])
        _kept[kind][name].update(given)
    return {kind: _kept[kind][name]}


def create(kind: str, given: dict[str, Any], region: str) -> dict[str, Any]:
    """Keep a new one; what it hangs on must be there."""
    if kind == "workgroup" and given["namespaceName"] not in _kept["namespace"]:
        raise NotFoundError(f"namespace {given['namespaceName']} not found")
    identity = str(uuid.uuid4())
    tags = given.pop("tags", [])
    made = _TIMES | _MAKE[kind](given, region, identity)
    made[f"{kind}Arn"] = f"arn:aws:redshift-serverless:{region}:{DEFAULT_ACCOUNT_ID}:{kind.lower()}/{identity}"
    _kept[kind][made[_KEY[kind]]] = made
    _tags[made[f"{kind}Arn"]] = {tag["key"]: tag["value"] for tag in tags}
    return made


def workgroup_arn(name: str) -> str | None:
    """The ARN of a workgroup, which ends with an id that AWS gives it; None where there is none of the name."""
    return _kept["workgroup"][name]["workgroupArn"] if name in _kept["workgroup"] else None


def tagging(action: str, given: dict[str, Any]) -> dict[str, Any]:
    """Show, set or take away tags."""
    tags = _tags.setdefault(given["resourceArn"], {})
    if action == "TagResource":
        tags.update({tag["key"]: tag["value"] for tag in given["tags"]})
    if action == "UntagResource":
        for key in given["tagKeys"]:
            tags.pop(key, None)
    return {"tags": [{"key": key, "value": value} for key, value in tags.items()]} if action.startswith("List") else {}


def call(self: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Take the requests of this service; all others are moto's."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if not target.startswith(PREFIX):
        return _dispatch(self, environ, start_response)
    given = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
    region = environ["HTTP_AUTHORIZATION"].split("/")[2]
    status = "200 OK"
    try:
        shown = answer(target.removeprefix(PREFIX), given, region)
    except NotFoundError as error:
        status, shown = "400 Bad Request", {"__type": "ResourceNotFoundException", "message": str(error)}
    body = json.dumps(shown).encode()
    start_response(status, [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))])
    return [body]


DomainDispatcherApplication.__call__ = call
