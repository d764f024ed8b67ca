"""The judge of policies, on policies small enough to judge by eye."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.policies import Access, like

KEY = "arn:aws:kms:r:1:key/k"
ROOT = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::1:root"}}


def allow(action: str, resource: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def access(own: list[dict[str, Any]], bucket: list[dict[str, Any]] | None = None, key: Any = None) -> Access:
    """A plan with one role, one bucket and one key."""
    found = [
        ("aws_iam_role", {"name": "role"}),
        ("aws_iam_role_policy", {"role": "role", "policy": json.dumps({"Statement": own})}),
        ("aws_s3_bucket_policy", {"bucket": "b", "policy": json.dumps({"Statement": bucket or []})}),
        ("aws_kms_key", {"arn": KEY, "policy": json.dumps({"Statement": [ROOT] if key is None else key})}),
    ]
    resources = [{"mode": "managed", "type": kind, "address": kind, "values": values} for kind, values in found]
    return Access({"planned_values": {"root_module": {"child_modules": [{"resources": resources}]}}})


def test_what_nobody_allows_is_denied() -> None:
    assert not access([]).allows("role", "s3:GetObject", "arn:aws:s3:::b/x")


def test_an_allow_covers_its_pattern_only() -> None:
    given = access([allow("s3:Get*", "arn:aws:s3:::b/in/*")])
    assert given.allows("role", "s3:GetObject", "arn:aws:s3:::b/in/x")
    assert not given.allows("role", "s3:GetObject", "arn:aws:s3:::b/out/x")
    assert not given.allows("role", "s3:PutObject", "arn:aws:s3:::b/in/x")


def test_a_denial_of_the_bucket_wins() -> None:
    tls = {"Bool": {"aws:SecureTransport": "false"}}
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": tls}
    given = access([allow("s3:GetObject", "*")], [denial])
    assert given.allows("role", "s3:GetObject", "arn:aws:s3:::b/x")
    assert not given.allows("role", "s3:GetObject", "arn:aws:s3:::b/x", aws__SecureTransport="false")


def test_a_key_decides_first_whether_iam_decides() -> None:
    own = [allow("kms:Decrypt", KEY)]
    assert access(own).allows("role", "kms:Decrypt", KEY)
    assert not access(own, key=[]).allows("role", "kms:Decrypt", KEY)
    assert not access([]).allows("role", "kms:Decrypt", KEY)


def test_conditions_hold_or_do_not() -> None:
    given = access([allow("iam:PassRole", "r", StringEquals={"iam:PassedToService": "glue.amazonaws.com"})])
    assert given.allows("role", "iam:PassRole", "r", iam__PassedToService="glue.amazonaws.com")
    assert not given.allows("role", "iam:PassRole", "r", iam__PassedToService="ec2.amazonaws.com")
    assert not given.allows("role", "iam:PassRole", "r")


def test_a_boundary_and_a_session_must_allow_it_too() -> None:
    own, read, write = [allow("s3:*", "*")], [allow("s3:Get*", "*")], [allow("s3:Put*", "*")]
    deny = [*read, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/secret"}]
    judge = access(own).judge
    for caps, key, may in (
        ([], "x", True),
        ([read], "x", True),
        ([write], "x", False),
        ([read, write], "x", False),
        ([deny], "x", True),
        ([deny], "secret", False),
    ):
        assert judge.decides(own, "s3:GetObject", f"arn:aws:s3:::b/{key}", {}, caps) is may, (caps, key)
    assert not judge.decides([], "s3:GetObject", "arn:aws:s3:::b/x", {}, [read])


def test_an_operator_nobody_knows_is_no_yes() -> None:
    given = access([allow("s3:GetObject", "*", NumericLessThan={"s3:max-keys": "10"})])
    with pytest.raises(ValueError, match="NumericLessThan"):
        given.decides(given.roles["role"], "s3:GetObject", "x", {"s3:max-keys": "5"})


def test_wildcards_are_those_of_policies() -> None:
    assert like("s3:Get?bject*", "s3:GetObjectVersion")
    assert not like("s3:Get.*", "s3:GetObject")
