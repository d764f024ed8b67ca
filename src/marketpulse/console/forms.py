"""What a form sends, within bounds."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

from marketpulse.errors import UsageError

#: Bytes of a form: a long query is shorter.
_MOST = 200_000


async def form(request: Request) -> dict[str, str]:
    """Names and values; of two of one name the last. Raise UsageError for what is no form, or is too long."""
    if request.headers.get("content-type", "").split(";")[0] != "application/x-www-form-urlencoded":
        raise UsageError("this is no form of the console")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST:
            raise UsageError(f"the form is longer than {_MOST:,} bytes")
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise UsageError("this is no form of the console") from None
