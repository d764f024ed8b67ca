"""Would IAM allow it? Identity and resource policies of a plan, evaluated as AWS documents for one account.

    explicit deny anywhere > allow of the role's own policies (for a key: if the key's policy leaves it to IAM) > no

A condition operator this file does not know is an error, never a yes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Statement = dict[str, Any]


def resources(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Every managed resource of a plan: type, address and values."""

    def below(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from (each for each in module.get("resources", []) if each["mode"] == "managed")
        for child in module.get("child_modules", []):
            yield from below(child)

    return list(below(plan["planned_values"]["root_module"]))


@dataclass(frozen=True)
class Access:
    """The policies of an environment."""

    plan: dict[str, Any]
    context: dict[str, str] = field(default_factory=lambda: {"aws:SecureTransport": "true"})

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Values of every resource of a type."""
        return [each["values"] for each in resources(self.plan) if each["type"] == kind]

    @cached_property
    def roles(self) -> dict[str, list[Statement]]:
        """Role -> what its policies say."""
        found: dict[str, list[Statement]] = {role["name"]: [] for role in self.of("aws_iam_role")}
        for policy in self.of("aws_iam_role_policy"):
            found[policy["role"]] += _statements(policy["policy"])
        return found

    @cached_property
    def buckets(self) -> dict[str, list[Statement]]:
        """Bucket -> what its policy says."""
        return {each["bucket"]: _statements(each["policy"]) for each in self.of("aws_s3_bucket_policy")}

    @cached_property
    def keys(self) -> dict[str, list[Statement]]:
        """ARN of a key -> what its policy says."""
        return {each["arn"]: _statements(each["policy"]) for each in self.of("aws_kms_key")}

    def allows(self, role: str, action: str, resource: str, **context: str) -> bool:
        """Whether the role may do it; `context` are condition keys, `__` for ':' and '_' for '-'."""
        arns = {each["name"]: each.get("arn", "") for each in self.of("aws_iam_role")}
        return self.decides(self.roles[role], action, resource, {"aws__PrincipalArn": arns[role], **context})

    def decides(self, own: list[Statement], action: str, resource: str, context: dict[str, str]) -> bool:
        """The same for any identity with these statements."""
        given = self.context | {key.replace("__", ":").replace("_", "-"): value for key, value in context.items()}
        bucket = resource.removeprefix("arn:aws:s3:::").partition("/")[0] if action.startswith("s3:") else ""
        key = self.keys.get(resource)
        theirs = [s for s in self.buckets.get(bucket, []) if _everyone(s)] + (key or [])
        if any(_applies(s, action, resource, given) for s in [*own, *theirs] if s["Effect"] == "Deny"):
            return False
        if key is not None and not any(_to_iam(s) and _applies(s, action, resource, given) for s in key):
            return False
        return any(_applies(s, action, resource, given) for s in own if s["Effect"] == "Allow")


def _statements(policy: str) -> list[Statement]:
    return list(json.loads(policy)["Statement"])


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _everyone(statement: Statement) -> bool:
    return statement["Principal"] in ("*", {"AWS": "*"})


def _to_iam(statement: Statement) -> bool:
    """The account's root as principal means that IAM policies decide."""
    principal = statement["Principal"]
    return isinstance(principal, dict) and any(each.endswith(":root") for each in _many(principal.get("AWS", [])))


def _applies(statement: Statement, action: str, resource: str, context: dict[str, str]) -> bool:
    if not any(like(pattern.lower(), action.lower()) for pattern in _many(statement["Action"])):
        return False
    own_key = resource if statement.get("Principal") else None
    named = [own_key if each == "*" and own_key else each for each in _many(statement.get("Resource", "*"))]
    if not any(like(pattern, resource) for pattern in named):
        return False
    return all(
        _holds(operator, context.get(key), _many(wanted))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def like(pattern: str, text: str) -> bool:
    """`*` and `?` as in policies."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None


def _holds(operator: str, value: str | None, wanted: Iterable[str]) -> bool:
    if operator == "Null":
        return (value is None) == (next(iter(wanted)) == "true")
    if operator in ("StringNotEquals", "ArnNotEquals"):  # also of what the request does not say
        return value not in list(wanted)
    if value is None:
        return False
    if operator in ("StringEquals", "ArnEquals", "Bool"):
        return value in list(wanted)
    if operator in ("StringLike", "ArnLike", "ForAnyValue:StringLike"):
        return any(like(pattern, value) for pattern in wanted)
    raise ValueError(f"condition operator {operator} is not known here")
