"""A data stream: shards in the order in which they took each other's place; what of it is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.kinesis.models import kinesis_backends

from marketpulse.errors import GateError
from marketpulse.project.streamed import KinesisModel
from marketpulse.streams.kinesis import Kinesis, _moment
from marketpulse.streams.stream import Bounds
from tests.shop import MiniShop
from tests.streams.shop import click

MUCH = Bounds(1_000, 1_000_000, 60)
REGION, FIRST = "eu-west-1", "shardId-000000000000"
DAY = 24 * 3600.0


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Kinesis with a stream `clicks` of one shard."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("kinesis", region_name=REGION)
        client.create_stream(StreamName="clicks", ShardCount=1)
        yield client


def put(shard: str, *values: bytes) -> None:
    """Put records into a shard: the emulator puts them into those that are closed, too."""
    stream = next(iter(kinesis_backends["123456789012"][REGION].streams.values()))
    for value in values:
        stream.shards[shard].put_record("key", value, None)


def split(client: Any, shard: str) -> None:
    """Split a shard into two."""
    found = next(each for each in client.list_shards(StreamName="clicks")["Shards"] if each["ShardId"] == shard)
    middle = str(int(found["HashKeyRange"]["EndingHashKey"]) // 2)
    client.split_shard(StreamName="clicks", ShardToSplit=shard, NewStartingHashKey=middle)


def clicks(start: str = "earliest") -> Kinesis:
    """The stream."""
    return Kinesis(KinesisModel(stream="clicks", region=REGION), start)


def test_a_shard_is_read_in_slices_each_from_where_the_one_before_ended(cloud: Any) -> None:
    for number in range(5):
        cloud.put_record(StreamName="clicks", Data=b"%d" % number, PartitionKey="k")
    stream = clicks()
    found = stream.look({})
    assert (found.positions, found.troubles) == ({FIRST: {}}, [])
    first = stream.read(found.positions, Bounds(2, 1_000, 60), "clicks")
    assert (first.messages.values, first.is_last) == ([b"0", b"1"], False)
    # Whoever comes next goes on from there, too.
    again = clicks()
    found = again.look({found.identity: first.positions})
    rest = again.read(found.positions, MUCH, "clicks")
    assert (rest.messages.values, rest.is_last) == ([b"2", b"3", b"4"], True)
    last = rest.positions[FIRST]["after"]
    assert rest.messages.places[-1] == f"clicks-{FIRST}-{last}"
    assert again.read(rest.positions, MUCH, "clicks").positions == rest.positions


def test_parents_are_read_to_their_end_before_their_children(cloud: Any) -> None:
    put(FIRST, b"MQ==")
    split(cloud, FIRST)
    left, right = "shardId-000000000001", "shardId-000000000002"
    put(left, b"Mw==")
    put(right, b"NA==")
    put(FIRST, b"Mg==")
    stream = clicks()
    found = stream.look({})
    part = stream.read(found.positions, Bounds(1, 1_000, 60), "c")
    assert part.messages.values == [b"1"]
    again = clicks()
    positions = again.look({found.identity: part.positions}).positions
    taken = again.read(positions, MUCH, "c")
    assert taken.messages.values == [b"2", b"3", b"4"]
    assert taken.positions[FIRST] == {"end": True}
    assert "after" in taken.positions[left]
    # One that is over and not kept any more is forgotten, when it was read to its end.
    del next(iter(kinesis_backends["123456789012"][REGION].streams.values())).shards[FIRST]
    later = again.look({found.identity: taken.positions})
    assert (sorted(later.positions), later.troubles) == ([left, right], [])
    gone = again.look({found.identity: {**taken.positions, FIRST: {"after": "1", "seen": 1e10}}})
    assert [(each.part, each.position) for each in gone.troubles] == [(FIRST, None)]
    assert "gone before it was read to its end" in gone.troubles[0].message
    # A shard whose parents came and went in between.
    missed = again.look({found.identity: {left: taken.positions[left]}})
    assert [each.part for each in missed.troubles] == [right]


def test_what_may_be_gone_unread_is_told(cloud: Any) -> None:
    stream = clicks()
    found = stream.look({})
    read = stream.read(found.positions, MUCH, "c").positions
    seen = read[FIRST]["seen"]
    assert stream.look({found.identity: {FIRST: {"seen": seen - DAY + 60}}}).troubles == []
    (told,) = stream.look({found.identity: {FIRST: {"after": "1", "seen": seen - DAY - 60}}}).troubles
    assert "of which 24 hours are kept: what came after may be gone unread" in told.message
    assert told.position["seen"] >= seen
    # While nothing comes it is said now and then that nothing did.
    quiet = {FIRST: {"seen": seen - 60}}
    assert stream.read(quiet, MUCH, "c").positions == quiet
    stream.look({found.identity: quiet})
    assert stream.read({FIRST: {"seen": seen - DAY / 2}}, MUCH, "c").positions[FIRST]["seen"] >= seen


def test_the_clock_is_that_of_aws() -> None:
    said = {"ResponseMetadata": {"HTTPHeaders": {"date": "Mon, 02 Mar 2026 00:00:00 GMT"}}}
    assert _moment(said) == 1_772_409_600.0


def test_latest_begins_now_at_the_very_first_look(cloud: Any) -> None:
    stream = clicks("latest")
    found = stream.look({})
    assert set(found.positions[FIRST]) == {"at", "seen"}
    assert clicks("latest").look({"another": {}}).positions == {FIRST: {}}


def test_a_stream_that_was_made_anew_is_another_and_one_that_is_gone_is_told(cloud: Any) -> None:
    first = clicks().look({})
    assert first.identity.startswith("arn:aws:kinesis:eu-west-1:123456789012:stream/clicks.")
    stream = next(iter(kinesis_backends["123456789012"][REGION].streams.values()))
    stream.creation_datetime = "2020-01-01T00:00:00.000000Z"
    assert clicks().look({}).identity != first.identity
    cloud.delete_stream(StreamName="clicks")
    with pytest.raises(GateError, match="the stream clicks is not there"):
        clicks().look({})


def test_a_feed_is_read_from_a_data_stream(cloud: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    shop = MiniShop(tmp_path_factory.mktemp("shop"))
    said = f"stream: {{kinesis: {{stream: clicks, region: {REGION}}}}}\n"
    shop.edit("sources/clicks.yaml", "owner: web\n", "owner: web\n" + said)
    for number in range(5):
        data = json.dumps(click(number)).encode()
        cloud.put_record(StreamName="clicks", Data=data, PartitionKey="k")
    assert shop.run(stream_records=2).ok
    assert [row[0] for row in shop.rows("silver.clicks")] == [f"c{n}" for n in range(5)]
    before = shop.snapshots()
    assert shop.run().ok
    assert shop.snapshots() == before


def test_pages_of_shards_are_asked_for_as_kinesis_takes_it(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a thousand come in pages; a page's token may not stand beside the name, which the emulator takes."""
    told = cloud.describe_stream_summary(StreamName="clicks")
    told["StreamDescriptionSummary"]["EnhancedMonitoring"] = []
    (one,) = cloud.list_shards(StreamName="clicks")["Shards"]
    client = boto3.client("kinesis", region_name=REGION)
    with Stubber(client) as stub:
        stub.add_response("describe_stream_summary", told, {"StreamName": "clicks"})
        stub.add_response("list_shards", {"Shards": [one], "NextToken": "t"}, {"StreamName": "clicks"})
        stub.add_response("list_shards", {"Shards": [{**one, "ShardId": "shardId-000000001000"}]}, {"NextToken": "t"})
        monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
        assert sorted(clicks().look({}).positions) == [FIRST, "shardId-000000001000"]


def test_who_may_not_read_it_is_told_where_that_is_said(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("kinesis", region_name=REGION)
    with Stubber(client) as stub:
        stub.add_client_error("describe_stream_summary", "AccessDeniedException", "User: r is not authorized")
        monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
        with pytest.raises(GateError, match="the stream clicks cannot be read: User: r is not authorized") as told:
            clicks().look({})
    assert "streams, infra/envs" in str(told.value.hint)
