"""ECS: what a service says of its first seconds and of its zones, which moto forgets."""

from __future__ import annotations

from typing import Any

from moto.ecs.responses import EC2ContainerServiceResponse

_SAID = {
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
}
_create = EC2ContainerServiceResponse.create_service
_update = EC2ContainerServiceResponse.update_service


def _kept(self: Any, answer: Any) -> Any:
    service = answer.result["service"]
    for name, place in _SAID.items():
        if (value := self._get_param(name)) is not None:
            setattr(service, place, value)
    return answer


def create_service(self: Any) -> Any:
    """Keep them."""
    return _kept(self, _create(self))


def update_service(self: Any) -> Any:
    """Keep what changes of them."""
    return _kept(self, _update(self))


EC2ContainerServiceResponse.create_service = create_service
EC2ContainerServiceResponse.update_service = update_service
