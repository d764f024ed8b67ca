"""A data stream of AWS. Region, credentials and endpoint are AWS's own settings.

Who the stream is: its ARN and when it was made. Its shards split and merge; what a shard has goes before what those
have that took its place, so that records of one key stay in their order.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from marketpulse.errors import GateError
from marketpulse.landing.messages import Messages
from marketpulse.project.streamed import KinesisModel
from marketpulse.streams.stream import Bounds, Found, Positions, Slice, Trouble

try:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    raise GateError("Kinesis needs a library that is not installed", hint="pip install 'marketpulse[aws]'") from None

#: Records of one call, as many as it may have; seconds between calls that were refused as too many, and for how long.
_MOST, _REST, _PATIENCE = 10_000, 0.5, 30.0
#: A position that nothing came behind says anew that nothing did, before so much of what is kept goes.
_AGAIN = 0.25
#: Seconds between two looks of a process that looks all the time.
_EVERY = 2.0
_HOUR = 3600
#: AWS says its time in whole seconds.
_SAID = 1.0
_SECOND = 1_000_000_000
_END: dict[str, Any] = {"end": True}
_LATER = "what was read stays; the next run goes on from there"
_HINTS = {
    "ResourceNotFoundException": "create it again, or name another one in the source",
    "AccessDeniedException": "let who runs this read it; jobs on AWS: name it in streams, infra/envs/*/main.tf",
}


class Kinesis:
    """One stream. Parts are shards, each with a position.

        {}                   before all that is kept when it is read first
        {seen}               before all that is kept
        {after, seen}        behind a sequence number
        {at, seen}           from a moment on
        {end}                it is closed, and read to its end

    Nothing is left to read that came before the moment `seen` (seconds since 1970).
    """

    def __init__(self, said: KinesisModel, start: str) -> None:
        """`start` is where the first look begins, earliest or latest."""
        self._name, self._start = said.stream, start
        with self._told():
            self._client = boto3.client("kinesis", region_name=said.region)
        self._shards: dict[str, dict[str, Any]] = {}
        self._kept = 0.0
        #: When it was looked at: as AWS says, and as this machine's clock for lengths of time.
        self._looked = self._asked = 0.0
        #: Where the next call of a shard goes on, as of a position.
        self._next: dict[str, tuple[Any, str]] = {}
        self._at_tip: set[str] = set()
        self._is_first = False

    def look(self, known: Mapping[str, Positions]) -> Found:
        """See `Stream.look`."""
        with self._told():
            answer = self._client.describe_stream_summary(StreamName=self._name)
            found = answer["StreamDescriptionSummary"]
            self._shards = {shard["ShardId"]: shard for shard in self._listed()}
        self._kept, self._looked = found["RetentionPeriodHours"] * _HOUR, _moment(answer)
        self._asked = time.monotonic()
        self._at_tip.clear()
        identity = f"{found['StreamARN']}.{found['StreamCreationTimestamp'].timestamp():.0f}"
        self._is_first = not known
        return self._found(identity, known.get(identity))

    def read(self, positions: Positions, bounds: Bounds, called: str) -> Slice:
        """See `Stream.read`."""
        at = {shard: dict(position) for shard, position in positions.items()}
        taken: list[tuple[str, bytes, datetime]] = []
        size, began = 0, time.monotonic()
        while ready := self._ready(at):
            for shard in ready:
                is_over = taken and time.monotonic() - began >= bounds.seconds
                if is_over or len(taken) >= bounds.records or size >= bounds.bytes:
                    return _slice(taken, at, is_last=False)
                for each in self._records(shard, at, min(_MOST, bounds.records - len(taken))):
                    place = f"{called}-{shard}-{each['SequenceNumber']}"
                    taken.append((place, each["Data"], each["ApproximateArrivalTimestamp"]))
                    size += len(each["Data"])
        return _slice(taken, at, is_last=True)

    def may_have_more(self) -> bool:
        """See `Stream.may_have_more`: calls are few that a shard answers in a second."""
        return time.monotonic() - self._asked >= _EVERY

    def close(self) -> None:
        """See `Stream.close`."""
        self._client.close()

    def _listed(self) -> Iterator[dict[str, Any]]:
        """All shards.

        A page that is not the first is asked for by its token alone; boto3's own paginator names the stream again,
        and Kinesis refuses both together.
        """
        asked = {"StreamName": self._name}
        while asked:
            page = self._client.list_shards(**asked)
            yield from page["Shards"]
            asked = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}

    def _found(self, identity: str, known: Positions | None) -> Found:
        if known is None:
            return Found(identity, {shard: self._first(shard) for shard in self._shards}, {})
        positions = {shard: dict(at) for shard, at in known.items() if shard in self._shards or at != _END}
        troubles = [each for shard, at in positions.items() for each in self._wrong(shard, at)]
        for shard in sorted({*self._shards} - {*known}):
            # It took the place of others after these were read last.
            before = [known[each]["seen"] for each in self._parents(shard) if "seen" in known.get(each, {})]
            positions[shard] = {"seen": min([self._looked, *before])}
            troubles += self._orphaned(shard, known)
        return Found(identity, positions, dict.fromkeys(positions), troubles)

    def _first(self, shard: str) -> dict[str, Any]:
        if self._start == "earliest" or not self._is_first:
            return {}
        return _END if self._is_closed(shard) else {"at": self._looked, "seen": self._looked}

    def _wrong(self, shard: str, at: Mapping[str, Any]) -> Iterator[Trouble]:
        """What may be gone of a shard that was read before."""
        if shard not in self._shards:
            yield Trouble(shard, f"{shard} is gone before it was read to its end", None)
        elif at != _END and "seen" in at and self._looked - at["seen"] > self._kept:
            told = f"{datetime.fromtimestamp(at['seen'], UTC):%Y-%m-%d %H:%M} UTC, of which {self._kept / _HOUR:,.0f}"
            what = f"{shard} was read up to {told} hours are kept: what came after may be gone unread"
            yield Trouble(shard, what, {"seen": self._looked})

    def _orphaned(self, shard: str, known: Positions) -> Iterator[Trouble]:
        """What may be gone of shards that came and went since the last look."""
        lost = [parent for parent in self._parents(shard) if parent not in self._shards and parent not in known]
        if lost:
            yield Trouble(
                shard,
                f"{shard} is new, and {lost[0]}, that it took the place of, was never read",
                {"seen": self._looked},
            )

    def _parents(self, shard: str) -> list[str]:
        told = self._shards.get(shard, {})
        return [told[name] for name in ("ParentShardId", "AdjacentParentShardId") if told.get(name)]

    def _is_closed(self, shard: str) -> bool:
        return "EndingSequenceNumber" in self._shards[shard]["SequenceNumberRange"]

    def _ready(self, at: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Shards that have something left, behind those whose place they took."""
        left = [shard for shard, position in at.items() if position != _END]
        return sorted(s for s in left if s not in self._at_tip and not {*self._parents(s)} & {*left})

    def _records(self, shard: str, at: dict[str, dict[str, Any]], most: int) -> list[dict[str, Any]]:
        """The records of one call; `at` moves behind them."""
        answer = self._answer(shard, at[shard], most)
        found: list[dict[str, Any]] = answer["Records"]
        # Of records that came in one millisecond the call may have had room for some only.
        is_tip = answer.get("MillisBehindLatest") == 0 and len(found) < most
        came = found[-1]["ApproximateArrivalTimestamp"].timestamp() if found else 0.0
        following = answer.get("NextShardIterator")
        if found:
            at[shard] = {"after": found[-1]["SequenceNumber"], "seen": max(self._looked, came) if is_tip else came}
        elif is_tip and self._looked - at[shard].get("seen", 0) > _AGAIN * self._kept:
            at[shard] = {**at[shard], "seen": self._looked}
        if self._is_closed(shard) and (not following or (is_tip and not found)):
            at[shard] = dict(_END)
        elif following:
            self._next[shard] = (dict(at[shard]), following)
        if (is_tip or came >= self._looked + _SAID) and not self._is_closed(shard):
            self._at_tip.add(shard)
        return found

    def _answer(self, shard: str, position: Mapping[str, Any], most: int) -> dict[str, Any]:
        """One call, again while it is refused as too many."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with self._told(patient=time.monotonic() < until):
                    at, following = self._next.pop(shard, (None, ""))
                    given = following if at == position else self._iterator(shard, position)
                    answer: dict[str, Any] = self._client.get_records(ShardIterator=given, Limit=most)
                    return answer
            except ClientError:
                time.sleep(_REST)

    def _iterator(self, shard: str, position: Mapping[str, Any]) -> str:
        told: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if "after" in position:
            told = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": position["after"]}
        elif "at" in position:
            told = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": position["at"]}
        found = self._client.get_shard_iterator(StreamName=self._name, ShardId=shard, **told)
        return str(found["ShardIterator"])

    @contextmanager
    def _told(self, *, patient: bool = False) -> Iterator[None]:
        """What the library raises, in words; with `patient` not what passes by itself."""
        try:
            yield
        except ClientError as error:
            said = error.response.get("Error", {})
            if patient and said.get("Code") in ("ProvisionedThroughputExceededException", "ExpiredIteratorException"):
                raise
            is_lost = said.get("Code") == "ResourceNotFoundException"
            what = "is not there" if is_lost else f"cannot be read: {said.get('Message') or error}"
            hint = _HINTS.get(said.get("Code", ""), _LATER)
            raise GateError(f"the stream {self._name} {what}", hint=hint) from None
        except BotoCoreError as error:
            hint = "AWS's own settings say region, credentials and endpoint: AWS_REGION, AWS_PROFILE, …"
            raise GateError(f"the stream {self._name} cannot be reached: {error}", hint=hint) from None


def _moment(answer: Mapping[str, Any]) -> float:
    """When AWS answered, in seconds since 1970: the clock of this machine may be wrong."""
    said = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    return parsedate_to_datetime(said).timestamp() if said else round(time.time(), 3)


def _slice(taken: list[tuple[str, bytes, datetime]], at: dict[str, Any], *, is_last: bool) -> Slice:
    newest = max((int(each[2].timestamp() * _SECOND) for each in taken), default=0)
    messages = Messages([each[0] for each in taken], [each[1] for each in taken], {})
    return Slice(messages, at, newest, is_last)
