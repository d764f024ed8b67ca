"""PostHog: batches and single captures, and what its browser client asks before."""

from __future__ import annotations

from typing import Any

import orjson

from marketpulse.door.answers import Answer, Refusal, told
from marketpulse.door.dialects.shape import known, moment, one_of, rows, table, text
from marketpulse.door.request import Posted, Request

#: Fields that hold the project's key.
KEYS = ("api_key", "token")
_DONE = Answer(b'{"status":1}')
_KINDS = {
    "$pageview": "page",
    "$screen": "screen",
    "$identify": "identify",
    "$set": "identify",
    "$create_alias": "alias",
    "$groupidentify": "group",
}
_CAMPAIGN = {"source": "utm_source", "medium": "utm_medium", "name": "utm_campaign", "term": "utm_term"}
#: What the client asks of the server is off: nothing is loaded from elsewhere, nothing recorded. Surveys are not named:
#: for posthog-js whatever is said of them, `false` too, is a reason to load their script.
_OFF: dict[str, Any] = {
    "sessionRecording": False,
    "heatmaps": False,
    "capturePerformance": False,
    "autocaptureExceptions": False,
    "autocapture_opt_out": True,
    "hasFeatureFlags": False,
    "isAuthenticated": False,
    "siteApps": [],
    "toolbarParams": {},
    "supportedCompression": ["gzip", "gzip-js"],
    "featureFlags": {},
    "flags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
}


def key(request: Request) -> str | None:
    """The project's key that the body shows."""
    value = request.value[0] if type(request.value) is list and request.value else request.value
    first = table(next(iter(rows(table(value).get("batch"))), None))
    places = (table(value), table(table(value).get("properties")), first, table(first.get("properties")))
    shown = next((found for place in places for name in KEYS if (found := place.get(name))), None)
    return shown if type(shown) is str else None


def capture(request: Request) -> Posted:
    """Events of a batch, of an array, or the one that the body is."""
    value = request.value
    if type(value) is list:
        return Posted(map(_event, value), {}, _DONE)
    if type(value) is not dict:
        raise Refusal(400, "no_object", "the body is no JSON object")
    if type(value.get("batch")) is not list:
        return Posted([_event(value)], {}, _DONE)
    sent = value.get("sent_at") or value.get("created_at")
    return Posted(map(_event, value["batch"]), {"sentAt": sent} if sent else {}, _DONE)


def captured(request: Request) -> Posted:
    """The newer way, whose client wants to hear of each event."""
    posted = capture(request)
    results = {shown: {"result": "ok"} for each in _came(request.value) if (shown := _id(table(each)))}
    posted.answer = told({"status": 1, "results": results})
    return posted


def _came(value: Any) -> list[Any]:
    return value if type(value) is list else rows(value["batch"]) if "batch" in value else [value]


def _id(came: dict[str, Any]) -> str | None:
    return one_of(came, "uuid") or one_of(table(came.get("properties")), "$insert_id")


def flags(_request: Request) -> Answer:
    """No flags."""
    return told(_OFF)


def config(request: Request) -> Answer:
    """Settings of the project, as JSON or as a script that sets them."""
    shown = request.path.split("/")[2]
    if not request.path.endswith(".js"):
        return told({**_OFF, "token": shown})
    if not shown.replace("_", "").replace("-", "").isalnum():
        raise Refusal(404, "no_such_path", "there is nothing of this name")
    text_ = orjson.dumps({"config": {**_OFF, "token": shown}, "siteApps": []})
    script = b"(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{})['%s']=%s;" % (shown.encode(), text_)
    return Answer(script, b"application/javascript")


def _event(came: Any) -> Any:
    if type(came) is not dict:
        return came
    said = table(came.get("properties"))
    for place in (came, said):
        for field in KEYS:
            place.pop(field, None)
    name = text(came.get("event"))
    kind = _KINDS.get(name or "", "track")
    return known(
        messageId=_id(came),
        type=kind,
        event=name if kind == "track" else None,
        **_who(came, said, kind),
        originalTimestamp=text(came.get("timestamp")) or moment(said.get("$time"), 1),
        sentAt=text(came.get("sent_at")),
        traits=_traits(came, said, kind),
        groupId=text(said.get("$group_key")) if kind == "group" else None,
        context=_context(said),
        properties=said,
        received={field: value for field, value in came.items() if field != "properties"},
    )


def _who(came: dict[str, Any], said: dict[str, Any], kind: str) -> dict[str, Any]:
    """Whose it is: a browser is its device until somebody is known; a server knows."""
    shown = one_of(came, "distinct_id") or one_of(said, "distinct_id")
    if kind == "alias":
        return known(previousId=one_of(said, "distinct_id") or shown, userId=text(said.get("alias")))
    device = one_of(said, "$device_id") or one_of(said, "$anon_distinct_id")
    user = one_of(said, "$user_id") or (shown if shown != device else None)
    return known(anonymousId=device, userId=user)


def _traits(came: dict[str, Any], said: dict[str, Any], kind: str) -> dict[str, Any] | None:
    if kind == "group":
        return table(said.get("$group_set")) or None
    once, always = ({**table(said.get(name)), **table(came.get(name))} for name in ("$set_once", "$set"))
    return {**once, **always} or None


def _context(said: dict[str, Any]) -> dict[str, Any]:
    referrer = text(said.get("$referrer"))
    page = known(
        url=text(said.get("$current_url")),
        path=text(said.get("$pathname")),
        title=text(said.get("title")) or text(said.get("$title")),
        referrer=None if referrer == "$direct" else referrer,
    )
    device = (text(said.get("$device_type")) or "").lower()
    return known(
        page=page,
        campaign=known(**{as_: text(said.get(name)) for as_, name in _CAMPAIGN.items()}),
        userAgent=one_of(said, "$raw_user_agent", "$user_agent", "$useragent"),
        ip=text(said.get("$ip")),
        locale=text(said.get("$browser_language")),
        sessionId=text(said.get("$session_id")),
        device=known(type=device or None),
        library=known(name=text(said.get("$lib")), version=text(said.get("$lib_version"))),
    )
