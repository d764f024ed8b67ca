"""Addresses of people: whose request it was, and how much of that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

_KEPT = {4: 24, 6: 48}


@lru_cache(maxsize=20_000)
def kept(address: Any, how: str) -> str | None:
    """An address as it is kept: cut to its network, whole, or not at all. What is no address is not kept.

    >>> kept("203.0.113.77", "cut"), kept("2001:db8:1:2::3", "cut"), kept("203.0.113.77", "none"), kept("x", "whole")
    ('203.0.113.0', '2001:db8:1::', None, None)
    """
    if how == "none" or type(address) is not str:
        return None
    try:
        found = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return str(found) if how == "whole" else str(ip_network((found, _KEPT[found.version]), strict=False)[0])


def client(peer: str, headers: Mapping[bytes, bytes], proxies: int) -> str:
    """Address of the client: what the nearest of our own proxies was asked by; without one the peer.

    Each proxy adds the address that asked it at the right end; what stands further left anybody may have written.
    """
    if not proxies:
        return peer
    listed = [
        each.strip() for each in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",") if each.strip()
    ]
    return listed[-proxies] if len(listed) >= proxies else peer
