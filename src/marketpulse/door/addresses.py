"""Addresses of people: whose request it was, and how much of that is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

_KEPT = {4: 24, 6: 48}
#: Letters of the longest address, with a zone. What strangers write is remembered, so they must not choose how much.
_LONGEST = 64
#: What clients call an address: `ip`, `$ip`, `uip`, `request_ip`, `requestIp`, `ip_override`, `client.address`.
_NAMED = re.compile(r"(?:(?:^|[^A-Za-z])[uU]?[iI]|[a-z]I)[pP](?:_override)?$|[aA]ddr(?:ess)?$")
_ENDS = (b'ip"', b'Ip"', b'IP"', b'iP"', b'ip_override"', b'ddress"', b'ddr"')


def kept(address: Any, how: str) -> str | None:
    """An address as it is kept: cut to its network, whole, or not at all. What is no address is not kept.

    >>> kept("203.0.113.77", "cut"), kept("2001:db8:1:2::3", "cut"), kept("203.0.113.77", "none"), kept("x", "whole")
    ('203.0.113.0', '2001:db8:1::', None, None)
    """
    if how == "none" or type(address) is not str or len(address) > _LONGEST:
        return None
    return _kept(address, how)


def cut(value: Any, how: str) -> None:
    """Cut the addresses in a value, at any depth, wherever a field is called as one; with "none" they are null."""
    waiting = [value] if how != "whole" else []
    while waiting:
        each = waiting.pop()
        if type(each) is list:
            waiting += each
        elif type(each) is dict:
            for name, inner in each.items():
                if type(inner) is dict or type(inner) is list:
                    waiting.append(inner)
                elif type(inner) is str and len(inner) <= _LONGEST and _NAMED.search(name) and _kept(inner, "whole"):
                    each[name] = kept(inner, how)


def may_stand_in(text: bytes) -> bool:
    """Whether a JSON text has a name that looks like one of an address: to look into every value would cost more."""
    return any(end in text for end in _ENDS)


@lru_cache(maxsize=20_000)
def _kept(address: str, how: str) -> str | None:
    try:
        found = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return None
    # IPv4 in clothes of IPv6: of 2002:cb00:714d:: nothing would be cut at /48.
    inner = (getattr(found, "ipv4_mapped", None), getattr(found, "sixtofour", None))
    found = next(filter(None, inner), found)
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
