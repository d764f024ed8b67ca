"""What a table promises: columns, types, keys, rules, merging, PII, owner.

The file format is documented in docs/contracts.md (Open Data Contract Standard v3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from marketpulse.lake.evolving import Said
from marketpulse.names import WORDS
from marketpulse.sql.places import Where
from marketpulse.sql.sums import Measure

Action = Literal["warn", "quarantine", "fail"]
SIMPLE_TYPES = ("boolean", "int", "long", "double", "string", "date", "timestamp")

_UNSAID = Measure()


@dataclass(frozen=True)
class Column:
    """One column: `type` is a contract type (`SIMPLE_TYPES` or `decimal(p,s)`).

    `measure` is the unit of a number, and how it adds up; `identifies` what kinds of names of people its values are.
    """

    name: str
    type: str
    required: bool = False
    description: str = ""
    classification: str = "public"
    unique: bool = False
    measure: Measure = _UNSAID
    identifies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One promise. A row rule has a `condition`; a table rule a `query` and a comparison.

    `where` tells where its text stands, `reads` which columns of reference data the condition has the values of.
    """

    name: str
    action: Action
    description: str
    column: str | None = None
    condition: str | None = None
    query: str | None = None
    comparison: tuple[str, Decimal] | None = None
    where: Where | None = field(default=None, compare=False, repr=False)
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merge:
    """Which of several rows with one primary key stays."""

    policy: Literal["latest", "first"]
    order_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """Slowly changing dimension type 2: who changes, and the columns of the validity."""

    entity: tuple[str, ...]
    valid_from: str
    valid_to: str
    is_current: str

    @property
    def filled(self) -> tuple[str, ...]:
        """Columns that the platform fills, once rows have merged."""
        return (self.valid_to, self.is_current)


@dataclass(frozen=True)
class InputRule:
    """Which buckets of this table depend on which part of one input (docs/contracts.md).

    With `column` a bucket reads the input's buckets around it, else all of them. What a change of the input reaches
    `touches` says; without it, the buckets that read what changed.
    """

    table: str
    column: str | None = None
    before: int = 0
    after: int = 0
    touches: str | None = None
    apart: str | None = None
    where: Where | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Contract:
    """The promise of one table, `name` being `<layer>.<table>`.

    A row that meets the condition of `deleted` says that its key is no more.

    `managed` tables are written by the platform itself; their `run_columns` say which run wrote a row, and when.
    `keep` are the days that rows stay, by their bucket. `apart` is a column by whose values the table comes apart: rows
    of one are made of those rows of its inputs that have the same value in the column that they come `apart` by.
    """

    name: str
    path: Path
    text: str
    grain: str
    purpose: str
    owner: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition: str | None
    rules: tuple[Rule, ...]
    merge: Merge | None = None
    history: History | None = None
    inputs: tuple[InputRule, ...] = ()
    rejected_share_limit: float = 0.2
    deleted: Rule | None = None
    removed_share_limit: float = 0.2
    managed: bool = False
    run_columns: tuple[str, ...] = ()
    keep: int | None = None
    apart: str | None = None
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def layer(self) -> str:
        """`bronze` (the platform's own), `silver` or `gold`."""
        return self.name.split(".")[0]

    @cached_property
    def types(self) -> dict[str, str]:
        """Column name to contract type, in order."""
        return {column.name: column.type for column in self.columns}

    @cached_property
    def given(self) -> tuple[str, ...]:
        """Columns that the SQL of the table gives; those that a history fills are the platform's."""
        filled = self.history.filled if self.history else ()
        return tuple(name for name in self.types if name not in filled)

    @property
    def said(self) -> Said:
        """What other readers of the table are told of its columns, those of the platform included."""
        docs = {column.name: column.description for column in self.columns if column.description}
        required = () if self.managed else (column.name for column in self.columns if column.required)
        return Said({**WORDS, **docs}, frozenset(required))

    @property
    def unique(self) -> tuple[str, ...]:
        """Columns that have no value twice in the whole table, which checking or merging by the key does not see to."""
        seen_to = self.key if len(self.key) == 1 and not self._key_crosses_buckets else ()
        return tuple(column.name for column in self.columns if column.unique and column.name not in seen_to)

    @property
    def _key_crosses_buckets(self) -> bool:
        """Whether rows of one key could lie in two buckets: gold is checked a bucket at a time."""
        return self.layer == "gold" and self.partition is not None and self.partition not in self.key

    @property
    def identifying(self) -> tuple[Column, ...]:
        """Columns whose values name a person."""
        return tuple(column for column in self.columns if column.identifies)

    @property
    def personal(self) -> tuple[Column, ...]:
        """Columns of a person's data."""
        return tuple(column for column in self.columns if column.classification == "pii")

    def row_rules(self, *actions: Action) -> list[Rule]:
        """Rules with a condition, of the given actions."""
        return [rule for rule in self.rules if rule.condition and rule.action in actions]

    def input_rule(self, table: str) -> InputRule | None:
        """The bucket rule for `table`, None when any change of it rebuilds the whole table."""
        return next((rule for rule in self.inputs if rule.table == table), None)


def unknown(name: str, path: Path) -> Contract:
    """The contract of a table whose columns nobody can tell, as its file says too little."""
    return Contract(name, path, "", "", "", "", columns=(), key=(), partition=None, rules=())
