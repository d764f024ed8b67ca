"""A console is asked for by its own names; an address that is every address needs one."""

from __future__ import annotations

import socket

import pytest

from marketpulse.console.hosts import hosts
from marketpulse.console.server import listen
from marketpulse.errors import UsageError


def test_names_are_those_of_where_it_listens_and_those_that_were_given() -> None:
    assert hosts("127.0.0.1", 8056) == hosts("localhost", 8056) == {"127.0.0.1:8056", "localhost:8056", "[::1]:8056"}
    assert hosts("10.0.0.7", 8056, ["Shop.Example"]) == {"10.0.0.7:8056", "shop.example", "shop.example:8056"}
    assert hosts("fd00::7", 8056) == {"[fd00::7]:8056"}
    assert "console.example" in hosts("0.0.0.0", 8056, ["console.example"])
    assert "localhost" in hosts("127.0.0.1", 80)
    for every in ("0.0.0.0", "::", ""):
        with pytest.raises(UsageError, match="add --name"):
            hosts(every, 8056)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot listen at 127.0.0.1:{port}: .*another --port"):
            listen("127.0.0.1", port)
