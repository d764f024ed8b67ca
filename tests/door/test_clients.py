"""Clients post as they do to their own servers: each hears what it needs, and its events are in silver."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from marketpulse import flow
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
from tests.door.house import BROWSER, KEY, SECRET, SHOP, House, basic, keys, packed, told
from tests.retail.lab import packaged

#: Yesterday, half a second before it was sent.
THEN = datetime.now(UTC).replace(microsecond=500_000) - timedelta(days=1)
AT, SENT = (f"{at:%Y-%m-%dT%H:%M:%S.%f}Z" for at in (THEN, THEN + timedelta(seconds=0.5)))
MILLIS = int(THEN.timestamp() * 1000)
MUG = {"product_id": "SKU-1", "quantity": 2, "price": 9.5, "currency": "EUR"}
ORDER = {"order_id": "O-1", "revenue": 19.0, "total": 19.0, "currency": "EUR", "products": [MUG]}
PAGE = {"url": f"{SHOP}/p/1?utm_source=news", "path": "/p/1", "title": "Mug", "referrer": "https://ref.example/"}
IN_BROWSER = {"origin": SHOP, "user-agent": BROWSER, "sec-fetch-mode": "cors"}


def segment(kind: str, number: str, **more: Any) -> dict[str, Any]:
    """An event of the Segment spec."""
    return {"type": kind, "messageId": number, "anonymousId": "anon-1", "timestamp": AT, "integrations": {}, **more}


def visit(prefix: str) -> list[dict[str, Any]]:
    """What a server's client posts of a small visit."""
    context = {"page": PAGE, "userAgent": "Mozilla/5.0 (X11)", "ip": "203.0.113.7", "library": {"name": "py"}}
    return [
        segment("identify", f"{prefix}-1", userId="cust-1", traits={"email": "a@example.com"}, context=context),
        segment("page", f"{prefix}-2", name="Product", context=context, properties={"url": PAGE["url"]}),
        segment("track", f"{prefix}-3", event="Product Added", context=context, properties=MUG),
        segment("track", f"{prefix}-4", event="Order Completed", properties=ORDER, userId="cust-1"),
        segment("group", f"{prefix}-5", groupId="org-1", traits={"name": "Acme"}),
        {**segment("alias", f"{prefix}-6", previousId="anon-1", userId="cust-1"), "anonymousId": None},
        segment("screen", f"{prefix}-7", name="Home"),
    ]


async def segment_servers(house: House) -> None:
    """Python and Node: a batch, with the key twice; Python packs it when it is asked to."""
    body = {"batch": visit("sp"), "sentAt": SENT, "writeKey": SECRET}
    agent = {"user-agent": "analytics-python/2.4.0", "content-type": "application/json", **basic(SECRET)}
    assert (await house.ask("POST", "/v1/batch", body, agent)).status == 200
    again = {**agent, "content-encoding": "gzip"}
    assert (await house.ask("POST", "/v1/batch", packed(body), again)).status == 200


async def segment_browser(house: House) -> None:
    """Settings, a question before each post, one event a post as text/plain, or a batch."""
    asked = await house.ask("GET", f"/v1/projects/{KEY}/settings", headers={**IN_BROWSER, "host": "door.example"})
    assert asked.json["integrations"]["Segment.io"]["apiHost"] == "door.example/v1"
    assert asked.headers["access-control-allow-origin"] == SHOP
    before = {**IN_BROWSER, "access-control-request-headers": "authorization,x-retry-count"}
    answer = await house.ask("OPTIONS", "/v1/p", headers=before)
    assert answer.headers["access-control-allow-headers"] == "authorization,x-retry-count"
    assert int(answer.headers["access-control-max-age"]) > 600
    sends = {**IN_BROWSER, **basic(KEY), "content-type": "text/plain"}
    context = {"page": PAGE, "library": {"name": "analytics.js"}}
    for letter, event in zip("itpga", (visit("sb")[place] for place in (0, 2, 1, 4, 5)), strict=True):
        one = {**event, "context": context, "writeKey": KEY, "sentAt": SENT}
        heard = await house.ask("POST", f"/v1/{letter}", one, sends)
        assert (heard.status, heard.headers["access-control-allow-origin"]) == (200, SHOP)
    batch = {"writeKey": KEY, "batch": [{**each, "writeKey": KEY} for each in visit("sbb")], "sentAt": SENT}
    assert (await house.ask("POST", "/v1/b", batch, sends)).json == {"success": True}
    assert (await house.ask("POST", "/v1/m", {"series": []}, sends)).status == 200


async def rudder(house: House) -> None:
    """A form that is JSON (Node), paths with whole names, a beacon whose key is in the address."""
    node = {"content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip", **basic(SECRET)}
    body = {"batch": visit("rn"), "sentAt": SENT}
    assert (await house.ask("POST", "/v1/batch", packed(body), node)).status == 200
    shown = await house.ask("GET", f"/sourceConfig/?p=npm&writeKey={KEY}", headers={**IN_BROWSER, **basic(KEY)})
    assert shown.json["source"]["enabled"]
    assert shown.json["source"]["destinations"] == []
    asks = {**IN_BROWSER, "access-control-request-headers": "anonymousid,authorization,content-type,sentat"}
    assert (
        "anonymousid" in (await house.ask("OPTIONS", "/v1/page", headers=asks)).headers["access-control-allow-headers"]
    )
    sends = {**IN_BROWSER, **basic(KEY), "content-type": "application/json;charset=UTF-8", "anonymousid": "YW5vbg=="}
    for event in visit("rb")[:6]:
        one = {**event, "sentAt": SENT, "userId": event.get("userId") or "", "context": {"sessionId": 1795868489419}}
        assert (await house.ask("POST", f"/v1/{event['type']}", one, sends)).status == 200
    beacon = {**IN_BROWSER, "content-type": "text/plain", "sec-fetch-mode": "no-cors"}
    sent = {"batch": visit("rc"), "sentAt": SENT}
    assert (await house.ask("POST", f"/beacon/v1/batch?writeKey={KEY}", sent, beacon)).status == 200


async def jitsu(house: House) -> None:
    """One event a post, the key in a header of its own."""
    sends = {**IN_BROWSER, "x-write-key": KEY, "content-type": "application/json"}
    for event in visit("ji")[:3]:
        one = {**event, "sentAt": SENT}
        assert (await house.ask("POST", f"/api/s/{event['type']}", one, sends)).status == 200


async def snowplow(house: House) -> None:
    """A payload with cookies, its event in base64 or not, and a picture whose address is the event."""
    asks = {**IN_BROWSER, "access-control-request-headers": "content-type"}
    before = await house.ask("OPTIONS", "/com.snowplowanalytics.snowplow/tp2", headers=asks)
    assert before.headers["access-control-allow-credentials"] == "true"
    assert before.headers["access-control-allow-origin"] == SHOP
    own = {"schema": "iglu:com.example/product_added/jsonschema/1-0-0", "data": MUG}
    ue = json.dumps({"schema": "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", "data": own})
    action = {"schema": "iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2"}
    bought = json.dumps({"data": {**action, "data": {"type": "transaction"}}})
    order = {"transaction_id": "O-2", "revenue": 19, "currency": "EUR"}
    entity = {"schema": "iglu:com.snowplowanalytics.snowplow.ecommerce/transaction/jsonschema/1-0-0", "data": order}
    base = {
        "p": "web",
        "aid": "shop",
        "duid": "anon-1",
        "uid": "cust-1",
        "dtm": "1795868400500",
        "stm": "1795868401000",
    }
    base |= {"tv": "js-4.10.1", "url": PAGE["url"], "page": "Mug", "sid": "s-1", "ip": "203.0.113.7"}
    data = [
        {**base, "e": "pv", "eid": "sn-1", "refr": PAGE["referrer"]},
        {**base, "e": "se", "eid": "sn-2", "se_ca": "shop", "se_ac": "add-to-basket", "se_la": "SKU-1", "se_va": "2"},
        {**base, "e": "ue", "eid": "sn-3", "ue_pr": ue},
        {**base, "e": "ue", "eid": "sn-4", "ue_px": base64.urlsafe_b64encode(ue.encode()).decode().rstrip("=")},
        {**base, "e": "ue", "eid": "sn-5", "ue_pr": bought, "co": json.dumps({"data": [entity]})},
        {**base, "e": "tr", "eid": "sn-6", "tr_id": "O-3", "tr_tt": "19.00", "tr_cu": "EUR"},
    ]
    sends = {**IN_BROWSER, "content-type": "application/json; charset=UTF-8", "cookie": "sp=1"}
    schema = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
    heard = await house.ask("POST", "/com.snowplowanalytics.snowplow/tp2", {"schema": schema, "data": data}, sends)
    assert heard.status == 200
    picture = await house.ask("GET", "/i?" + urlencode({**base, "e": "pv", "eid": "sn-7"}), headers=IN_BROWSER)
    assert (picture.status, picture.headers["content-type"], picture.body[:4]) == (200, "image/gif", b"GIF8")


async def posthog(house: House) -> None:
    """Settings and flags, batches whose key is in the body, a newer way with a bearer, a browser's text/plain."""
    assert b"phc_test" in (await house.ask("GET", "/array/phc_test/config.js", headers=IN_BROWSER)).body
    assert not (await house.ask("GET", "/array/phc_test/config", headers=IN_BROWSER)).json["hasFeatureFlags"]
    assert (await house.ask("POST", "/flags/?v=2", {"token": "phc_test"}, IN_BROWSER)).json["featureFlags"] == {}

    def one(number: str, event: str, distinct: str = "cust-1", **said: Any) -> dict[str, Any]:
        return {"uuid": number, "event": event, "distinct_id": distinct, "timestamp": AT, "properties": said}

    server = [
        one("ph-1", "Product Added", **MUG),
        {**one("ph-2", "$set"), "$set": {"email": "a@example.com"}},
        one("ph-3", "$create_alias", "anon-1", distinct_id="anon-1", alias="cust-1"),
        one("ph-4", "Order Completed", **ORDER),
        one("ph-5", "$groupidentify", **{"$group_type": "org", "$group_key": "org-1", "$group_set": {"name": "Acme"}}),
    ]
    body = {"api_key": "phc_test", "batch": server, "sent_at": SENT}
    assert (await house.ask("POST", "/batch/", packed(body), {"content-encoding": "gzip"})).json == {"status": 1}
    newer = {"created_at": SENT, "batch": [one("ph-6", "Product Viewed", **MUG)]}
    heard = await house.ask("POST", "/i/v1/analytics/events", newer, {"authorization": "Bearer phc_test"})
    assert heard.json["results"] == {"ph-6": {"result": "ok"}}
    device = {"$device_id": "dev-1", "$current_url": PAGE["url"], "$device_type": "Desktop", "token": "phc_test"}
    browser = [
        {"uuid": "ph-7", "event": "$pageview", "timestamp": AT, "properties": {**device, "distinct_id": "dev-1"}},
        {"uuid": "ph-8", "event": "$identify", "timestamp": AT, "properties": {**device, "distinct_id": "cust-1"}},
    ]
    text = {**IN_BROWSER, "content-type": "text/plain"}
    assert (await house.ask("POST", "/e/", {"api_key": "phc_test", "batch": browser}, text)).status == 200
    single = {"api_key": "phc_test", **one("ph-9", "$screen")}
    old = b"data=" + base64.b64encode(json.dumps(single).encode()).replace(b"+", b"%2B")
    assert (await house.ask("POST", "/capture/", old)).status == 200


async def ga4(house: House) -> None:
    """The Measurement Protocol, and what gtag posts: parameters and a line an event."""
    item = {"item_id": "SKU-1", "quantity": 2, "price": 9.5}
    events = [
        {"name": "page_view", "params": {"page_location": PAGE["url"], "page_title": "Mug"}},
        {"name": "add_to_cart", "params": {"currency": "EUR", "value": 19, "items": [item], "session_id": "123"}},
        {"name": "purchase", "params": {"transaction_id": "O-4", "currency": "EUR", "value": 19.0, "items": [item]}},
    ]
    body = {"client_id": "1.2", "user_id": "cust-1", "timestamp_micros": f"{MILLIS}000", "events": events}
    assert (await house.ask("POST", "/mp/collect?measurement_id=G-1&api_secret=secret", body)).status == 200
    address = "/g/collect?" + urlencode({"v": "2", "tid": "secret", "cid": "3.4", "dl": PAGE["url"], "dt": "Mug"})
    lines = "en=page_view\nen=view_item&cu=EUR&pr1=idSKU-1~nmMug~pr9.5~qt2&epn.value=19\n"
    assert (await house.ask("POST", address, lines.encode(), IN_BROWSER)).status == 200


async def otlp(house: House) -> None:
    """Log records with an event's name; the key is in a header."""

    def typed(value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return {"kvlistValue": {"values": [{"key": k, "value": typed(v)} for k, v in value.items()]}}
        if isinstance(value, list):
            return {"arrayValue": {"values": [typed(each) for each in value]}}
        name = {str: "stringValue", int: "intValue", float: "doubleValue"}[type(value)]
        return {name: str(value) if name == "intValue" else value}

    def record(name: str, body: Any, **said: Any) -> dict[str, Any]:
        attributes = [{"key": key.replace("_", "."), "value": typed(value)} for key, value in said.items()]
        nanos = f"{MILLIS}000000"
        return {"timeUnixNano": nanos, "eventName": name, "body": typed(body), "attributes": attributes}

    records = [
        record("product.added", MUG, user_id="cust-1", session_id="s-1", log_record_uid="ot-1"),
        record("order.completed", {**ORDER, "order_id": "O-5"}, user_id="cust-1", log_record_uid="ot-2"),
        record("page_view", "seen", session_id="s-2", url_full=PAGE["url"], client_address="203.0.113.7"),
    ]
    body = {"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {"name": "shop"}, "logRecords": records}]}]}
    assert (await house.ask("POST", "/v1/logs", body, {"authorization": f"Bearer {SECRET}"}, pieces=3)).json == {}
    protobuf = {"content-type": "application/x-protobuf", **basic(SECRET)}
    others = json.loads(json.dumps(body).replace("ot-", "op-"))
    again = ParseDict(others, ExportLogsServiceRequest()).SerializeToString()
    answer = await house.ask("POST", "/v1/logs", again, protobuf)
    assert (answer.status, answer.body) == (200, b"")
    assert (await house.ask("POST", "/v1/logs", b"\x0a\xff", protobuf)).code == "no_protobuf"


CLIENTS = (segment_servers, segment_browser, rudder, jitsu, snowplow, posthog, ga4, otlp)


async def everybody(house: House) -> None:
    for client in CLIENTS:
        await client(house)


class Shop(House):
    """A door before the packaged project's landing zone; `report` is of its first run."""

    report: flow.RunReport

    def __init__(self, root: Path) -> None:
        super().__init__(root / "landing", keys())
        feeds = {dialect: name for name, source in packaged().sources.items() for dialect in source.collect}
        self.settings = Settings(root / "landing", root / "warehouse", memory_mb=512)
        self.door.posting.feeds = feeds
        self.zone.folders.update(  # type: ignore[attr-defined]
            {name: packaged().sources[name].folder for name in feeds.values()}
        )

    def run(self, *tables: str) -> flow.RunReport:
        with open_context(self.settings, packaged()) as context:
            return flow.run(context, flow.Options(list(tables)))

    def ask_silver(self, query: str) -> list[tuple[Any, ...]]:
        with open_context(self.settings, packaged()) as context:
            table = context.lake.find("silver.clicks")
            assert table is not None
            asked = context.engine.bind("asked", table.types, [file.path for file in table.files()])
            return context.engine.rows(query.format(clicks=asked))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    root = tmp_path_factory.mktemp("clients")
    (root / "landing").mkdir()
    found = Shop(root)
    told(found, everybody)
    found.report = found.run("silver.clicks")
    assert found.report.ok
    return found


def test_every_event_of_every_client_is_in_silver_and_none_was_rejected(shop: Shop) -> None:
    (counts,) = next(table.feeds for table in shop.report.tables if table.name == "silver.clicks")
    assert (counts.quarantined, counts.read) == (0, counts.accepted + counts.deduplicated)
    rows = shop.ask_silver("select event_id from {clicks}")
    given = {row[0] for row in rows if not row[0].startswith("door-")}
    visits = {f"{prefix}-{n}" for prefix in ("sp", "sbb", "rn", "rc") for n in range(1, 8)}
    visits |= {f"rb-{n}" for n in range(1, 7)} | {f"ji-{n}" for n in range(1, 4)} | {f"sb-{n}" for n in (1, 2, 3, 5, 6)}
    visits |= {f"sn-{n}" for n in range(1, 8)} | {f"ph-{n}" for n in range(1, 10)} | {"ot-1", "ot-2", "op-1", "op-2"}
    assert given == visits
    assert len(rows) - len(given) == 5 + 2  # of GA4 five, of OTLP two that have no id of their own


def test_they_say_in_silver_what_they_said_on_the_wire(shop: Shop) -> None:
    rows = shop.ask_silver(
        "select event_id, event_type, event_name, visitor_id, order_id, cast(revenue_amount as varchar), "
        "strftime(event_at, '%S.%g') from {clicks} where event_id in "
        "('sp-3', 'sp-4', 'sn-1', 'sn-3', 'sn-4', 'sn-5', 'sn-6', 'ph-1', 'ph-4', 'ph-7', "
        "'ot-1', 'ot-2', 'op-2') order by 1"
    )
    assert [row[:6] for row in rows] == [
        ("op-2", "track", "Order Completed", "cust-1", "O-5", "19.0000"),
        ("ot-1", "track", "Product Added", "cust-1", None, None),
        ("ot-2", "track", "Order Completed", "cust-1", "O-5", "19.0000"),
        ("ph-1", "track", "Product Added", "cust-1", None, None),
        ("ph-4", "track", "Order Completed", "cust-1", "O-1", "19.0000"),
        ("ph-7", "page", None, "dev-1", None, None),
        ("sn-1", "page", None, "anon-1", None, None),
        ("sn-3", "track", "Product Added", "anon-1", None, None),
        ("sn-4", "track", "Product Added", "anon-1", None, None),
        ("sn-5", "track", "Order Completed", "anon-1", "O-2", "19.0000"),
        ("sn-6", "track", "Order Completed", "anon-1", "O-3", "19.0000"),
        ("sp-3", "track", "Product Added", "anon-1", None, None),
        ("sp-4", "track", "Order Completed", "anon-1", "O-1", "19.0000"),
    ]


def test_google_analytics_reaches_the_words_of_the_shop(shop: Shop) -> None:
    rows = shop.ask_silver(
        "select event_type, event_name, product_id, order_id, visitor_id, cast(event_at as varchar) "
        "from {clicks} where source = 'ga' order by 2 nulls first, 5"
    )
    assert [row[:5] for row in rows] == [
        ("page", None, None, None, "1.2"),
        ("page", None, None, None, "3.4"),
        ("track", "Order Completed", None, "O-4", "1.2"),
        ("track", "Product Added", "SKU-1", None, "1.2"),
        ("track", "Product Viewed", "SKU-1", None, "3.4"),
    ]
    assert {row[5] for row in rows if row[4] == "1.2"} == {f"{THEN:%Y-%m-%d %H:%M:%S.5}"}


def test_what_the_server_saw_of_a_browser_is_there_and_an_address_is_never_whole(shop: Shop) -> None:
    rows = shop.ask_silver(
        "select event_id, context_ip, context_user_agent, context_device_type, source from {clicks} "
        "where event_id in ('sb-2', 'sp-3', 'sp-4', 'sn-1') order by 1"
    )
    assert rows == [
        ("sb-2", "203.0.113.0", BROWSER, "desktop", "website"),
        ("sn-1", "203.0.113.0", BROWSER, "desktop", "shop"),
        ("sp-3", "203.0.113.0", "Mozilla/5.0 (X11)", "desktop", "backend"),
        ("sp-4", None, None, None, "backend"),
    ]
    assert b"203.0.113.7" not in shop.everything()


def test_what_clients_say_of_people_and_visits_is_there(shop: Shop) -> None:
    rows = shop.ask_silver(
        "select event_id, traits, context_session_id, previous_id from {clicks} "
        "where event_id in ('sp-1', 'rb-2', 'sp-6', 'ph-2', 'sn-1', 'ph-3') order by 1"
    )
    assert rows == [
        ("ph-2", '{"email":"a@example.com"}', None, None),
        ("ph-3", None, None, "anon-1"),
        ("rb-2", None, "1795868489419", None),
        ("sn-1", None, "s-1", None),
        ("sp-1", '{"email":"a@example.com"}', None, None),
        ("sp-6", None, None, "anon-1"),
    ]


def test_no_key_reached_the_disk(shop: Shop) -> None:
    everything = shop.everything()
    assert [
        key for key in (KEY, SECRET, "phc_test", "api_secret", "Basic ", "Bearer ") if key.encode() in everything
    ] == []
