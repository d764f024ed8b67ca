"""Whose address it is, behind proxies and before liars."""

from __future__ import annotations

import pytest

from marketpulse.door.addresses import client, kept


@pytest.mark.parametrize(
    ("said", "proxies", "found"),
    [
        ("198.51.100.1", 0, "192.0.2.1"),
        ("198.51.100.1", 1, "198.51.100.1"),
        ("6.6.6.6, 198.51.100.1", 1, "198.51.100.1"),
        ("6.6.6.6, 198.51.100.1, 10.0.0.1", 2, "198.51.100.1"),
        ("", 1, "192.0.2.1"),
        ("198.51.100.1", 2, "192.0.2.1"),
    ],
)
def test_a_proxy_is_believed_and_nobody_before_it(said: str, proxies: int, found: str) -> None:
    assert client("192.0.2.1", {b"x-forwarded-for": said.encode()}, proxies) == found


@pytest.mark.parametrize("address", ["::ffff:203.0.113.77", " 203.0.113.77 ", "203.0.113.77"])
def test_an_address_is_cut_however_it_is_written(address: str) -> None:
    assert kept(address, "cut") == "203.0.113.0"


def test_what_is_no_address_is_not_kept() -> None:
    assert kept("'; drop", "whole") is None
    assert kept("fe80::1%eth0", "cut") == "fe80::"
