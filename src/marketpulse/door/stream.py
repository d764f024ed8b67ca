"""A stream as a sink: lines are kept when Kinesis has every record of them.

Lines of one feed share records, since a record costs by the kilobyte that it begins. The key of a record says its feed
(`visits/5f2b…`): what is delivered from the stream to landing goes by it.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketpulse.door.sink import State
from marketpulse.errors import MissingEngineError

#: Bytes of a record with its key; records and bytes of one call (Kinesis, "Quotas and limits").
RECORD, _RECORDS, _CALL = 1 << 20, 500, 5 << 20
#: Bytes that records are filled to: less than the most, for their keys.
_FULL = RECORD - 4_096
#: Seconds between two tries, at first and at most; between two looks at a stream that refused.
_FIRST, _LAST, _LOOK = 0.05, 0.8, 5.0
#: What a second try does not mend.
_FOR_GOOD = ("AccessDenied", "NotFound", "Validation", "InvalidArgument", "KMSDisabled", "KMSInvalidState", "KMSNot")
_LOG = logging.getLogger("marketpulse.door")
Record = tuple[str, bytes]


@dataclass
class Stream:
    """A sink: a Kinesis stream by its name. What it refuses for `patience` seconds is not kept.

    Some records of a group may be there when others are refused, and then all who wait for that feed are told to come
    again: their events come twice, by the same ids.
    """

    name: str
    client: Any
    patience: float = 5.0
    state: State = field(default_factory=State)
    _looked: float = 0.0

    def open(self) -> None:
        """See that the stream is there. Raise OSError."""
        if why := self._is_there():
            raise OSError(0, why)

    def keep(self, lines: Mapping[str, Sequence[bytes]]) -> dict[str, str]:
        """See `Sink.keep`."""
        every = [(feed, record) for feed, each in lines.items() for record in records(each)]
        failed = {feed: "a line is larger than a record may be" for feed, record in every if len(record) > _FULL}
        refused, why = self._put_until_kept([each for each in every if each[0] not in failed])
        failed |= {feed: f"the stream refuses: {why}" for feed, _ in refused}
        self._note(lines, failed)
        return failed

    def look(self) -> None:
        """A door that is asked for nothing must notice that the stream takes records again."""
        if self.state.error and time.monotonic() - self._looked >= _LOOK:
            self._looked = time.monotonic()
            self.state.error = self._is_there()

    def close(self) -> None:
        """Nothing is open."""

    def _put_until_kept(self, left: list[Record]) -> tuple[list[Record], str]:
        """Put records, and those that were refused again; what is refused for too long, or for good, and why."""
        until, pause = time.monotonic() + self.patience, _FIRST
        while True:
            left, why = self._put_all(left)
            is_over = time.monotonic() + pause >= until or any(said in why for said in _FOR_GOOD)
            if not left or is_over:
                return left, why
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that two doors do not come at once
            pause = min(2 * pause, _LAST)

    def _put_all(self, left: Sequence[Record]) -> tuple[list[Record], str]:
        """Put records, call by call; those that were refused, and why the last of them was."""
        refused: list[Record] = []
        why = ""
        for call in calls(left):
            again, said = self._put(call)
            refused += again
            why = said or why
        return refused, why

    def _put(self, call: Sequence[Record]) -> tuple[Sequence[Record], str]:
        from botocore.exceptions import BotoCoreError, ClientError

        told = [{"Data": data, "PartitionKey": f"{feed}/{secrets.token_hex(8)}"} for feed, data in call]
        try:
            answer = self.client.put_records(StreamName=self.name, Records=told)
        except ClientError as error:
            return call, f"{error.response['Error']['Code']}: {error.response['Error'].get('Message', '')}"
        except BotoCoreError as error:
            return call, str(error)
        if not answer["FailedRecordCount"]:
            return [], ""
        found = [(each, said) for each, said in zip(call, answer["Records"], strict=True) if said.get("ErrorCode")]
        return [each for each, _ in found], f"{found[-1][1]['ErrorCode']}: {found[-1][1].get('ErrorMessage', '')}"

    def _is_there(self) -> str:
        """Why nothing can be put on the stream; empty where something can."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self.client.describe_stream_summary(StreamName=self.name)["StreamDescriptionSummary"]
        except (BotoCoreError, ClientError) as error:
            return str(error)
        is_ready = found["StreamStatus"] in ("ACTIVE", "UPDATING")
        return "" if is_ready else f"the stream {self.name} is {found['StreamStatus']}"

    def _note(self, lines: Mapping[str, Sequence[bytes]], failed: Mapping[str, str]) -> None:
        if not failed:
            self.state.kept(lines)
            return
        why = next(iter(failed.values()))
        if self.state.error != why:
            _LOG.warning("%s: %s", self.name, why)
        self.state.failures += 1
        self.state.error = why
        self._looked = time.monotonic()


def records(lines: Sequence[bytes]) -> Iterator[bytes]:
    r"""Lines, as many in a record as it holds; the last of a record has no newline, delivery writes one.

    >>> list(records([b"a\n", b"b\nc\n"]))
    [b'a\nb\nc']
    """
    held: list[bytes] = []
    size = 0
    for line in (line for each in lines for line in each.splitlines()):
        if held and size + len(line) + 1 > _FULL:
            yield b"\n".join(held)
            held, size = [], 0
        held.append(line)
        size += len(line) + 1
    if held:
        yield b"\n".join(held)


def calls(left: Sequence[Record]) -> Iterator[list[Record]]:
    """Records, as many in a call as it may have."""
    held: list[Record] = []
    size = 0
    for feed, data in left:
        weight = len(data) + len(feed) + 20
        if held and (len(held) == _RECORDS or size + weight > _CALL):
            yield held
            held, size = [], 0
        held.append((feed, data))
        size += weight
    if held:
        yield held


def kinesis() -> Any:
    """Kinesis, by AWS's own settings. It does not try again itself. Raise MissingEngineError."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        hint = "pip install 'marketpulse[collect,aws]'"
        raise MissingEngineError("Kinesis needs a library that is not installed", hint=hint) from None
    return boto3.client("kinesis", config=Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 1}))
