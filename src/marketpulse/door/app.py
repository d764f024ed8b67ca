"""The door as an ASGI application: what comes in, what is answered."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from marketpulse.door import cors
from marketpulse.door.addresses import client
from marketpulse.door.answers import Answer, Refusal, told
from marketpulse.door.journal import NotKept
from marketpulse.door.posting import Posting
from marketpulse.door.request import Request
from marketpulse.door.routes import find, methods

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_COME_AGAIN = 2
#: Seconds that a line may wait for the disk before the door is not ready any more.
_STUCK = 5.0
_LOG = logging.getLogger("marketpulse.door")


@dataclass
class Door:
    """The application. `proxies` of our own stand before it; `held` are the bytes of bodies that are here now.

    `refresh` is called every few seconds: who may post may have changed.
    """

    posting: Posting
    proxies: int = 0
    refresh: Callable[[], None] = lambda: None
    held: int = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = dict(scope["headers"])
        address = client((scope["client"] or ("",))[0], headers, self.proxies)
        request = Request(scope["method"], scope["path"], scope["query_string"], headers, address)
        origin = cors.origin_of(headers)
        answer = await self._answer(request, origin, receive)
        self.posting.metrics.requests[answer.status] += 1
        head = [(b"content-type", answer.kind), (b"content-length", b"%d" % len(answer.body)), *answer.headers]
        if origin and request.method != "OPTIONS" and self.posting.admission.greets(origin):
            head += cors.allowed(origin)
        await send({"type": "http.response.start", "status": answer.status, "headers": head})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else answer.body})

    async def _answer(self, request: Request, origin: str | None, receive: Receive) -> Answer:
        """Whatever happens, an answer that a client understands."""
        try:
            return await self._answered(request, origin, receive)
        except Refusal as refusal:
            return refusal.answer
        except NotKept as reason:
            return Refusal(503, "not_kept", f"nothing of it is kept: {reason}", wait=_COME_AGAIN).answer
        except Exception:  # noqa: BLE001 - the door stays open, and the client comes again
            _LOG.exception("a request was not understood")
            return Refusal(500, "broken", "the door made a mistake", wait=_COME_AGAIN).answer

    async def _answered(self, request: Request, origin: str | None, receive: Receive) -> Answer:
        if request.method == "OPTIONS":
            greeted = origin is not None and self.posting.admission.greets(origin)
            return Answer(b"", b"text/plain", 200, cors.preflight(origin or "", request.headers) if greeted else ())
        route = find("GET" if request.method == "HEAD" else request.method, request.path)
        if route is None:
            return self._watched(request)
        if route.post and request.method == "HEAD":  # who asks whether a picture is there has seen nothing
            raise Refusal(405, "method_refused", "not by this method")
        if route.post is None:
            return route.ask(request) if route.ask else Answer()
        request.body = await self._body(request, receive)
        held = len(request.body)
        try:
            return await self.posting.post(request, route, origin)
        finally:
            self.held -= held

    def _watched(self, request: Request) -> Answer:
        """What those ask who watch the door. Raise Refusal for what nobody answers."""
        journal = self.posting.journal
        if request.method in ("GET", "HEAD"):
            if request.path == "/health":
                return told({"status": "ok"})
            if request.path == "/ready":
                return self._ready()
            if request.path == "/metrics":
                text = self.posting.metrics.text(journal.state, journal.waiting)
                return Answer(text, b"text/plain; version=0.0.4")
        if methods(request.path):
            raise Refusal(405, "method_refused", "not by this method")
        raise Refusal(404, "no_such_path", "no client posts here")

    def _ready(self) -> Answer:
        journal = self.posting.journal
        waits, error = journal.slowest, journal.state.error
        is_ready = not error and waits < _STUCK
        said = {"status": "ok" if is_ready else "not ready", "error": error, "waiting_seconds": round(waits, 3)}
        more = {"seconds_since_flush": journal.state.age, "unsealed": journal.state.unsealed}
        return told({**said, **more}, 200 if is_ready else 503)

    async def _body(self, request: Request, receive: Receive) -> bytes:
        """The body as it comes; too much of it is refused before it is here."""
        said = request.headers.get(b"content-length", b"0")[:20]
        if not said.isdigit() or int(said) > self.posting.limits.body:
            raise Refusal(413, "too_large", f"the body has more than {self.posting.limits.body} bytes")
        pieces: list[bytes] = []
        size, more, refusal = 0, True, None
        while more and not refusal:
            message = await receive()
            pieces.append(message.get("body", b""))
            more = message.get("more_body", False)
            size += len(pieces[-1])
            self.held += len(pieces[-1])
            refusal = self._too_much(message["type"], size)
        if refusal:
            self.held -= size
            raise refusal
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _too_much(self, kind: str, size: int) -> Refusal | None:
        """Why no more of a body is taken."""
        limits = self.posting.limits
        if kind != "http.request":
            return Refusal(400, "cut_off", "the client went away")
        if size > limits.body:
            return Refusal(413, "too_large", f"the body has more than {limits.body} bytes")
        return (
            Refusal(503, "too_busy", "too many bodies at once", wait=_COME_AGAIN) if self.held > limits.held else None
        )
