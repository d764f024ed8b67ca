"""Paths: which dialect answers what. Clients are not asked to change theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from marketpulse.door.answers import Answer
from marketpulse.door.dialects import ga4, otlp, posthog, segment, snowplow
from marketpulse.door.request import Posted, Request


@dataclass(frozen=True)
class Route:
    """What answers: `post` takes events, of which `key` shows whose they are; `ask` answers a question.

    `is_json`: the body is read as JSON before. `is_public`: what it shows is no secret, and may be a word of its texts.
    """

    dialect: str = ""
    post: Callable[[Request], Posted] | None = None
    key: Callable[[Request], str | None] | None = None
    ask: Callable[[Request], Answer] | None = None
    is_json: bool = True
    is_public: bool = False


_BATCH = Route("segment", segment.batch, segment.key)
_SINGLE = Route("segment", segment.single, segment.key)
_CAPTURE = Route("posthog", posthog.capture, posthog.key)
_FLAGS = Route(ask=posthog.flags)
_GTAG = Route("ga4", ga4.collect, ga4.key, is_json=False)
_PICTURE = Route("snowplow", snowplow.picture, snowplow.key, is_json=False, is_public=True)

_KINDS = {*segment.KINDS, *segment.KINDS.values()}
_POST = {
    **{f"/v1/{kind}": _SINGLE for kind in _KINDS},
    **{f"{jitsu}/{kind}": _SINGLE for jitsu in ("/api/s", "/api/s/s2s") for kind in _KINDS},
    **dict.fromkeys(("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"), _BATCH),
    **dict.fromkeys(("/api/s/batch", "/api/s/s2s/batch", "/api/s/event", "/api/s/s2s/event"), _BATCH),
    "/v1/m": Route(ask=segment.measured),
    "/com.snowplowanalytics.snowplow/tp2": Route("snowplow", snowplow.payload, snowplow.key, is_public=True),
    **dict.fromkeys(("/batch", "/capture", "/e", "/track", "/i/v0/e"), _CAPTURE),
    "/i/v1/analytics/events": Route("posthog", posthog.captured, posthog.key),
    **dict.fromkeys(("/flags", "/decide"), _FLAGS),
    "/mp/collect": Route("ga4", ga4.measurement, ga4.key),
    "/g/collect": _GTAG,
    "/v1/logs": Route("otlp", otlp.logs, otlp.key, is_json=False),
}
_GET = {
    "/i": _PICTURE,
    "/g/collect": _GTAG,
    "/sourceConfig": Route(ask=segment.source_config),
    **dict.fromkeys(("/flags", "/decide"), _FLAGS),
}
_SETTINGS = Route(ask=segment.settings)
_CONFIG = Route(ask=posthog.config)
#: Characters of a path: what was looked up is remembered, so strangers must not choose how much that is.
_LONGEST = 300


def find(method: str, path: str) -> Route | None:
    """What answers a path; None where nothing does."""
    return _find(method, path) if len(path) <= _LONGEST else None


@lru_cache(maxsize=1_000)
def _find(method: str, path: str) -> Route | None:
    plain = path.rstrip("/")
    if method == "POST":
        return _POST.get(plain)
    parts = plain.split("/")
    if len(parts) == 5 and parts[1:3] == ["v1", "projects"] and parts[4] == "settings":
        return _SETTINGS
    if len(parts) == 4 and parts[1] == "array" and parts[3] in ("config", "config.js"):
        return _CONFIG
    return _GET.get(plain)


def methods(path: str) -> bool:
    """Whether anything answers a path, by whatever method."""
    return any(find(method, path) for method in ("GET", "POST"))
