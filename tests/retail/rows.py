"""Rows of silver.clicks and of gold facts, written short."""

from __future__ import annotations

from typing import Any

from tests.retail.lab import Row


def click(event_id: str, at: str, **more: Any) -> Row:
    """A page view of visitor v at `2026-03-02 <at>`, or at a whole timestamp."""
    event_at = at if at[4] == "-" else f"2026-03-02 {at}"
    plain = {"visitor_id": "v", "anonymous_id": "v", "event_type": "page"}
    return {"event_id": event_id, "event_at": event_at, "event_date": event_at[:10], **plain, **more}


def track(event_id: str, at: str, name: str, **more: Any) -> Row:
    """A track event of visitor v."""
    return {**click(event_id, at), "event_type": "track", "event_name": name, **more}


def order(order_id: str, at: str, revenue: str | None = "100", **more: Any) -> Row:
    """An order of visitor v."""
    plain = {"order_id": order_id, "ordered_at": at, "order_date": at[:10], "visitor_id": "v"}
    row = {**plain, "revenue_amount": revenue, "currency": "EUR", **more}
    return {"reporting_revenue_amount": revenue, "reporting_currency": row["currency"], **row}


def report(event_id: str, at: str, order_id: str = "o", amount: str | None = "100", **more: Any) -> Row:
    """A report in a visit of visitor v that an order was completed."""
    plain = {"event_id": event_id, "event_at": at, "event_date": at[:10], "told": "completed", "order_id": order_id}
    visit = {"visitor_id": "v", "is_in_visit": True, "is_partial_unpriced": False}
    return {**plain, **visit, "amount": amount, "currency": "EUR", **more}


def owner(visitor_id: str, customer_id: str, start: str, end: str, kind: str = "browser") -> Row:
    """A row of gold.dim_visitor: whose a browser was from one day to another."""
    times = {"valid_from": f"{start} 00:00:00", "valid_to": f"{end} 00:00:00"}
    known = {"identified_from": times["valid_from"], "identified_at": times["valid_from"]}
    return {"id_kind": kind, "visitor_id": visitor_id, "customer_id": customer_id, **times, **known}


def session(session_id: str, at: str, **more: Any) -> Row:
    """A session of visitor v from the channel direct, in which nothing was bought."""
    plain = {"session_id": session_id, "started_at": at, "session_date": at[:10], "visitor_id": "v"}
    steps = {"product_view_count": 0, "add_count": 0, "has_checkout": False, "is_converted": False, "is_bot": False}
    steps["funnel_step"] = 0
    return {**plain, "channel": "direct", "device_type": "desktop", **steps, "cart_amount": "0", **more}


def sale(transaction_id: str, day: str, quantity: int = 1, price: str = "10", **more: Any) -> Row:
    """A line of gold.fct_sales on a day: one piece for 10 in store s, category tea; reported in its own currency."""
    gross = quantity * float(price)
    kind = more.get("line_type", "return" if quantity < 0 else "sale")
    amounts = {"gross_amount": gross, "discount_amount": 0, "net_amount": gross}
    place = {"store_id": "s", "channel": "store", "category": "tea", "product_id": "p", "customer_id": "c"}
    line = {"transaction_id": transaction_id, "line_number": 1, "sold_date": day, "sold_at": f"{day} 12:00:00"}
    what = {
        "line_type": kind,
        "is_return": kind == "return",
        "quantity": quantity,
        "unit": "piece",
        "unit_price": price,
    }
    found = {**line, **place, "currency": "EUR", **what, **amounts, **more}
    own = {"reporting_currency": found["currency"], "exchange_rate": 1, "reporting_net_amount": found["net_amount"]}
    return {**own, **found}


def ordered(event_id: str, order_id: str, at: str, revenue: str | None = "100", **more: Any) -> Row:
    """An order that an event of a visit told."""
    at = f"2026-03-02 {at}"
    return order(order_id, at, revenue, visit_event_id=event_id, visit_event_at=at, **more)
