"""How far a stream was read: state of the bronze table, written by the commit that brings its rows.

    marketpulse.offsets.<identity>   where each part of the stream is read on
    marketpulse.stream               which identity that is now, and what a person has accepted, with the reason

A commit that fails leaves both as they were; one that is done has rows and positions. There is no other state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from marketpulse.lake.table import LakeTable
from marketpulse.names import OFFSETS_KEY, STREAM_KEY


@dataclass(frozen=True)
class Consumed:
    """The stream that a feed was read from last, up to `positions`; `accepted` is what was agreed to, oldest first.

    No identity: none was read.
    """

    identity: str = ""
    positions: Mapping[str, Any] | None = None
    accepted: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, table: LakeTable | None) -> Consumed:
        """What a bronze table says."""
        said = json.loads(table.state.get(STREAM_KEY, "{}")) if table else {}
        if not table or not said:
            return cls()
        return cls(said["is"], every(table)[said["is"]], tuple(said["accepted"]))

    @property
    def state(self) -> dict[str, str]:
        """Properties of the table."""
        if not self.identity:
            return {}
        said = {"is": self.identity, "accepted": list(self.accepted)}
        own = {OFFSETS_KEY + self.identity: json.dumps(self.positions or {})}
        return {STREAM_KEY: json.dumps(said), **own}

    @property
    def before(self) -> dict[str, str | None]:
        """The same as a table has it that nobody has changed since."""
        return {STREAM_KEY: None, **self.state}

    def called(self, name: str) -> str:
        """What places of messages begin with: the name, and after it how often something was accepted.

        Then offsets may come again that are other messages.

        >>> Consumed().called("orders"), Consumed("c.t", {}, ({"reason": "made anew"},)).called("orders")
        ('orders', 'orders~2')
        """
        return f"{name}~{len(self.accepted) + 1}" if self.accepted else name

    def at(self, identity: str, positions: Mapping[str, Any]) -> Consumed:
        """The same, read on up to there."""
        return replace(self, identity=identity, positions=positions)


def every(table: LakeTable | None) -> dict[str, dict[str, Any]]:
    """How far each stream was read that a feed was ever read from, by identity."""
    state = table.state if table else {}
    return {key.removeprefix(OFFSETS_KEY): json.loads(at) for key, at in state.items() if key.startswith(OFFSETS_KEY)}
