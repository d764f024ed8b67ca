"""Clients as their makers ship them, for `test_sdks.py`: run by a Python that has them. `sdks.py NAME PORT KEY`."""

from __future__ import annotations

import sys
from typing import Any


def segment(port: int, key: str) -> list[Any]:
    """segment-analytics-python."""
    import segment.analytics as client

    client.write_key, client.host, client.gzip = key, f"http://127.0.0.1:{port}", True
    return _spec(client)


def rudder(port: int, key: str) -> list[Any]:
    """rudder-sdk-python."""
    import rudderstack.analytics as client

    client.write_key, client.dataPlaneUrl, client.gzip = key, f"http://127.0.0.1:{port}", True
    return _spec(client)


def _spec(client: Any) -> list[Any]:
    wrong: list[Any] = []
    client.on_error = lambda error, _: wrong.append(error)
    client.identify("cust-1", {"email": "a@example.com"})
    client.track("cust-1", "Product Added", {"product_id": "SKU-1"})
    client.page("cust-1", "Shop", "Mug")
    client.alias("anon-1", "cust-1")
    client.group("cust-1", "org-1")
    client.screen("cust-1", "Shop", "Home")
    client.flush()
    client.shutdown()
    return wrong


def posthog(port: int, key: str) -> list[Any]:
    """posthog."""
    from posthog import Posthog

    wrong: list[Any] = []
    client = Posthog(key, host=f"http://127.0.0.1:{port}", on_error=lambda error, _: wrong.append(error), gzip=True)
    client.capture("$pageview", distinct_id="cust-1", properties={"$current_url": "http://shop.example/p"})
    client.capture("Product Added", distinct_id="cust-1", properties={"product_id": "SKU-1"})
    client.set(distinct_id="cust-1", properties={"email": "a@example.com"})
    client.alias("anon-1", "cust-1")
    client.flush()
    client.shutdown()
    return wrong


def snowplow(port: int, key: str) -> list[Any]:
    """snowplow-tracker, by post and by get."""
    from snowplow_tracker import Emitter, PageView, StructuredEvent, Subject, Tracker

    wrong: list[Any] = []
    for method in ("post", "get"):
        failed = lambda count, _: wrong.append(count)  # noqa: E731
        emitter = Emitter("127.0.0.1", protocol="http", port=port, method=method, batch_size=1, on_failure=failed)
        tracker = Tracker("sp", emitter, app_id=key, subject=Subject().set_user_id("cust-1"))
        tracker.track(PageView(page_url="http://shop.example/p", page_title="Mug"))
        tracker.track(StructuredEvent(category="shop", action="add-to-basket", label="SKU-1"))
        tracker.flush()
    return wrong


if __name__ == "__main__":
    name, at, shown = sys.argv[1:]
    sys.exit(str(found) if (found := globals()[name](int(at), shown)) else 0)
