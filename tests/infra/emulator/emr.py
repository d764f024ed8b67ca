"""EMR Serverless applications as AWS shows them; EMR's managed scaling, auto-termination and ids of instance groups."""

from __future__ import annotations

from typing import Any

import moto.emrserverless.models as serverless
from moto.core.responses import ActionResult, EmptyResult
from moto.emr.responses import ElasticMapReduceResponse
from moto.emrserverless.models import Application, EMRServerlessBackend
from moto.emrserverless.responses import EMRServerlessResponse

_create = EMRServerlessBackend.create_application
_respond = EMRServerlessResponse.create_application
_run_job_flow = ElasticMapReduceResponse.run_job_flow
_policies: dict[tuple[str, str], Any] = {}

# A new application waits for its first run.
serverless.APPLICATION_STATUS = "CREATED"
Application.architecture = "X86_64"


def create_application(self: Any, *given: Any, **named: Any) -> Any:
    """The kind is written in any case; there are no runs of it yet, which is not to say that it is not there."""
    named["application_type"] = named["application_type"].upper()
    made = _create(self, *given, **named)
    self.job_runs.setdefault(made.id, [])  # moto takes one without runs for one that is not there
    return made


def respond(self: Any) -> Any:
    """Keep the architecture."""
    answer = _respond(self)
    newest = list(self.emrserverless_backend.applications.values())[-1]
    newest.architecture = self._get_param("architecture") or "X86_64"
    return answer


def _policy(kind: str) -> dict[str, Any]:
    """Put, get and remove one policy of a cluster."""

    def put(self: Any) -> Any:
        _policies[(kind, self._get_param("ClusterId"))] = self._get_param(kind)
        return EmptyResult()

    def get(self: Any) -> Any:
        kept = _policies.get((kind, self._get_param("ClusterId")))
        return ActionResult({kind: kept} if kept else {})

    def remove(self: Any) -> Any:
        _policies.pop((kind, self._get_param("ClusterId")), None)
        return EmptyResult()

    return {"put": put, "get": get, "remove": remove}


EMRServerlessBackend.create_application = create_application
EMRServerlessResponse.create_application = respond
for _kind, _name in (("AutoTerminationPolicy", "auto_termination"), ("ManagedScalingPolicy", "managed_scaling")):
    for _verb, _action in _policy(_kind).items():
        setattr(ElasticMapReduceResponse, f"{_verb}_{_name}_policy", _action)


def run_job_flow(self: Any) -> Any:
    """A cluster may be made with its policy."""
    answer = _run_job_flow(self)
    if policy := self._get_param("AutoTerminationPolicy"):
        _policies[("AutoTerminationPolicy", list(self.backend.clusters)[-1])] = policy
    return answer


def add_instance_groups(self: Any) -> Any:
    """AWS answers with the ids of the groups."""
    cluster = self._get_param("JobFlowId")
    groups = self.backend.add_instance_groups(cluster, self._get_param("InstanceGroups", []))
    return ActionResult({"JobFlowId": cluster, "InstanceGroupIds": [group.id for group in groups]})


ElasticMapReduceResponse.run_job_flow = run_job_flow
ElasticMapReduceResponse.add_instance_groups = add_instance_groups
