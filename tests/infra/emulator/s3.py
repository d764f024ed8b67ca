"""S3: conditions in bucket policies, access logs to another bucket, EventBridge notifications, delete markers.

Access logs themselves are left out: AWS delivers them in bulk, hours later, not one object a request.
"""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend
from moto.s3.responses import S3Response

_is_permitted = IAMPolicyStatement.is_action_permitted
_get_notification = S3Response.get_bucket_notification


def is_permitted(self: Any, action: str, resource: str = "*", *rest: Any, **named: Any) -> PermissionResult:
    """A condition moto cannot judge means that the statement does not apply; moto takes it for a denial."""
    if "Resource" in self._statement and self._statement.get("Condition"):
        return PermissionResult.NEUTRAL
    return _is_permitted(self, action, resource, *rest, **named)


def may_log(target_bucket: Any, target_prefix: str) -> bool:
    """The target's policy lets the log service write below the prefix, as AWS asks for."""
    for statement in json.loads(target_bucket.policy or b"{}").get("Statement", []):
        principal = statement.get("Principal")
        service = principal.get("Service") if isinstance(principal, dict) else None
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        covers = any(f"{target_bucket.arn}/{target_prefix}".startswith(resource.rstrip("*")) for resource in resources)
        if statement["Effect"] == "Allow" and service == "logging.s3.amazonaws.com" and covers:
            return True
    return False


def get_notification(self: Any) -> Any:
    """Moto keeps that events go to EventBridge, and does not say so."""
    status, headers, body = _get_notification(self)
    kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if kept and kept.event_bridge is not None:
        headers.pop("content-length", None)
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            "<EventBridgeConfiguration/></NotificationConfiguration>"
        )
    return status, headers, body


def log_incoming_request(_: Any, request: Any, bucket_name: str) -> None:
    """See above."""


def dispose(_: Any, garbage: bool = False) -> None:
    """Emptying a versioned bucket disposes of what was deleted before, too."""


IAMPolicyStatement.is_action_permitted = is_permitted
FakeBucket._log_permissions_enabled_policy = staticmethod(may_log)
S3Response.get_bucket_notification = get_notification
FakeDeleteMarker.dispose = dispose
S3Backend.log_incoming_request = log_incoming_request
