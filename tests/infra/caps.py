"""What caps the roles of an environment: every role has the boundary, it takes nothing from them, and is one at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.policies import Access, Statement, like

NAME = ":policy/marketpulse-boundary"
#: What no role may ever be allowed, on whatever.
NEVER = ("iam:CreateRole", "iam:PutRolePolicy", "kms:ScheduleKeyDeletion", "s3:PutBucketPolicy", "sts:AssumeRole")


def broken(access: Access) -> list[str]:
    """What is wrong with the boundary of a plan; nothing where none is known."""
    return [*_had(access), *_never(access.boundary), *_taken(access)] if access.boundary is not None else []


def _had(access: Access) -> Iterator[str]:
    for role in access.of("aws_iam_role"):
        if not str(role["permissions_boundary"]).endswith(NAME):
            yield f"{role['name']} is capped by {role['permissions_boundary']}"


def _never(boundary: list[Statement]) -> Iterator[str]:
    for each in boundary:
        if each["Effect"] == "Allow":
            bad = [action for action in NEVER if any(like(pattern, action) for pattern in _many(each["Action"]))]
            yield from (f"the boundary allows {action}" for action in bad)


def _taken(access: Access) -> Iterator[str]:
    """What a role's own policies give, and the boundary takes away."""
    for role, statements in access.roles.items():
        for each in (statement for statement in statements if statement["Effect"] == "Allow"):
            pairs = [(action, on) for action in _many(each["Action"]) for on in _many(each["Resource"])]
            lost = [(action, on) for action, on in pairs if not _allowed(access.boundary or [], action, on)]
            yield from (f"the boundary takes {action} on {on} from {role}" for action, on in lost)


def _allowed(boundary: list[Statement], action: str, resource: str) -> bool:
    """Whether a boundary allows all of a pattern."""
    return any(
        any(like(pattern, action) for pattern in _many(each["Action"]))
        and any(like(pattern, resource) for pattern in _many(each["Resource"]))
        for each in boundary
    )


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
