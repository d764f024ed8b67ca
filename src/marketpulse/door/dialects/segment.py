"""The Segment spec: Segment, RudderStack and Jitsu, single events and batches."""

from __future__ import annotations

from marketpulse.door.answers import Answer, told
from marketpulse.door.dialects.shape import body, rows, table
from marketpulse.door.request import Posted, Request

KINDS = {"t": "track", "p": "page", "i": "identify", "g": "group", "a": "alias", "s": "screen"}
#: Fields that hold a write key.
KEYS = ("writeKey", "write_key")
_DONE = Answer(b'{"success":true}')
#: What a batch says for its events. Of the rest nothing is known that could be theirs.
_AROUND = ("sentAt", "context", "integrations")


def key(request: Request) -> str | None:
    """The write key that the body shows."""
    value = table(request.value)
    held = next((found for each in rows(value.get("batch"))[:1] if (found := table(each).get(KEYS[0]))), None)
    shown = value.get(KEYS[0]) or value.get(KEYS[1]) or held
    return shown if type(shown) is str else None


def batch(request: Request) -> Posted:
    """Events of a batch; `sentAt` and `context` of it are theirs, too."""
    value = body(request.value)
    if type(value.get("batch")) is not list:
        return Posted([value], {}, _DONE)
    return Posted(value["batch"], {name: value[name] for name in _AROUND if name in value}, _DONE)


def single(request: Request) -> Posted:
    """One event, whose kind the path says where it does not itself."""
    value = body(request.value)
    if "batch" in value:
        return batch(request)
    last = request.path.rpartition("/")[2]
    value.setdefault("type", KINDS.get(last, last))
    return Posted([value], {}, _DONE)


def settings(request: Request) -> Answer:
    """What the browser client asks before it sends: send to this door, and nowhere else."""
    shown = request.path.split("/")[-2]
    scheme, _, host = request.base.partition("://")
    sending = {"apiKey": shown, "apiHost": f"{host}/v1", "protocol": scheme, "unbundledIntegrations": []}
    plan = {"track": {"__default": {"enabled": True, "integrations": {}}}}
    return told({"integrations": {"Segment.io": sending}, "plan": plan, "edgeFunction": {}, "enabledMiddleware": {}})


def source_config(request: Request) -> Answer:
    """What RudderStack's browser client asks before it sends: nothing but this door is to be sent to."""
    shown = request.asked.get("writeKey", "")
    off = {"enabled": False}
    statistics = {"statsCollection": {"errors": off, "metrics": off}}
    what = {"id": "door", "name": "door", "writeKey": shown, "enabled": True, "workspaceId": "door"}
    more = {"config": statistics, "destinations": [], "connections": [], "updatedAt": "2026-01-01T00:00:00.000Z"}
    return told({"source": {**what, **more}, "updatedAt": more["updatedAt"], "consentManagementMetadata": {}})


def measured(_request: Request) -> Answer:
    """Measurements of the client about itself: heard, and not kept."""
    return _DONE
