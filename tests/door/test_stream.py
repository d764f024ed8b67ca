"""The door before a stream: 200 when Kinesis has every record, bounds of records and calls, 503 when it refuses."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from marketpulse.door.journal import Journal, NotKept
from marketpulse.door.stream import RECORD, Stream, calls, kinesis, records

REGION, NAME = "eu-west-1", "events"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Kinesis with a stream of two shards."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("kinesis", region_name=REGION)
        client.create_stream(StreamName=NAME, ShardCount=2)
        yield client


def there(client: Any) -> list[tuple[str, bytes]]:
    """Every record of the stream, by the feed that its key names."""
    found = []
    for shard in client.list_shards(StreamName=NAME)["Shards"]:
        asked = {"StreamName": NAME, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        answer = client.get_records(ShardIterator=client.get_shard_iterator(**asked)["ShardIterator"])
        found += [(each["PartitionKey"].partition("/")[0], each["Data"]) for each in answer["Records"]]
    return found


class Moody:
    """A stream that answers as it is told to, and then takes what it is given."""

    def __init__(self, *moods: Callable[[list[dict[str, Any]]], dict[str, Any]]) -> None:
        self.moods = list(moods)
        self.calls: list[int] = []
        self.kept: list[bytes] = []

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's
        assert StreamName == NAME
        self.calls.append(len(Records))
        answer = self.moods.pop(0)(Records) if self.moods else taken(Records)
        told = zip(Records, answer["Records"], strict=True)
        self.kept += [record["Data"] for record, said in told if "ErrorCode" not in said]
        return answer


def taken(given: list[dict[str, Any]]) -> dict[str, Any]:
    return {"FailedRecordCount": 0, "Records": [{"SequenceNumber": "1"} for _ in given]}


def every_other(given: list[dict[str, Any]]) -> dict[str, Any]:
    said: list[dict[str, str]] = [
        {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded"}
        if place % 2
        else {"SequenceNumber": "1"}
        for place in range(len(given))
    ]
    return {"FailedRecordCount": len(given) // 2, "Records": said}


def refused(code: str) -> Callable[[list[dict[str, Any]]], dict[str, Any]]:
    def mood(_: list[dict[str, Any]]) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "PutRecords")

    return mood


def unreachable(_: list[dict[str, Any]]) -> dict[str, Any]:
    raise EndpointConnectionError(endpoint_url="https://kinesis")


def test_what_is_kept_is_on_the_stream_each_feed_by_its_key(cloud: Any) -> None:
    async def story() -> None:
        journal = Journal(Stream(NAME, kinesis()))
        await journal.open()
        await asyncio.gather(*(journal.keep("clicks", b'{"n":%d}\n' % number) for number in range(300)))
        await journal.keep("rejects", b"{}\n{}\n")
        assert journal.state.flushes < 30
        await journal.close()

    asyncio.run(story())
    found = there(cloud)
    clicks = [json.loads(line)["n"] for feed, data in found for line in data.splitlines() if feed == "clicks"]
    assert sorted(clicks) == list(range(300))
    assert [data for feed, data in found if feed == "rejects"] == [b"{}\n{}"]


def test_records_and_calls_are_as_large_as_they_may_be_and_nothing_of_a_line_is_lost() -> None:
    line = b"x" * 300_000 + b"\n"
    made = list(records([line, line + line, *[b"y\n"] * 3, line]))
    assert [len(each) for each in made] == [900_008, 300_000]
    assert b"\n".join(made).splitlines() == [line[:-1]] * 3 + [b"y"] * 3 + [line[:-1]]
    many = [("clicks", b"z")] * 1_201
    assert [len(each) for each in calls(many)] == [500, 500, 201]
    large = [("clicks", b"z" * (RECORD - 4_096))] * 12
    assert [len(each) for each in calls(large)] == [5, 5, 2]


def test_only_the_records_that_were_refused_are_put_again() -> None:
    stream = Moody(every_other, every_other)
    lines = [b"%d" % number + b"x" * 600_000 + b"\n" for number in range(4)]
    sink = Stream(NAME, stream)
    assert sink.keep({"clicks": lines}) == {}
    assert stream.calls == [4, 2, 1]
    assert sorted(stream.kept) == sorted(line[:-1] for line in lines)
    assert (sink.state.error, sink.state.flushes) == ("", 1)


@pytest.mark.parametrize(
    "mood", [refused("ProvisionedThroughputExceededException"), refused("InternalFailure"), unreachable]
)
def test_a_stream_that_refuses_for_a_moment_is_asked_again_until_it_takes(mood: Any) -> None:
    stream = Moody(mood, mood)
    assert Stream(NAME, stream).keep({"clicks": [b"1\n"]}) == {}
    assert stream.kept == [b"1"]


def test_a_stream_that_refuses_for_long_is_told_and_then_it_goes_on() -> None:
    stream = Moody(*[refused("ProvisionedThroughputExceededException")] * 50)

    async def story() -> None:
        journal = Journal(Stream(NAME, stream, patience=0.3))
        task = asyncio.create_task(journal._work())
        began = time.monotonic()
        with pytest.raises(NotKept, match="refuses: ProvisionedThroughput"):
            await journal.keep("clicks", b"1\n")
        assert time.monotonic() - began < 2
        assert "ProvisionedThroughput" in journal.state.error
        stream.moods.clear()
        await journal.keep("clicks", b"2\n")
        assert journal.state.error == ""
        await journal.close()
        await task

    asyncio.run(story())
    assert stream.kept == [b"2"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "KMSDisabledException"])
def test_what_no_second_try_mends_is_told_at_once(code: str) -> None:
    stream = Moody(*[refused(code)] * 50)
    sink = Stream(NAME, stream)
    assert code in sink.keep({"clicks": [b"1\n"]})["clicks"]
    assert len(stream.calls) == 1


def test_a_line_that_is_larger_than_a_record_is_never_cut() -> None:
    stream = Moody()
    assert "larger" in Stream(NAME, stream).keep({"clicks": [b"x" * RECORD + b"\n"], "rejects": [b"1\n"]})["clicks"]
    assert stream.kept == [b"1"]


def test_a_stream_that_is_not_there_opens_no_door(cloud: Any) -> None:
    with pytest.raises(OSError, match="another"):
        Stream("another", cloud).open()
    Stream(NAME, cloud).open()


def test_a_door_that_nobody_asks_sees_that_the_stream_is_there_again(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = Stream(NAME, cloud)
    sink.state.error = "it refused"
    sink.look()
    assert sink.state.error == ""
