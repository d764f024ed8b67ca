"""A door that runs: killed under load, stopped, beside another one, before slow and endless clients."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from marketpulse.door.segments import HIDDEN
from tests.door.process import answer, command, door, landed, load, request

FEED = "clickstream"


def test_a_door_that_is_killed_under_load_has_lost_nothing_that_it_answered(tmp_path: Path) -> None:
    kept: set[str] = set()
    for turn in range(2):
        with door(tmp_path, "--seal-seconds", "0.3") as (process, port):
            kept |= asyncio.run(load(port, f"k{turn}", 8, 150, process.kill))
    with door(tmp_path) as (process, _):
        process.terminate()
        assert process.wait(20) == 0
    assert len(kept) >= 300
    assert kept - set(landed(tmp_path, FEED)) == set()
    assert list((tmp_path / HIDDEN).iterdir()) == []


def test_a_door_that_is_stopped_answers_what_it_has_and_seals_it(tmp_path: Path) -> None:
    with door(tmp_path) as (process, port):
        kept = asyncio.run(load(port, "s", 4, 50, process.terminate))
        assert process.wait(20) == 0
        assert process.stderr
        assert process.stderr.read() == ""
    assert kept - set(landed(tmp_path, FEED)) == set()
    assert list((tmp_path / HIDDEN).iterdir()) == []


def test_two_doors_share_a_landing_zone(tmp_path: Path) -> None:
    with door(tmp_path, "--seal-seconds", "600") as (first, one):

        async def post(port: int, number: str) -> int:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request("/v1/p", {"anonymousId": "a", "messageId": number}))
            status, _ = await answer(reader)
            writer.close()
            return status

        assert asyncio.run(post(one, "m-1")) == 200
        with door(tmp_path, "--seal-seconds", "600") as (second, other):
            assert asyncio.run(post(other, "m-2")) == 200
            assert asyncio.run(post(one, "m-3")) == 200
            assert landed(tmp_path, FEED) == []
            second.send_signal(signal.SIGINT)
            assert second.wait(20) == 0
        assert landed(tmp_path, FEED) == ["m-2"]
        first.terminate()
        first.wait(20)
    assert sorted(landed(tmp_path, FEED)) == ["m-1", "m-2", "m-3"]


SLOW = b"POST /v1/p HTTP/1.1\r\nhost: door\r\ncontent-length: 50\r\n\r\n{"
ENDLESS = b"POST /v1/p HTTP/1.1\r\nhost: door\r\nx: " + b"x" * 200_000


def test_clients_that_do_not_come_to_an_end_are_cut_off_and_others_are_answered(tmp_path: Path) -> None:
    async def story(port: int, sent: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        quick, posts = await asyncio.open_connection("127.0.0.1", port)
        posts.write(request("/v1/p", {"anonymousId": "a"}))
        assert (await answer(quick))[0] == 200
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 60) == b""
        posts.write(request("/v1/p", {"anonymousId": "a"}))
        assert (await answer(quick))[0] == 200
        writer.close()
        posts.close()

    async def stories(port: int) -> None:
        await asyncio.gather(*(story(port, sent) for sent in (SLOW, ENDLESS, b"POST /v1/p HT", b"")))

    with door(tmp_path, "--request-seconds", "1") as (_, port):
        asyncio.run(stories(port))


def test_what_comes_behind_a_head_has_an_end_too(tmp_path: Path) -> None:
    """Trailers would be kept in memory, and a body that was refused already would be read until the clock says stop."""
    chunked = b"POST /v1/p HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    trailers = chunked + b"2\r\n{}\r\n0\r\n", b"x: " + b"a" * 60_000 + b"\r\n"
    trailer = chunked + b"2\r\n{}\r\n0\r\nx:", b"a" * 60_000
    mark = chunked + b"2;", b"a" * 60_000
    refused = chunked, b"10000\r\n" + b"a" * 65_536 + b"\r\n"

    def story(port: int, first: bytes, more: bytes) -> int:
        sent = 0
        with socket.create_connection(("127.0.0.1", port)) as client, suppress(ConnectionError):
            client.sendall(first)
            while sent < 200 << 20:
                client.sendall(more)
                sent += len(more)
        return sent

    with door(tmp_path, "--request-seconds", "60") as (_, port):
        assert max(story(port, *each) for each in (trailers, trailer, mark, refused)) < 40 << 20


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        asked = command(tmp_path, "--port", str(taken.getsockname()[1]))
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "cannot listen" in found.stderr
