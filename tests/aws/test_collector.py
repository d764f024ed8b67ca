"""The collector as it stands on AWS: a process before a stream, its keys in a bucket."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from marketpulse.door.keys import add_key
from marketpulse.door.mirror import Mirror
from marketpulse.door.opening import Told, collecting, open_door
from marketpulse.errors import StorageError, UsageError
from marketpulse.storage.places import write_text
from tests.aws.conftest import Cloud
from tests.door.process import answer, door, request

HEALTH = b"GET /ready HTTP/1.1\r\nhost: door\r\n\r\n"


def records(cloud: Cloud, stream: str) -> list[bytes]:
    """Lines of a stream."""
    client = cloud.client("kinesis")
    found: list[bytes] = []
    for shard in client.list_shards(StreamName=stream)["Shards"]:
        asked = {"StreamName": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        answered = client.get_records(ShardIterator=client.get_shard_iterator(**asked)["ShardIterator"])
        found += [line for each in answered["Records"] for line in each["Data"].splitlines()]
    return found


async def told(port: int, *asked: bytes) -> list[tuple[int, bytes]]:
    """Answers of one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = []
    for each in asked:
        writer.write(each)
        found.append(await answer(reader))
    writer.close()
    return found


def test_a_collector_keeps_on_a_stream_what_it_answers_and_stops_at_once(tmp_path: Path, cloud: Cloud) -> None:
    stream, file = f"{cloud.name}-events", tmp_path / "collect.yaml"
    cloud.client("kinesis").create_stream(StreamName=stream, ShardCount=1)
    key = add_key(file, "website", [], 0)
    place = f"s3://{cloud.name}-landing/door/collect.yaml"
    write_text(place, file.read_text())
    header = f"authorization: Basic {base64.b64encode(f'{key}:'.encode()).decode()}\r\n"
    one = request("/v1/batch", {"batch": [{"type": "page", "anonymousId": "a", "messageId": "m-1"}]}, header)
    more = ["--stream", stream, "--keys", place, "--host", "0.0.0.0"]
    with door(None, *more) as (process, port):
        found = asyncio.run(told(port, one, request("/v1/p", {"anonymousId": "a"}), HEALTH))
        assert [status for status, _ in found] == [200, 401, 200]
        assert json.loads(found[2][1])["status"] == "ok"
        process.terminate()
        began = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - began < 5
    (line,) = map(json.loads, records(cloud, stream))
    assert (line["collector"]["source"], line["batch"][0]["messageId"]) == ("website", "m-1")


def test_keys_of_a_store_are_taken_again_and_again(tmp_path: Path, cloud: Cloud) -> None:
    place, copy = f"s3://{cloud.name}-landing/door/collect.yaml", tmp_path / "copy.yaml"
    mirror = Mirror(place, copy)
    with pytest.raises(StorageError, match=r"door/collect\.yaml"):
        mirror.look()
    write_text(place, "keys: []\n")
    mirror.look()
    end = mirror.watch(every=0.05)
    write_text(place, "keys: [] # again\n")
    until = time.monotonic() + 20
    while "again" not in copy.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    end.set()
    assert "again" in copy.read_text()


def test_a_door_before_a_stream_needs_keys_and_no_folder(tmp_path: Path, cloud: Cloud, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    place = f"s3://{cloud.name}-landing/door/collect.yaml"
    write_text(place, "keys: []\n")
    with pytest.raises(UsageError, match="without write keys"):
        open_door(Told("nowhere", "events", "0.0.0.0", place), collecting(None))
    opened = open_door(Told("nowhere", "events"), collecting(None))
    assert opened.posting.limits.line < 1 << 20
    assert list(tmp_path.iterdir()) == []
