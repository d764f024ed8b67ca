"""Would IAM allow it? Identity and resource policies of a plan, evaluated as AWS documents for one account.

    explicit deny anywhere > allow of the role's own policies (for a key: if the key's policy leaves it to IAM),
    and of its permissions boundary and its session's policy where it has them > no

A condition operator this file does not know is an error, never a yes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
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
class Judge:
    """Policies of resources, bucket -> its own and ARN of a key -> its own, and what every request says of itself."""

    buckets: Mapping[str, list[Statement]]
    keys: Mapping[str, list[Statement]]
    context: Mapping[str, str] = field(default_factory=lambda: {"aws:SecureTransport": "true"})

    def decides(
        self,
        own: list[Statement],
        action: str,
        resource: str,
        context: Mapping[str, str],
        caps: Iterable[list[Statement]] = (),
    ) -> bool:
        """Whether an identity with these statements may do it; `context` are condition keys.

        `caps` are the statements of its permissions boundary and of its session's policy: each must allow it, too.
        """
        given = {**self.context, **context}
        bucket = resource.removeprefix("arn:aws:s3:::").partition("/")[0] if action.startswith("s3:") else ""
        key = self.keys.get(resource)
        theirs = [s for s in self.buckets.get(bucket, []) if _everyone(s)] + (key or [])
        capped = list(caps)
        every = [*own, *theirs, *(statement for cap in capped for statement in cap)]
        if any(_applies(s, action, resource, given) for s in every if s["Effect"] == "Deny"):
            return False
        if key is not None and not any(_to_iam(s) and _applies(s, action, resource, given) for s in key):
            return False
        return all(
            any(_applies(s, action, resource, given) for s in each if s["Effect"] == "Allow") for each in (own, *capped)
        )


@dataclass(frozen=True)
class Access:
    """The policies of an environment, as they are planned; `boundary` is what caps its roles, if anything does."""

    plan: dict[str, Any]
    boundary: list[Statement] | None = None
    context: dict[str, str] = field(default_factory=lambda: {"aws:SecureTransport": "true"})

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Values of every resource of a type."""
        return [each["values"] for each in resources(self.plan) if each["type"] == kind]

    @cached_property
    def roles(self) -> dict[str, list[Statement]]:
        """Role -> what its policies say."""
        found: dict[str, list[Statement]] = {role["name"]: [] for role in self.of("aws_iam_role")}
        for policy in self.of("aws_iam_role_policy"):
            found[policy["role"]] += statements(policy["policy"])
        return found

    @cached_property
    def judge(self) -> Judge:
        """The policies of buckets and keys."""
        buckets = {each["bucket"]: statements(each["policy"]) for each in self.of("aws_s3_bucket_policy")}
        keys = {each["arn"]: statements(each["policy"]) for each in self.of("aws_kms_key")}
        return Judge(buckets, keys, self.context)

    def allows(self, role: str, action: str, resource: str, **context: str) -> bool:
        """Whether the role may do it; `context` are condition keys, `__` for ':' and '_' for '-'."""
        arns = {each["name"]: each.get("arn", "") for each in self.of("aws_iam_role")}
        given = {key.replace("__", ":").replace("_", "-"): value for key, value in context.items()}
        context = {"aws:PrincipalArn": arns[role], **given}
        caps = [] if self.boundary is None else [self.boundary]
        return self.judge.decides(self.roles[role], action, resource, context, caps)

    def decides(self, own: list[Statement], action: str, resource: str, context: Mapping[str, str]) -> bool:
        """The same for any identity with these statements."""
        return self.judge.decides(own, action, resource, context)


def statements(policy: str) -> list[Statement]:
    """The statements of a policy."""
    return list(json.loads(policy)["Statement"])


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _everyone(statement: Statement) -> bool:
    return statement["Principal"] in ("*", {"AWS": "*"})


def _to_iam(statement: Statement) -> bool:
    """The account's root as principal means that IAM policies decide."""
    principal = statement["Principal"]
    return isinstance(principal, dict) and any(each.endswith(":root") for each in _many(principal.get("AWS", [])))


def _applies(statement: Statement, action: str, resource: str, context: Mapping[str, str]) -> bool:
    if not any(like(pattern.lower(), action.lower()) for pattern in _many(statement["Action"])):
        return False
    own_key = resource if statement.get("Principal") else None
    named = [own_key if each == "*" and own_key else each for each in _many(statement.get("Resource", "*"))]
    if not any(like(pattern, resource) for pattern in named):
        return False
    return all(
        _holds(operator, context.get(key), [_filled(each, context) for each in _many(wanted)])
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _filled(text: str, context: Mapping[str, str]) -> str:
    """A policy variable, `${aws:userid}`, is what the request says."""
    return re.sub(r"\$\{([\w:/-]+)\}", lambda found: context.get(found[1], found[0]), text)


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
