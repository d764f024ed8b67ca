"""Tables for other tools by their address: an Iceberg REST catalog that can be read.

After the Apache Iceberg REST Catalog API (`open-api/rest-catalog-open-api.yaml` of apache/iceberg). All tables are of
the state that the pages show, that of the last finished run, also where a newer commit is there. Who reads files reads
all that is in them: of a table with personal columns an analyst is given none.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketpulse.lake.table import LakeTable
from marketpulse.serving.desk import Look
from marketpulse.serving.masking import STEWARD, masks
from marketpulse.serving.query import readable

_NAMESPACES = "/v1/namespaces"
_NAMESPACE = f"{_NAMESPACES}/{{namespace}}"
_TABLES = f"{_NAMESPACE}/tables"
_TABLE = f"{_TABLES}/{{table}}"
#: What there is, as the API names its own routes.
_ENDPOINTS = [
    f"{method} {path.replace('/v1/', '/v1/{prefix}/')}"
    for method, path in (
        ("GET", _NAMESPACES), ("GET", _NAMESPACE), ("HEAD", _NAMESPACE),
        ("GET", _TABLES), ("GET", _TABLE), ("HEAD", _TABLE),
    )
]  # fmt: skip


class RefusedError(Exception):
    """What is answered with an error: its status, the type by which clients know it, and what is said."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


def _answered(make: Callable[[Request, Look], Any]) -> Callable[[Request], Response]:
    @wraps(make)
    def answer(request: Request) -> Response:
        try:
            with request.app.state.desk.look() as look, look.busy:
                return JSONResponse(make(request, look))
        except RefusedError as error:
            told = {"message": str(error), "type": error.kind, "code": error.status}
            return JSONResponse({"error": told}, error.status)

    return answer


@_answered
def _config(_request: Request, _look: Look) -> dict[str, Any]:
    """What clients ask first. They are not to report what they read: nobody listens."""
    return {"defaults": {}, "overrides": {"rest-metrics-reporting-enabled": "false"}, "endpoints": _ENDPOINTS}


@_answered
def _namespaces(request: Request, look: Look) -> dict[str, Any]:
    found = sorted({_place(look, name)[0] for name in look.context.lake.names()})
    return {"namespaces": [] if request.query_params.get("parent") else [[each] for each in found]}


@_answered
def _namespace(request: Request, look: Look) -> dict[str, Any]:
    return {"namespace": [_known(request, look)], "properties": {}}


@_answered
def _tables(request: Request, look: Look) -> dict[str, Any]:
    space = _known(request, look)
    there = [table for table in readable(look.context, look.moment) if _place(look, table.name)[0] == space]
    names = [_place(look, table.name)[1] for table in there if not _hides(look, table)]
    return {"identifiers": [{"namespace": [space], "name": name} for name in names]}


@_answered
def _table(request: Request, look: Look) -> dict[str, Any]:
    asked = (request.path_params["namespace"], request.path_params["table"])
    there = readable(look.context, look.moment)
    table = next((each for each in there if _place(look, each.name) == asked), None)
    if table is None:
        raise RefusedError(404, "NoSuchTableException", f"there is no table {'.'.join(asked)}")
    if hides := _hides(look, table):
        raise RefusedError(403, "ForbiddenException", f"{table.name} has personal columns ({hides}); {STEWARD}")
    return {"metadata-location": table.iceberg.metadata_location, "metadata": _metadata(look, table), "config": {}}


def _metadata(look: Look, table: LakeTable) -> dict[str, Any]:
    """The metadata of a table, with the snapshot that is looked at as its current one."""
    told: dict[str, Any] = json.loads(table.iceberg.metadata.model_dump_json())
    seen = look.moment.snapshot(table) if table.snapshot_id else None
    if seen is not None and seen != table.snapshot_id:
        told["current-snapshot-id"] = seen
        told["refs"]["main"]["snapshot-id"] = seen
    return told


def _place(look: Look, name: str) -> tuple[str, str]:
    """Namespace and name in the catalog."""
    space, table = look.context.settings.layout.identifier(name)
    return space, table


def _known(request: Request, look: Look) -> str:
    space = str(request.path_params["namespace"])
    if space not in {_place(look, name)[0] for name in look.context.lake.names()}:
        raise RefusedError(404, "NoSuchNamespaceException", f"there is no namespace {space}")
    return space


def _hides(look: Look, table: LakeTable) -> str:
    """Columns that the one who looks is not shown as they are, those too that only files of before have."""
    if not look.moment.masked:
        return ""
    said = masks(look.context.contract(table.name))
    columns = dict.fromkeys(field.name for each in table.iceberg.metadata.schemas for field in each.fields)
    return ", ".join(column for column in columns if said.get(column) is not False)


ROUTES = [
    Route("/v1/config", _config), Route(_NAMESPACES, _namespaces), Route(_NAMESPACE, _namespace),
    Route(_TABLES, _tables), Route(_TABLE, _table),
]  # fmt: skip
