"""A topic of Kafka: partitions are assigned by hand, so that no group moves them and no broker keeps an offset.

Who the topic is: the number of its cluster and its own (KIP-516), which is another one once it was deleted and made
again. Brokers before 2.8 give topics none: then its name stands for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from marketpulse.errors import GateError
from marketpulse.landing.messages import Messages
from marketpulse.project.streamed import KafkaModel
from marketpulse.streams.stream import Bounds, Found, Positions, Slice, Trouble

try:
    import confluent_kafka as client
    from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]
except ImportError:
    _HINT = "pip install 'marketpulse[streams]'; the jobs on AWS have it not and read Kinesis alone (docs/streams.md)"
    raise GateError("Kafka needs a library that is not installed", hint=_HINT) from None

#: Seconds in which messages come that are there: after so many without one a read is given up.
_PATIENCE = 30.0
#: Messages that are taken over at once, seconds that they are waited for.
_AT_ONCE, _WAIT = 5_000, 0.1
#: What a broker says of a topic that has no number.
_NO_ID = "AAAAAAAAAAAAAAAAAAAAAA"
#: Kafka's own tools write a number so.
_AS_ITS_TOOLS = str.maketrans("+/", "-_")
_MILLISECOND = 1_000_000
#: What is ours to say: nothing commits an offset, nothing skips, an end is told.
_OURS = {
    "enable.auto.commit": "false",
    "enable.auto.offset.store": "false",
    "auto.offset.reset": "error",
    "enable.partition.eof": "true",
    "isolation.level": "read_committed",
    "allow.auto.create.topics": "false",
}
#: What the library keeps in memory before it is asked for (kilobytes), and what it says by itself: nothing.
_USUAL = {"group.id": "marketpulse", "queued.max.messages.kbytes": "16384", "log_level": "0"}
_ENDS: tuple[Any, ...] = (OffsetSpec.earliest, OffsetSpec.latest)
#: Errors of the group that nobody is in.
_OF_GROUP = (
    client.KafkaError.GROUP_AUTHORIZATION_FAILED,
    client.KafkaError.COORDINATOR_NOT_AVAILABLE,
    client.KafkaError._TRANSPORT,
    client.KafkaError._ALL_BROKERS_DOWN,
)


class Kafka:
    """One topic. A position is the offset of the next message; parts are partitions, by their numbers."""

    #: Seconds that brokers may take for an answer.
    answer = 15.0

    def __init__(self, said: KafkaModel, start: str, settings: Mapping[str, str]) -> None:
        """`start` is where the first look begins, earliest or latest."""
        self._topic, self._start = said.topic, start
        self._said = ""
        where = {"bootstrap.servers": said.bootstrap} if said.bootstrap else {}
        usual = {**_USUAL, **where, **settings}
        self._brokers = usual.get("bootstrap.servers", "")
        if not self._brokers:
            hint = "say bootstrap: in the source, or bootstrap.servers in the setting kafka (docs/streams.md)"
            raise GateError("nobody says where the brokers are", hint=hint)
        with self._told():
            own: dict[str, Any] = {**usual, **_OURS, "error_cb": self._hear}
            self._consumer = client.Consumer(own)
            self._admin = AdminClient(_without_group(own))
        self._ends: dict[int, int] = {}
        self._at: dict[int, int] = {}
        self._partitions: list[int] = []
        self._is_first = False

    def _identity(self, known: Iterable[str]) -> str:
        with self._told():
            found = self._consumer.list_topics(self._topic, timeout=self.answer)
            self._partitions = self._those(found.topics[self._topic])
            unnumbered = f"{found.cluster_id}.{self._topic}"
            if found.controller_id in found.brokers:
                number = topic_id(self._admin, self._topic, self.answer)
                return f"{found.cluster_id}.{number}" if number else unnumbered
        if any(each.startswith(f"{found.cluster_id}.") and each != unnumbered for each in known):
            what = "has no controller now: nobody can tell whether the topic is the one that was read"
            raise GateError(f"its cluster {what}", where=self._brokers, hint=_LATER)
        return unnumbered

    def look(self, known: Mapping[str, Positions]) -> Found:
        """See `Stream.look`."""
        identity = self._identity(known)
        self._is_first = not known
        return self._found(identity, known.get(identity))

    def _found(self, identity: str, known: Positions | None) -> Found:
        low, self._ends = (self._offsets(end()) for end in _ENDS)
        begin = self._ends if self._is_first and self._start == "latest" else low
        positions: dict[str, int] = {}
        troubles: list[Trouble] = []
        for part in sorted(self._ends):
            # A partition that is new has its first message at 0.
            usual = begin[part] if known is None else 0
            positions[str(part)] = (known or {}).get(str(part), usual)
            troubles += self._wrong(part, positions[str(part)], low[part])
        gone = [part for part in known or {} if int(part) not in self._ends]
        troubles += [Trouble(part, f"partition {part} is gone", None) for part in gone]
        behind: dict[str, int | None] = {part: max(self._ends[int(part)] - at, 0) for part, at in positions.items()}
        return Found(identity, positions, behind, troubles)

    def read(self, positions: Positions, bounds: Bounds, called: str) -> Slice:
        """See `Stream.read`."""
        at = {int(part): offset for part, offset in positions.items()}
        self._assign(at)
        taken: list[Any] = []
        size, began, heard = 0, time.monotonic(), time.monotonic()
        open_ = {part for part, offset in at.items() if offset < self._ends.get(part, 0)}
        while open_ and len(taken) < bounds.records and size < bounds.bytes:
            now = time.monotonic()
            if taken and now - began >= bounds.seconds:
                break
            if now - heard > _PATIENCE:
                raise self._silent()
            with self._told():
                came = self._consumer.consume(min(_AT_ONCE, bounds.records - len(taken)), _WAIT)
            for each in came:
                heard = now
                size += self._take(each, at, taken)
            open_ = {part for part in open_ if at[part] < self._ends[part]}
        self._at = at
        return self._slice(taken, {str(part): offset for part, offset in at.items()}, called, is_last=not open_)

    def may_have_more(self) -> bool:
        """See `Stream.may_have_more`."""
        try:
            ends = self._offsets(_ENDS[1]())
        except GateError:  # the next look tells
            return True
        return not ends or ends != self._ends  # what was there at the last look was read, or its feed is stopped

    def close(self) -> None:
        """See `Stream.close`."""
        self._consumer.close()

    def _take(self, message: Any, at: dict[int, int], taken: list[Any]) -> int:
        """Take over one message, or what was said in place of one; its bytes."""
        error = message.error()
        if error is None:
            value = message.value()
            taken.append((message.partition(), message.offset(), value, message.key(), message.timestamp()[1]))
            at[message.partition()] = message.offset() + 1
            return len(value or b"")
        if error.code() == client.KafkaError._PARTITION_EOF:
            # What ends a transaction has an offset and is no message.
            at[message.partition()] = max(at[message.partition()], message.offset())
        elif error.code() not in _OF_GROUP:
            where = f"{self._topic}, partition {message.partition()}"
            raise GateError(f"cannot be read: {error.str()}", where=where, hint=_LATER)
        return 0

    def _slice(self, taken: list[Any], positions: dict[str, Any], called: str, *, is_last: bool) -> Slice:
        """Messages in the order of partitions and offsets."""
        taken.sort(key=lambda each: each[:2])
        places = [f"{called}-{part}-{offset}" for part, offset, _, _, _ in taken]
        keys = {index: each[3] for index, each in enumerate(taken) if each[2] is None and each[3]}
        newest = max((each[4] for each in taken), default=0) * _MILLISECOND
        return Slice(Messages(places, [each[2] for each in taken], keys), positions, newest, is_last)

    def _assign(self, at: dict[int, int]) -> None:
        """Read on from there: what was fetched already is kept where reading just goes on."""
        if at != self._at or not self._at:
            with self._told():
                self._consumer.assign([client.TopicPartition(self._topic, p, offset) for p, offset in at.items()])

    def _offsets(self, wanted: Any) -> dict[int, int]:
        asked = {client.TopicPartition(self._topic, part): wanted for part in self._partitions}
        with self._told():
            # Up to where transactions are over: behind that a reader is told nothing.
            level = client.IsolationLevel.READ_COMMITTED
            found = self._admin.list_offsets(asked, isolation_level=level, request_timeout=self.answer)
            return {where.partition: answer.result().offset for where, answer in found.items()}

    def _wrong(self, part: int, offset: int, low: int) -> Iterator[Trouble]:
        high = self._ends[part]
        if offset < low:
            what = f"partition {part} keeps messages from {low:,} on: {offset:,} to {low - 1:,} are gone unread"
            yield Trouble(str(part), what, low)
        elif offset > high:
            what = f"partition {part} ends at {high:,}, and was read up to {offset:,}: it lost its end, or is another"
            # Of a topic that has no number nobody knows whether it is another one.
            yield Trouble(str(part), what, low)

    def _those(self, topic: Any) -> list[int]:
        """Its partitions. Raise GateError where there is no such topic."""
        if topic.error is not None or not topic.partitions:
            why = topic.error.str() if topic.error else "it has no partitions"
            hint = "create it again, or name another one in the source; what was read stays"
            raise GateError(f"the topic {self._topic} is not there: {why}", where=self._brokers, hint=hint)
        return sorted(topic.partitions)

    def _hear(self, error: Any) -> None:
        self._said = error.str()

    def _silent(self) -> GateError:
        said = f": {self._said}" if self._said else ""
        what = f"{self._topic} gave no message for {_PATIENCE:.0f} seconds{said}"
        return GateError(what, where=self._brokers, hint=_LATER)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the library raises, in words."""
        try:
            yield
        except client.KafkaException as error:
            reason = error.args[0].str() if hasattr(error.args[0], "str") else str(error)
            said = f" ({self._said})" if self._said and self._said not in reason else ""
            raise GateError(
                f"cannot be read: {reason}{said}", where=self._brokers or self._topic, hint=_LATER
            ) from None


_LATER = "what was read stays; the next run goes on from there"


def topic_id(admin: AdminClient, topic: str, answer: float) -> str:
    """The number that a topic was given when it was made; empty where its cluster gives none."""
    asked = admin.describe_topics(client.TopicCollection([topic]), request_timeout=answer)
    found = str(asked[topic].result().topic_id)
    return "" if found == _NO_ID else found.translate(_AS_ITS_TOOLS)


def _without_group(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a client that consumes nothing: the library warns of what is for others."""
    return {name: value for name, value in settings.items() if name not in {*_OURS, *_USUAL} - {"log_level"}}
