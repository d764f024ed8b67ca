"""The warehouse as an Iceberg REST catalog, read-only: other tools open its tables by an address, under any name.

Source: github.com/apache/iceberg, open-api/rest-catalog-open-api.yaml, Apache License 2.0. Tools read the files
themselves, and with them personal columns: it answers in a steward's console only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.refs import MAIN_BRANCH
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketpulse.console.desk import Look
from marketpulse.lake.table import LakeTable
from marketpulse.names import LAYERS

_HERE = "/iceberg/v1"
_Answer = Callable[[Look, Mapping[str, str]], Response]


def _config(_: Look, __: Mapping[str, str]) -> Response:
    endpoints = [f"GET /v1/{{prefix}}{path}" for path in _ANSWERS if path != "/config"]
    return JSONResponse({"defaults": {}, "overrides": {}, "endpoints": endpoints})


def _all_namespaces(look: Look, _: Mapping[str, str]) -> Response:
    return JSONResponse({"namespaces": [[each] for each in _namespaces(look)]})


def _one_namespace(_: Look, given: Mapping[str, str]) -> Response:
    return JSONResponse({"namespace": [given["namespace"]], "properties": {}})


def _all_tables(look: Look, given: Mapping[str, str]) -> Response:
    space = given["namespace"]
    with look.busy:
        names = [{"namespace": [space], "name": name} for name, _ in _tables(look, space)]
    return JSONResponse({"identifiers": names})


def _one_table(look: Look, given: Mapping[str, str]) -> Response:
    with look.busy:
        table = dict(_tables(look, given["namespace"])).get(given["table"])
    if table is None:
        what = f"there is no table {given['namespace']}.{given['table'][:80]}"
        return _refused(404, "NoSuchTableException", what)
    metadata = _seen(table.iceberg.metadata, look.moment.snapshot(table) if table.snapshot_id else None)
    return JSONResponse(
        {
            "metadata-location": table.iceberg.metadata_location,
            "metadata": json.loads(metadata.model_dump_json()),
            "config": {},
        }
    )


_ANSWERS: Mapping[str, _Answer] = {
    "/config": _config,
    "/namespaces": _all_namespaces,
    "/namespaces/{namespace}": _one_namespace,
    "/namespaces/{namespace}/tables": _all_tables,
    "/namespaces/{namespace}/tables/{table}": _one_table,
}


def _endpoint(answer: _Answer) -> Callable[[Request], Response]:
    """An answer as JSON; 403 for analysts, 404 for a namespace that is not there."""

    def answered(request: Request) -> Response:
        if request.app.state.desk.masked:
            told = "these tools read files, and with them personal columns: marketpulse console --role steward"
            return _refused(403, "ForbiddenException", told)
        with request.app.state.desk.look() as look:
            if (space := request.path_params.get("namespace")) not in (None, *_namespaces(look)):
                return _refused(404, "NoSuchNamespaceException", f"there is no namespace {str(space)[:80]}")
            return answer(look, request.path_params)

    return answered


ROUTES = [Route(f"{_HERE}{path}", _endpoint(answer)) for path, answer in _ANSWERS.items()]


def _namespaces(look: Look) -> list[str]:
    return [look.context.lake.layout.namespace_of(layer) for layer in LAYERS]


def _tables(look: Look, namespace: str) -> Iterator[tuple[str, LakeTable]]:
    """Tables of a namespace that are there, by their names in it."""
    lake = look.context.lake
    for name in lake.names():
        own, short = lake.layout.identifier(name)
        if own == namespace and (table := lake.find(name)) and look.moment.shows(table):
            yield short, table


def _seen(metadata: TableMetadata, snapshot: int | None) -> TableMetadata:
    """The table as of the last finished state: all tables of one, as everywhere in the console."""
    if snapshot is None or snapshot == metadata.current_snapshot_id:
        return metadata
    main = metadata.refs[MAIN_BRANCH].model_copy(update={"snapshot_id": snapshot})
    return metadata.model_copy(update={"current_snapshot_id": snapshot, "refs": {**metadata.refs, MAIN_BRANCH: main}})


def _refused(code: int, kind: str, message: str) -> Response:
    return JSONResponse({"error": {"message": message, "type": kind, "code": code}}, code)
