"""API Gateway: documents with mocked answers, and write keys that CloudFormation makes.

A mocked answer of a document asks nobody, so it names no address; moto wants one. Of CloudFormation's resources it
knows neither keys nor their plans.
"""

from __future__ import annotations

from typing import Any

from moto.apigateway.models import APIGatewayBackend, apigateway_backends
from moto.core.common_models import CloudFormationModel

_build = APIGatewayBackend._build_integration_args


def build(self: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Say so in a way that moto takes."""
    found = _build(self, given)
    return found | {"uri": found["uri"] or "", "integration_method": found["integration_method"] or "POST"}


class Key(CloudFormationModel):
    """A write key."""

    def __init__(self, number: str) -> None:
        self.physical_resource_id = number

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApiGateway::ApiKey"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "APIKeyId"

    @classmethod
    def create_from_cloudformation_json(
        cls, _name: str, told: dict[str, Any], account: str, region: str, **_: Any
    ) -> Key:
        said = told["Properties"]
        payload = {name: said[name.capitalize()] for name in ("name", "description", "enabled")}
        return cls(apigateway_backends[account][region].create_api_key(payload).id)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Any, *_: Any, **__: Any) -> Any:
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, _told: Any, account: str, region: str, **_: Any
    ) -> None:
        apigateway_backends[account][region].keys.pop(resource_name, None)


class InPlan(CloudFormationModel):
    """A write key in its usage plan."""

    def __init__(self, number: str) -> None:
        self.physical_resource_id = number

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApiGateway::UsagePlanKey"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Id"

    @classmethod
    def create_from_cloudformation_json(
        cls, _name: str, told: dict[str, Any], account: str, region: str, **_: Any
    ) -> InPlan:
        said = told["Properties"]
        payload = {"keyId": said["KeyId"], "keyType": said["KeyType"]}
        backend = apigateway_backends[account][region]
        return cls(f"{backend.create_usage_plan_key(said['UsagePlanId'], payload).id}:{said['UsagePlanId']}")

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Any, *_: Any, **__: Any) -> Any:
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, _told: Any, account: str, region: str, **_: Any
    ) -> None:
        number, _sep, plan = resource_name.partition(":")
        apigateway_backends[account][region].usage_plan_keys.get(plan, {}).pop(number, None)


APIGatewayBackend._build_integration_args = build
