"""Glue: updates of jobs, triggers and connections, deletion of connections, table optimisers, triggers on demand."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import EntityNotFoundException
from moto.glue.models import FakeConnection, FakeJob, FakeTrigger
from moto.glue.responses import GlueResponse

_start = FakeTrigger.start_trigger
_show_connection = FakeConnection.as_dict
_job = FakeJob.__init__
_optimizers: dict[tuple[str, ...], dict[str, Any]] = {}
# API name of a job's field -> moto's. What an update leaves out is taken away, as AWS does.
_JOB_FIELDS = {
    "Role": "role",
    "Command": "command",
    "Description": "description",
    "ExecutionProperty": "execution_property",
    "DefaultArguments": "default_arguments",
    "NonOverridableArguments": "non_overridable_arguments",
    "Connections": "connections",
    "MaxRetries": "max_retries",
    "Timeout": "timeout",
    "MaxCapacity": "max_capacity",
    "SecurityConfiguration": "security_configuration",
    "NotificationProperty": "notification_property",
    "GlueVersion": "glue_version",
    "NumberOfWorkers": "number_of_workers",
    "WorkerType": "worker_type",
    "ExecutionClass": "execution_class",
}


class _Given:
    """Something that is shown as it was given."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def as_dict(self) -> dict[str, Any]:
        return self._given


def make_job(self: Any, *given: Any, **named: Any) -> None:
    """AWS shows the execution class only of a job that was given one."""
    _job(self, *given, **named)
    if not named.get("execution_class"):
        self.execution_class = None


def update_job(self: Any) -> Any:
    """Replace what a job is."""
    job, given = self.glue_backend.get_job(self._get_param("JobName")), self._get_param("JobUpdate")
    for field, attribute in _JOB_FIELDS.items():
        setattr(job, attribute, given.get(field))
    return ActionResult({"JobName": job.name})


def start_trigger(self: Any) -> None:
    """Starting an on-demand trigger fires it; it stays what it was."""
    if self.trigger_type != "ON_DEMAND":
        _start(self)


def update_trigger(self: Any) -> Any:
    """Replace what a trigger does and when."""
    trigger, given = self.glue_backend.get_trigger(self._get_param("Name")), self._get_param("TriggerUpdate")
    trigger.schedule = given.get("Schedule", trigger.schedule)
    trigger.description = given.get("Description", trigger.description)
    trigger.event_batching_condition = given.get("EventBatchingCondition", trigger.event_batching_condition)
    if "Actions" in given:
        trigger.actions = [_Given(action) for action in given["Actions"]]
    if "Predicate" in given:
        trigger.predicate = _Given(given["Predicate"])
    return ActionResult({"Trigger": trigger.as_dict()})


def show_connection(self: Any, *given: Any, **named: Any) -> dict[str, Any]:
    """What moto keeps and does not show."""
    shown = _show_connection(self, *given, **named)
    return shown | {field: self.connection_input.get(field) for field in ("ConnectionType", "MatchCriteria")}


def delete_connection(self: Any) -> Any:
    """Forget a connection."""
    if self.glue_backend.connections.pop(self._get_param("ConnectionName"), None) is None:
        raise EntityNotFoundException("Connection not found.")
    return EmptyResult()


def update_connection(self: Any) -> Any:
    """Replace what a connection is."""
    name, given = self._get_param("Name"), self._get_param("ConnectionInput")
    catalog = self.glue_backend.connections[name].catalog_id
    self.glue_backend.connections[name] = FakeConnection(self.glue_backend, catalog, given, {})
    return EmptyResult()


def _optimizer(self: Any) -> tuple[str, ...]:
    return tuple(self._get_param(part) for part in ("CatalogId", "DatabaseName", "TableName", "Type"))


def create_table_optimizer(self: Any) -> Any:
    """Keep an optimiser, new or not."""
    _optimizers[_optimizer(self)] = self._get_param("TableOptimizerConfiguration")
    return EmptyResult()


def get_table_optimizer(self: Any) -> Any:
    """Show an optimiser."""
    key = _optimizer(self)
    if key not in _optimizers:
        raise EntityNotFoundException("Optimizer not found.")
    shown = {"type": key[3], "configuration": _optimizers[key]}
    return ActionResult({"CatalogId": key[0], "DatabaseName": key[1], "TableName": key[2], "TableOptimizer": shown})


def delete_table_optimizer(self: Any) -> Any:
    """Forget an optimiser."""
    if _optimizers.pop(_optimizer(self), None) is None:
        raise EntityNotFoundException("Optimizer not found.")
    return EmptyResult()


FakeJob.__init__ = make_job
FakeTrigger.start_trigger = start_trigger
FakeConnection.as_dict = show_connection
for _action in (
    update_job,
    update_trigger,
    delete_connection,
    update_connection,
    create_table_optimizer,
    get_table_optimizer,
    delete_table_optimizer,
):
    setattr(GlueResponse, _action.__name__, _action)
GlueResponse.update_table_optimizer = create_table_optimizer
