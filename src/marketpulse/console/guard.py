"""Who may ask: whoever has the token, under a name of ours, and for what changes anything from a page of ours.

A browser sends cookies to every port of a machine and resolves names as their owners like: so the name that was asked
for is looked at (DNS rebinding), and the page that a request comes from.
"""

from __future__ import annotations

import hashlib
import hmac
import html
from collections.abc import Collection
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What every answer says: nothing from elsewhere, nothing inline, in no frame, kept by no cache.
HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with that a form says no origin.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_SAFE = frozenset({"GET", "HEAD"})
_WELCOME = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>MarketPulse</title>'
    '<link rel="icon" href="/static/icon.svg" type="image/svg+xml">'
    '<meta http-equiv="refresh" content="0; url={0}"><p><a href="{0}">Go on</a></p></html>'
)
_STRANGER = "This page needs the token: open the address that `marketpulse console` printed.\n"


@dataclass(frozen=True)
class Access:
    """The token, and the names (`host:port`) under which the console may be asked for."""

    token: str
    hosts: Collection[str]
    cookie: str = "marketpulse_console"

    def is_token(self, given: str) -> bool:
        """Whether it is the token; it takes as long whatever was given."""
        return hmac.compare_digest(_digest(given), _digest(self.token))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).digest()


class Guard:
    """An app that is asked only by those who may."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer; headers of safety stand on both."""
        if scope["type"] != "http":
            raise RuntimeError(f"the console has no {scope['type']}")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
                MutableHeaders(scope=message).setdefault("cache-control", "no-store")
            await send(message)

        answer = self._refusal(scope)
        await (answer or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """What is said to whoever may not ask; None lets him through."""
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._access.hosts or len(headers.getlist("host")) > 1:
            return PlainTextResponse("The console is not asked for under this name.\n", 421)
        if scope["path"].startswith("/static/") and scope["method"] in _SAFE:
            return None
        asked = QueryParams(scope["query_string"])
        if "token" in asked and scope["method"] in _SAFE:
            return self._welcome(scope["path"], asked)
        if not self._knows(headers):
            return PlainTextResponse(_STRANGER, 401)
        if _is_foreign(headers) or (scope["method"] not in _SAFE and not self._is_from_us(headers)):
            return PlainTextResponse("The console answers its own pages only.\n", 403)
        return None

    def _welcome(self, path: str, asked: QueryParams) -> Response:
        """The token becomes a cookie. A page leads on, since a redirect would be of whoever had led here."""
        if not self._access.is_token(asked["token"]):
            return PlainTextResponse(_STRANGER, 401)
        rest = urlencode([(name, value) for name, value in asked.multi_items() if name != "token"])
        onwards = f"/{quote(path.lstrip('/'))}" + (f"?{rest}" if rest else "")
        answer = HTMLResponse(_WELCOME.format(html.escape(onwards)))
        answer.set_cookie(self._access.cookie, self._access.token, httponly=True, samesite="strict", path="/")
        return answer

    def _knows(self, headers: Headers) -> bool:
        bearer = headers.get("authorization", "")
        if bearer.startswith("Bearer "):
            return self._access.is_token(bearer.removeprefix("Bearer "))
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self._access.cookie)
        except CookieError:
            return False
        return found is not None and self._access.is_token(found.value)

    def _is_from_us(self, headers: Headers) -> bool:
        """Whether a page of ours sends it: its origin says so, and the browser where it says anything."""
        scheme, _, host = headers.get("origin", "").partition("://")
        said = headers.get("sec-fetch-site", "same-origin")
        return scheme in ("http", "https") and host.lower() in self._access.hosts and said == "same-origin"


def _is_foreign(headers: Headers) -> bool:
    """Whether another page asks for something inside of itself, as browsers say: a script, a frame, a fetch."""
    from_elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    return from_elsewhere and (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) != ("navigate", "document")
