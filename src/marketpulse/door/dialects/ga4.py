"""Google Analytics 4: the Measurement Protocol (JSON), and what gtag posts (parameters)."""

from __future__ import annotations

from typing import Any

from marketpulse.door.answers import Answer
from marketpulse.door.dialects.shape import body, known, moment, number, one_of, rows, table, text
from marketpulse.door.request import Posted, Request, parameters

_DONE = Answer(b"", b"text/plain")
#: Fields of an item as gtag shortens them, and what they are in the common form.
_SHORT = {
    "id": "item_id",
    "nm": "item_name",
    "br": "item_brand",
    "ca": "item_category",
    "pr": "price",
    "qt": "quantity",
}
_PRODUCT = {"product_id": "item_id", "name": "item_name", "brand": "item_brand", "category": "item_category"}
_MOST_ITEMS = 200


def key(request: Request) -> str | None:
    """The secret of a server, or the id of a browser's stream."""
    return request.asked.get("api_secret") or request.asked.get("tid") or request.asked.get("measurement_id")


def measurement(request: Request) -> Posted:
    """Events of the Measurement Protocol. They were sent when they came: the client does not say when."""
    value = body(request.value)
    around = {name: field for name, field in value.items() if name != "events"}
    return Posted((_measured(each, around) for each in rows(value.get("events"))), {}, _DONE, is_fresh=True)


def collect(request: Request) -> Posted:
    """Events of gtag: parameters of the address, and a line of the body for each, where there is one."""
    lines = [line for line in request.body.decode("utf-8", "replace").splitlines() if line.strip()] or [""]
    return Posted((_tagged({**request.asked, **parameters(line)}) for line in lines), {}, _DONE, is_fresh=True)


def _measured(each: Any, around: dict[str, Any]) -> Any:
    if type(each) is not dict:
        return each
    said = table(each.get("params"))
    at = each.get("timestamp_micros") or around.get("timestamp_micros")
    received = {"event": {**each, "params": None}, **around}
    return _event(text(each.get("name")), said, around, moment(at, 1e6), {}, received)


def _event(
    name: str | None, said: dict[str, Any], who: dict[str, Any], at: str | None, more: dict[str, Any], received: Any
) -> dict[str, Any]:
    """An event in the common form."""
    page = known(url=text(said.get("page_location")), title=text(said.get("page_title")))
    page |= known(referrer=text(said.get("page_referrer")))
    products = [_product(item) for item in rows(said.get("items")) if type(item) is dict]
    single = products[0] if len(products) == 1 and name not in ("purchase", "refund") else {}
    only = {field: single[field] for field in ("product_id", "price", "quantity") if field in single}
    is_page = name == "page_view"
    context = known(page=page, sessionId=one_of(said, "session_id", "ga_session_id"), **more)
    return known(
        type="page" if is_page else "track",
        event=None if is_page else name,
        anonymousId=one_of(who, "client_id", "app_instance_id"),
        userId=text(who.get("user_id")),
        originalTimestamp=at,
        context={**context, "library": {"name": "ga4"}},
        properties={**only, **said, **({"products": products} if products else {})},
        received=received,
    )


def _product(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, **known(**{as_: item.get(name) for as_, name in _PRODUCT.items()})}


def _tagged(told: dict[str, str]) -> dict[str, Any]:
    """An event of gtag: `ep.` texts, `epn.` numbers, `pr1` … the items, `cu` the currency."""
    said: dict[str, Any] = {name[3:]: value for name, value in told.items() if name.startswith("ep.")}
    said |= {name[4:]: number(value) for name, value in told.items() if name.startswith("epn.")}
    names = {"page_location": "dl", "page_referrer": "dr", "page_title": "dt", "session_id": "sid", "currency": "cu"}
    said |= known(**{as_: text(told.get(name)) for as_, name in names.items()})
    items = [_item(told[f"pr{place}"]) for place in range(1, _MOST_ITEMS + 1) if f"pr{place}" in told]
    said |= {"items": items} if items else {}
    who = {"client_id": told.get("cid"), "user_id": told.get("uid")}
    received = {name: value for name, value in told.items() if name not in ("api_secret",)}
    return _event(told.get("en"), said, who, None, known(locale=text(told.get("ul"))), received)


def _item(text_: str) -> dict[str, Any]:
    """`idSKU-1~nmMug~pr9.5~qt2`."""
    parts = [(part[:2], part[2:]) for part in text_.split("~")]
    return {_SHORT[name]: number(value) if name in ("pr", "qt") else value for name, value in parts if name in _SHORT}
