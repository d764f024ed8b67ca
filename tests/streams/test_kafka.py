"""A topic: who it is, where it begins, what of it is gone; messages in the order of their partitions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, cast

import pytest
from confluent_kafka import Uuid
from confluent_kafka.admin import AdminClient, TopicDescription

from marketpulse.errors import GateError
from marketpulse.project.streamed import KafkaModel
from marketpulse.streams.kafka import Kafka, topic_id
from marketpulse.streams.stream import Bounds
from tests.shop import MiniShop
from tests.streams.brokers import NUMBERS, Brokers, brokers
from tests.streams.shop import TOPIC, click, consumed, ids, streamed

MUCH = Bounds(1_000, 1_000_000, 60)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Brokers]:
    """A cluster."""
    with brokers(monkeypatch) as found:
        yield found


def topic(cluster: Brokers, start: str = "earliest", **settings: str) -> Kafka:
    """The topic orders of it."""
    return Kafka(KafkaModel(topic="orders", bootstrap=cluster.bootstrap), start, settings)


def test_a_slice_ends_where_its_bounds_say_and_the_next_goes_on_there(cluster: Brokers) -> None:
    cluster.send("orders", *range(5))
    cluster.send("orders", *range(5, 8), partition=2)
    stream = topic(cluster)
    found = stream.look({})
    assert (found.identity, found.troubles) == (f"{cluster.cluster}.orders-1", [])
    assert found.positions == {"0": 0, "1": 0, "2": 0, "3": 0}
    assert found.behind == {"0": 5, "1": 0, "2": 3, "3": 0}
    slices, positions = [], found.positions
    while not slices or not slices[-1].is_last:
        slices.append(stream.read(positions, Bounds(3, 1_000, 60), "orders"))
        positions = slices[-1].positions
    assert [len(each.messages) for each in slices] == [3, 3, 2]
    places = [place for each in slices for place in each.messages.places]
    assert sorted(places) == [*(f"orders-0-{n}" for n in range(5)), *(f"orders-2-{n}" for n in range(3))]
    assert positions == {"0": 5, "1": 0, "2": 3, "3": 0}
    assert len(stream.read(positions, Bounds(1_000, 2, 60), "orders").messages) == 0
    # One that begins anew in the middle reads what that one did.
    again = topic(cluster)
    assert again.look({found.identity: slices[0].positions}).positions == slices[0].positions
    rest = again.read(slices[0].positions, MUCH, "orders")
    assert sorted(rest.messages.places) == sorted(p for each in slices[1:] for p in each.messages.places)


def test_messages_stand_in_the_order_of_partitions_and_offsets_and_keep_what_they_are(cluster: Brokers) -> None:
    cluster.send("orders", b"b", partition=1)
    cluster.send("orders", b"a", None, key="k")
    stream = topic(cluster)
    taken = stream.read(stream.look({}).positions, MUCH, "o")
    assert taken.messages.places == ["o-0-0", "o-0-1", "o-1-0"]
    assert taken.messages.values == [b"a", None, b"b"]
    assert taken.messages.keys == {1: b"k"}
    assert taken.newest > 1_700_000_000_000_000_000


def test_latest_is_where_a_topic_ends_at_the_very_first_look_only(cluster: Brokers) -> None:
    cluster.send("orders", 1, 2)
    assert topic(cluster, "latest").look({}).positions["0"] == 2
    # A partition that came since, another topic: what is in them was never passed by.
    assert topic(cluster, "latest").look({f"{cluster.cluster}.orders-1": {"1": 0}}).positions["0"] == 0
    assert topic(cluster, "latest").look({"another": {"0": 2}}).positions["0"] == 0


def test_a_topic_that_was_made_anew_is_another(cluster: Brokers) -> None:
    with pytest.raises(GateError, match="the topic orders is not there"):
        topic(cluster).look({})
    cluster.send("orders", 1)
    first = topic(cluster).look({})
    NUMBERS["orders"] = "orders-2"
    assert topic(cluster).look({first.identity: first.positions}).identity != first.identity


@pytest.mark.parametrize(
    ("known", "told", "position"),
    [
        ({"0": 9}, "partition 0 ends at 3, and was read up to 9", 0),
        ({"0": 3, "7": 2}, "partition 7 is gone", None),
    ],
)
def test_what_cannot_be_read_on_is_told(cluster: Brokers, known: dict[str, int], told: str, position: Any) -> None:
    cluster.send("orders", 1, 2, 3)
    found = topic(cluster).look({f"{cluster.cluster}.orders-1": known})
    assert [(told in each.message, each.position) for each in found.troubles] == [(True, position)]


def test_messages_that_are_not_kept_any_more_are_told(cluster: Brokers) -> None:
    cluster.send("orders", 1, 2, 3)
    stream = topic(cluster)
    first = stream.look({})
    cluster.forget("orders", b"{}")
    (told,) = stream.look({first.identity: {"0": 1}}).troubles
    assert (
        told.message == f"partition 0 keeps messages from {told.position} on: 1 to {told.position - 1} are gone unread"
    )
    assert told.position > 3
    # Whoever had looked before it happened is told, too.
    with pytest.raises(GateError, match=r"cannot be read.*Offset out of range"):
        stream.read({"0": 1}, MUCH, "orders")


def test_a_cluster_that_is_not_there_is_told_with_what_to_do() -> None:
    settings = {"socket.connection.setup.timeout.ms": "1000"}
    with pytest.raises(GateError, match="nobody says where the brokers are"):
        Kafka(KafkaModel(topic="orders"), "earliest", {})
    with pytest.raises(GateError, match=r"cannot be read.*No such configuration property"):
        Kafka(KafkaModel(topic="orders", bootstrap="127.0.0.1:1"), "earliest", {"sasl.pasword": "x"})
    stream = Kafka(KafkaModel(topic="orders", bootstrap="127.0.0.1:1"), "earliest", settings)
    stream.answer = 0.5
    with pytest.raises(GateError, match="cannot be read") as told:
        stream.look({})
    assert told.value.where == "127.0.0.1:1"


def test_settings_go_before_what_the_source_says_but_not_before_what_exactly_once_needs(cluster: Brokers) -> None:
    cluster.send("orders", 1)
    said = KafkaModel(topic="orders", bootstrap="127.0.0.1:1")
    stream = Kafka(said, "earliest", {"bootstrap.servers": cluster.bootstrap, "auto.offset.reset": "latest"})
    assert len(stream.read(stream.look({}).positions, MUCH, "o").messages) == 1


def test_whether_there_may_be_more_is_told_without_reading(cluster: Brokers) -> None:
    cluster.send("orders", 1)
    stream = topic(cluster)
    assert stream.may_have_more()
    stream.read(stream.look({}).positions, MUCH, "o")
    assert not stream.may_have_more()
    cluster.send("orders", 2, partition=3)
    assert stream.may_have_more()
    stream.look({f"{cluster.cluster}.orders-1": {"0": 99}})
    assert not stream.may_have_more()  # a feed that is stopped need not be looked at until something comes


def test_a_cluster_without_a_controller_gives_the_topic_its_name_but_not_instead_of_a_number() -> None:
    plain = Brokers()
    plain.send("orders", 1)
    name = f"{plain.cluster}.orders"
    assert topic(plain).look({}).identity == name
    assert topic(plain).look({name: {"0": 1}, "another.4711": {}}).identity == name
    with pytest.raises(GateError, match="its cluster has no controller now"):
        topic(plain).look({f"{plain.cluster}.4711": {"0": 1}})


@pytest.mark.parametrize(("number", "told"), [((-1, 5), "__________8AAAAAAAAABQ"), ((0, 0), "")])
def test_the_number_of_a_topic_is_written_as_kafka_writes_it(number: tuple[int, int], told: str) -> None:
    class Admin:
        """A client of a cluster that numbers its topics."""

        def describe_topics(self, topics: Any, request_timeout: float) -> dict[str, Future[TopicDescription]]:
            """What such a cluster answers."""
            assert (topics.topic_names, request_timeout) == (["orders"], 1.0)
            found: Future[TopicDescription] = Future()
            found.set_result(TopicDescription("orders", Uuid(*number), False, []))
            return {"orders": found}

    assert topic_id(cast("AdminClient", Admin()), "orders", 1.0) == told


@pytest.mark.engines(always=False)
def test_each_engine_makes_the_same_of_a_topic_with_the_same_offsets(shop: MiniShop, cluster: Brokers) -> None:
    streamed(shop, cluster)
    for start in (0, 3):
        cluster.send(TOPIC, *(click(n) for n in range(start, start + 4)), b"?")
        assert shop.run(stream_records=3).ok
    assert ids(shop) == [f"{TOPIC}-0-{n}" for n in range(10)]
    assert [row[0] for row in shop.rows("silver.clicks")] == [f"c{n}" for n in range(7)]
    assert consumed(shop).positions == {"0": 10, "1": 0, "2": 0, "3": 0}
