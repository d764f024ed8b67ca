"""What a form sends, within bounds."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams
from starlette.requests import Request

from marketpulse.errors import UsageError

#: Bytes of a form: a long query is shorter.
_MOST = 200_000
#: Names of a form, as many as rows that can be chosen on a page, and some.
_FIELDS = 250


async def form(request: Request, most: int = _MOST) -> QueryParams:
    """Names and values, at most `most` bytes. Raise UsageError for what is no form, or is too long."""
    if request.headers.get("content-type", "").split(";")[0] != "application/x-www-form-urlencoded":
        raise UsageError("this is no form of the console")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise UsageError(f"the form is longer than {most:,} bytes")
    try:
        return QueryParams(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:
        raise UsageError("this is no form of the console") from None
