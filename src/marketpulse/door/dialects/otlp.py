"""OpenTelemetry's logs (OTLP over HTTP, JSON or protobuf): log records with an event's name are events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marketpulse.door.answers import Answer, Refusal
from marketpulse.door.bodies import read
from marketpulse.door.dialects.shape import body, known, moment, one_of, rows, table, text
from marketpulse.door.request import Posted, Request

_PAGES = ("page_view", "browser.page_view", "browser.navigation", "page.viewed")
_PROTOBUF = b"application/x-protobuf"
_DEEP = 32


def key(_request: Request) -> str | None:
    """None: a header shows it."""
    return None


def logs(request: Request) -> Posted:
    """Log records of every resource and scope. The answer is of the kind in which they came, and empty."""
    is_packed = request.headers.get(b"content-type", b"").startswith(_PROTOBUF)
    value = _unpacked(request.body) if is_packed else body(read(request.body))
    answer = Answer(b"", _PROTOBUF) if is_packed else Answer()
    return Posted(_events(rows(value.get("resourceLogs"))), {}, answer)


def _unpacked(packed: bytes) -> dict[str, Any]:
    """A message of protobuf as the JSON that OTLP has for it. Raise Refusal for what is none."""
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    try:
        found: dict[str, Any] = MessageToDict(ExportLogsServiceRequest.FromString(packed))
    except (DecodeError, RecursionError):
        raise Refusal(400, "no_protobuf", "the body is no ExportLogsServiceRequest of OTLP") from None
    return found


def _events(resources: list[Any]) -> Iterator[Any]:
    for resource in map(table, resources):
        shared = _attributes(table(resource.get("resource")).get("attributes"))
        for scope in map(table, rows(resource.get("scopeLogs"))):
            library = known(**{name: text(table(scope.get("scope")).get(name)) for name in ("name", "version")})
            for record in rows(scope.get("logRecords")):
                yield _event(record, shared, library)


def _event(record: Any, resource: dict[str, Any], library: dict[str, Any]) -> Any:
    if type(record) is not dict:
        return record
    said = _attributes(record.get("attributes"))
    value = _plain(record.get("body"), 0)
    name = text(record.get("eventName")) or text(said.get("event.name"))
    is_page = name in _PAGES
    page = known(
        url=one_of(said, "url.full", "http.url"), path=one_of(said, "url.path"), title=one_of(said, "page.title")
    )
    page |= known(referrer=one_of(said, "http.referrer", "http.request.header.referer"))
    sent = record.get("observedTimeUnixNano") or record.get("timeUnixNano")
    return known(
        messageId=one_of(said, "log.record.uid", "event.id"),
        type="page" if is_page else "track" if name else None,
        event=None if is_page or not name else name.replace(".", "_"),
        anonymousId=one_of(said, "visitor.id", "anonymous.id", "device.id", "app.installation.id")
        or (None if _user(said) else text(said.get("session.id"))),
        userId=_user(said),
        originalTimestamp=moment(record.get("timeUnixNano"), 1e9),
        sentAt=moment(sent, 1e9),
        context=known(
            page=page,
            sessionId=text(said.get("session.id")),
            userAgent=one_of(said, "user_agent.original"),
            ip=one_of(said, "client.address"),
            locale=one_of(said, "browser.language"),
            library=library,
        ),
        properties=value if type(value) is dict else known(message=value),
        received={"attributes": said, "resource": resource, "severity": record.get("severityText")},
    )


def _user(said: dict[str, Any]) -> str | None:
    return one_of(said, "user.id", "enduser.id")


def _attributes(value: Any) -> dict[str, Any]:
    return {str(each.get("key")): _plain(each.get("value"), 0) for each in rows(value) if type(each) is dict}


def _plain(value: Any, depth: int) -> Any:
    """A typed value without its type."""
    if type(value) is not dict or depth > _DEEP:
        return None
    for kind in ("stringValue", "boolValue", "intValue", "doubleValue", "bytesValue"):
        if kind in value:
            return value[kind]
    if "arrayValue" in value:
        return [_plain(each, depth + 1) for each in rows(table(value["arrayValue"]).get("values"))]
    held = rows(table(value.get("kvlistValue")).get("values"))
    return {str(each.get("key")): _plain(each.get("value"), depth + 1) for each in held if type(each) is dict}
