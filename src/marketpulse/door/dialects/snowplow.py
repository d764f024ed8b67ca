"""Snowplow's tracker protocol: a payload in the body (tp2), or one event in the address of a picture."""

from __future__ import annotations

import base64
from typing import Any

from marketpulse.door.answers import Answer
from marketpulse.door.dialects.shape import body, inner, known, moment, number, one_of, rows, table, text
from marketpulse.door.request import Posted, Request

#: A picture of one transparent point.
_PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_DONE = Answer(b"ok", b"text/plain")
_TYPES = {"mob": "mobile"}


def key(request: Request) -> str | None:
    """The application's id: the protocol has no other key, and this one is no secret."""
    told = rows(table(request.value).get("data"))[:1] if request.method == "POST" else [request.asked]
    return next((shown for each in told if (shown := text(table(each).get("aid")))), None)


def payload(request: Request) -> Posted:
    """Events of a body."""
    return Posted(map(_event, rows(body(request.value).get("data"))), {}, _DONE)


def picture(request: Request) -> Posted:
    """The event of an address."""
    return Posted([_event(dict(request.asked))], {}, Answer(_PICTURE, b"image/gif"))


def _event(told: Any) -> Any:
    if type(told) is not dict:
        return told
    kind, name, properties = _what(told)
    page = known(url=text(told.get("url")), title=text(told.get("page")), referrer=text(told.get("refr")))
    if kind == "page":
        properties = {**page, **properties}
    return known(
        messageId=text(told.get("eid")),
        type=kind,
        event=name,
        anonymousId=one_of(told, "duid", "nuid", "tnuid"),
        userId=text(told.get("uid")),
        originalTimestamp=moment(told.get("dtm"), 1e3),
        sentAt=moment(told.get("stm"), 1e3),
        context=_context(told, page),
        properties=properties,
        received=told,
    )


def _context(told: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    return known(
        page=page,
        userAgent=text(told.get("ua")),
        ip=text(told.get("ip")),
        locale=text(told.get("lang")),
        sessionId=text(told.get("sid")),
        device=known(type=_TYPES.get(str(told.get("p")))),
        library=known(name="snowplow", version=text(told.get("tv"))),
    )


def _what(told: dict[str, Any]) -> tuple[str | None, str | None, dict[str, Any]]:
    """Kind, name and properties of an event."""
    kind = told.get("e")
    if kind == "pv":
        return "page", None, {}
    if kind == "pp":
        return "track", "Page Ping", {}
    if kind == "se":
        names = {"category": "se_ca", "label": "se_la", "property": "se_pr", "value": "se_va"}
        return "track", text(told.get("se_ac")), known(**{as_: told.get(name) for as_, name in names.items()})
    if kind == "tr":
        names = {"order_id": "tr_id", "total": "tr_tt", "tax": "tr_tx", "shipping": "tr_sh", "currency": "tr_cu"}
        return "track", "Order Completed", known(**{as_: number(told.get(name)) for as_, name in names.items()})
    if kind == "ti":
        names = {"order_id": "ti_id", "product_id": "ti_sk", "price": "ti_pr", "quantity": "ti_qu", "currency": "ti_cu"}
        return "track", "Order Item", known(**{as_: number(told.get(name)) for as_, name in names.items()})
    return ("track", *_described(told)) if kind == "ue" else (None, None, {})


def _described(told: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Name and properties of an event with a schema of its own: iglu:<vendor>/<name>/<format>/<version>."""
    outer = table(inner(told.get("ue_pr")) or inner(told.get("ue_px")))
    event = table(outer.get("data"))
    said = table(event.get("data"))
    name = _name(event)
    if name == "snowplow_ecommerce_action":
        return _commerce(said, told)
    return name, said


def _commerce(said: dict[str, Any], told: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """An action of a shop, with the product or the order that stand beside it."""
    beside = table(inner(told.get("co")) or inner(told.get("cx")))
    entities = [(_name(table(each)), table(table(each).get("data"))) for each in rows(beside.get("data"))]
    products = [_product(data) for name, data in entities if name == "product"]
    order = next((data for name, data in entities if name == "transaction"), {})
    action = text(said.get("type"))
    name = {"transaction": "purchase", "product_view": "Product Viewed", "list_view": "Product List Viewed"}
    one = products[0] if len(products) == 1 and not order else {}
    return name.get(action or "", action), {**said, **one, **order, **({"products": products} if products else {})}


def _product(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, **known(product_id=data.get("id"))}


def _name(schema: dict[str, Any]) -> str | None:
    parts = str(schema.get("schema", "")).split("/")
    return parts[1] if len(parts) > 1 and parts[1] else None
