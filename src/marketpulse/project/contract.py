"""What a table promises: columns, types, keys, rules, merging, PII, owner.

The file format is documented in docs/contracts.md (Open Data Contract Standard v3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from marketpulse.project.odcs import Document, PropertyModel, QualityModel
from marketpulse.project.yamlfile import YamlFile, read_yaml

Action = Literal["warn", "quarantine", "fail"]
SIMPLE_TYPES = ("boolean", "int", "long", "double", "string", "date", "timestamp")
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")


@dataclass(frozen=True)
class Column:
    """One column: `type` is a contract type (`SIMPLE_TYPES` or `decimal(p,s)`)."""

    name: str
    type: str
    required: bool = False
    description: str = ""
    classification: str = "public"


@dataclass(frozen=True)
class Rule:
    """One promise. A row rule has a `condition`; a table rule a `query` and a comparison."""

    name: str
    action: Action
    description: str
    column: str | None = None
    condition: str | None = None
    query: str | None = None
    comparison: tuple[str, float] | None = None


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


@dataclass(frozen=True)
class InputRule:
    """Which buckets of this table depend on which part of one input (docs/contracts.md)."""

    table: str
    column: str | None = None
    before: int = 0
    after: int = 0
    touches: str | None = None
    apart: str | None = None


@dataclass(frozen=True)
class Contract:
    """The promise of one table, `name` being `<layer>.<table>`.

    `managed` tables are written by the platform itself; their `run_columns` say which run wrote a row, and when.
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
    managed: bool = False
    run_columns: tuple[str, ...] = ()
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
        """Columns that the SQL of the table gives; the other two of a history are the platform's."""
        filled = {self.history.valid_to, self.history.is_current} if self.history else set()
        return tuple(name for name in self.types if name not in filled)

    def row_rules(self, *actions: Action) -> list[Rule]:
        """Rules with a condition, of the given actions."""
        return [rule for rule in self.rules if rule.condition and rule.action in actions]

    def input_rule(self, table: str) -> InputRule | None:
        """The bucket rule for `table`, None when any change of it rebuilds the whole table."""
        return next((rule for rule in self.inputs if rule.table == table), None)


def load_contract(path: Path) -> Contract:
    """Read `contract.yaml`; raise DefinitionError (file, line, field) when it cannot be a contract."""
    source = read_yaml(path)
    document = source.into(Document)
    expected = f"{path.parent.parent.name}.{path.parent.name}"
    if document.id != expected:
        raise source.error(f"id is {document.id!r}", ("id",), f"the folder says {expected!r}")
    table = document.schema_[0]
    columns = tuple(_column(source, index, item) for index, item in enumerate(table.properties))
    names = [column.name for column in columns]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise source.error(f"column {name!r} is named twice", ("schema", 0, "properties", index))
    custom = _custom(source, document)
    keys = sorted((p for p in table.properties if p.primaryKey), key=lambda p: p.primaryKeyPosition or 0)
    partitions = [p.name for p in table.properties if p.partitioned]
    if len(partitions) > 1:
        raise source.error(f"{len(partitions)} partition columns", ("schema", 0), "at most one: the bucket")
    contract = Contract(
        name=document.id,
        path=path,
        text=source.text,
        grain=table.dataGranularityDescription,
        purpose=document.description.purpose,
        owner=document.team[0].username,
        columns=columns,
        key=tuple(p.name for p in keys),
        partition=partitions[0] if partitions else None,
        rules=_rules(source, document),
        notes={k: v for k, v in document.description.model_dump().items() if v},
        **custom,
    )
    _check(source, contract)
    return contract


def _column(source: YamlFile, index: int, item: PropertyModel) -> Column:
    kind = item.physicalType.replace(" ", "")
    decimal = _DECIMAL.fullmatch(kind)
    if kind not in SIMPLE_TYPES and not (decimal and int(decimal[1]) <= 38 and int(decimal[2]) <= int(decimal[1])):
        raise source.error(
            f"column {item.name!r} has the unknown type {item.physicalType!r}",
            ("schema", 0, "properties", index, "physicalType"),
            "one of " + ", ".join(SIMPLE_TYPES) + ", decimal(p,s) with p up to 38",
        )
    required = item.required or item.primaryKey or item.partitioned
    return Column(item.name, kind, required, item.description, item.classification)


def _rules(source: YamlFile, document: Document) -> tuple[Rule, ...]:
    table = document.schema_[0]
    rules = [_rule(source, ("schema", 0, "quality", i), q, None) for i, q in enumerate(table.quality)]
    for p, item in enumerate(table.properties):
        place = ("schema", 0, "properties", p, "quality")
        rules += [_rule(source, (*place, i), q, item.name) for i, q in enumerate(item.quality)]
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise source.error(f"two rules are called {rule.name!r}", ("schema", 0), "give each its own name")
        seen.add(rule.name)
    return tuple(rules)


def _rule(source: YamlFile, place: tuple[str | int, ...], item: QualityModel, column: str | None) -> Rule:
    comparison = item.comparison()
    if item.type == "custom":
        if not item.implementation:
            raise source.error(f"rule {item.name!r} has no implementation", place, "a condition good rows meet")
        return Rule(item.name, item.severity, item.description, column, condition=item.implementation)
    if not item.query or comparison is None:
        raise source.error(
            f"rule {item.name!r} needs a query and one comparison", place, "for example mustBeGreaterThan: 0"
        )
    if item.severity == "quarantine":
        raise source.error(f"rule {item.name!r} looks at the whole table", place, "its severity is warn or fail")
    return Rule(item.name, item.severity, item.description, column, query=item.query, comparison=comparison)


def _custom(source: YamlFile, document: Document) -> dict[str, Any]:
    values = document.custom(source)
    found: dict[str, Any] = {}
    if values.merge:
        found["merge"] = Merge(values.merge.policy, tuple(values.merge.orderBy))
    if values.history:
        h = values.history
        found["history"] = History(tuple(h.entity), h.validFrom, h.validTo, h.isCurrent)
    if values.rejectedShareLimit is not None:
        found["rejected_share_limit"] = values.rejectedShareLimit
    found["inputs"] = tuple(InputRule(**item.model_dump()) for item in values.inputs)
    found["managed"] = values.managed
    found["run_columns"] = tuple(values.runColumns)
    return found


def _check(source: YamlFile, contract: Contract) -> None:
    """What no field can say alone."""
    names = set(contract.types)
    if contract.layer == "silver" and not contract.managed and contract.merge is None:
        raise source.error("a silver table says how rows with one key merge", (), "add the customProperty merge")
    if not contract.key and not contract.managed:
        raise source.error("no primary key", ("schema", 0), "mark its columns with primaryKey: true")
    wanted = [*contract.run_columns, *(contract.merge.order_by if contract.merge else ())]
    if contract.history:
        h = contract.history
        wanted += [*h.entity, h.valid_from, h.valid_to, h.is_current]
    for name in wanted:
        if name not in names:
            raise source.error(f"unknown column {name!r}", ("customProperties",), "one of " + ", ".join(sorted(names)))
    if contract.layer == "gold" and any(rule.action == "quarantine" for rule in contract.rules):
        raise source.error("gold rules warn or fail", ("schema", 0), "quarantine belongs to silver")
    if contract.inputs and not contract.partition:
        raise source.error("inputs are for partitioned tables", ("customProperties",), "mark a column partitioned")
    if contract.partition and contract.types[contract.partition] not in ("date", "string"):
        raise source.error(f"partition {contract.partition!r} is neither date nor string", ("schema", 0))
