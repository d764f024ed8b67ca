"""A silver or gold table: its promise and the queries that fill it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from sqlglot import exp

from marketpulse import sql
from marketpulse.project.contract import Contract, InputRule, Rule
from marketpulse.project.reference import Reference

#: Before the name of a bronze table: the fingerprint of what its source says of deliveries.
TERMS = "deliveries of "


@dataclass(frozen=True)
class SqlFile:
    """One query and what it reads: tables (`inputs`), and reference data by its full name.

    `authored` is what the file says, `query` the same with the rows of `references` in it; `sound` unless something is
    wrong with it alone. `left_out` are columns that the file does not give and need not: they are null. `written`
    says how columns of its feed are written, `groups` which lines of its files belong together, `looked` the types of
    columns that it looks up, by their silver table.
    """

    path: Path
    authored: exp.Query
    inputs: tuple[str, ...]
    references: Mapping[str, Reference] = field(default_factory=dict)
    sound: bool = True
    left_out: tuple[str, ...] = ()
    written: Mapping[str, sql.Written] = field(default_factory=dict)
    groups: sql.Groups | None = None
    looked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def query(self) -> exp.Query:
        """What an engine is given."""
        return sql.with_references(self.authored, {name: found.query for name, found in self.references.items()})

    @cached_property
    def lookups(self) -> tuple[sql.Lookup, ...]:
        """What a mapping finds beside each record of its feed in silver tables."""
        return sql.lookups_of(self.query, self.inputs[0]) if self.inputs[1:] and _is_of_feed(self) else ()

    @cached_property
    def records(self) -> exp.Query:
        """The query over records of the feed that have what it looks up beside them."""
        return sql.without_lookups(self.query, self.inputs[0]) if self.lookups else self.query

    @cached_property
    def array(self) -> exp.Expr | None:
        """The array of each record of the feed whose elements are rows, where a mapping explodes one."""
        return sql.array_of(self.records, self.inputs[0]) if self.inputs[:1] and _is_of_feed(self) else None

    @cached_property
    def mapping(self) -> exp.Query:
        """The query, row by row: of elements where it explodes an array."""
        return sql.row_wise(self.records, self.inputs[0]) if self.array is not None else self.records

    @property
    def fingerprint(self) -> str:
        """Changes when the query means something else; comments and layout do not count."""
        written = repr(sorted(self.written.items())) if self.written else ""
        groups = repr(self.groups) if self.groups else ""
        types = sorted((name, sorted(columns.items())) for name, columns in self.looked.items())
        looked = repr(types) if types else ""
        return _digest(self.authored.sql("spark", comments=False) + written + groups + looked)


@dataclass(frozen=True)
class Table:
    """A silver or gold table: its promise and the SQL that fills it.

    `queries` has one entry per bronze table for silver, and the one entry `model` for gold. `terms` says of a bronze
    table how its deliveries follow each other, where that is not as usual.
    """

    contract: Contract
    queries: Mapping[str, SqlFile] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`<layer>.<table>`."""
        return self.contract.name

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Tables this one is built from, each once."""
        found = [name for query in self.queries.values() for name in query.inputs]
        return tuple(dict.fromkeys(found))

    @cached_property
    def looked(self) -> tuple[str, ...]:
        """Silver tables that its mappings look up, each once."""
        found = [lookup.table for query in self.queries.values() for lookup in query.lookups]
        return tuple(dict.fromkeys(found))

    @cached_property
    def references(self) -> dict[str, Reference]:
        """Reference data that its queries read, by its full name."""
        return {name: found for query in self.queries.values() for name, found in query.references.items()}

    @cached_property
    def lists(self) -> tuple[str, ...]:
        """Reference data that its rules have the values of, by its full name."""
        found = (each.rpartition(".")[0] for rule in self.contract.rules for each in rule.reads)
        return tuple(dict.fromkeys(name for name in found if name not in self.references))

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """What the table was built with: the contract, what it says of its inputs, reference data, queries: digests."""
        found = {"contract": _digest(repr(_promise(self.contract)))}
        if self.contract.inputs:
            rules = sorted(_reach(rule) for rule in self.contract.inputs)
            rules += [(self.contract.apart,)] if self.contract.apart else []
            found["inputs"] = _digest(repr(rules))
        found |= {name: reference.fingerprint for name, reference in self.references.items()}
        found |= {TERMS + name: _digest(text) for name, text in self.terms.items()}
        return found | {name: query.fingerprint for name, query in self.queries.items()}


def _is_of_feed(file: SqlFile) -> bool:
    return file.inputs[0].startswith("bronze.")


def _promise(contract: Contract) -> list[object]:
    """What of a contract the rows depend on. A part that few contracts have is only there where they have it."""
    c = contract
    rules = [(r.name, r.action, r.condition, r.query, _bound(r)) for r in c.rules]
    found: list[object] = [
        [(k.name, k.type, k.required) for k in c.columns],
        c.key,
        c.partition,
        c.merge,
        c.history,
        rules,
    ]
    found = [*found, c.unique] if c.unique else found
    return [*found, ("deleted", c.deleted.condition)] if c.deleted else found


def _bound(rule: Rule) -> tuple[str, float | str] | None:
    """What a table rule compares with; a number that a double holds is written as releases before wrote it."""
    if rule.comparison is None:
        return None
    kind, bound = rule.comparison
    near = float(bound)
    return kind, near if Decimal(repr(near)) == bound else str(bound)


def _reach(rule: InputRule) -> tuple[str, ...]:
    touches = sql.parse(rule.touches).sql("spark", comments=False) if rule.touches else ""
    return (rule.table, str(rule.column), str(rule.before), str(rule.after), touches, str(rule.apart))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
