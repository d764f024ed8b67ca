"""The tables of one select, and what the columns that it reads are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlglot import exp

from marketpulse.sql.sums.facts import Facts
from marketpulse.sql.sums.relation import Relation
from marketpulse.sql.sums.value import NONE, UNKNOWN, Id, Ids, Value, new


@dataclass
class Frame:
    """Tables by what they are called, in order; `outer` is the select around a subquery."""

    outer: Frame | None = None
    tables: dict[str, Relation] = field(default_factory=dict)
    full_names: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    #: Columns that `using` made one of two.
    merged: dict[str, Value] = field(default_factory=dict)
    #: Ids that the rows of a table were joined by.
    chosen: dict[str, Ids] = field(default_factory=dict)
    #: The select's own columns, as they are given.
    given: dict[str, Value] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    #: Ids of which the select counts the values in a group, for the next step to ask.
    counted: Ids = NONE
    #: Ids of what a group is made by and no column is, by its SQL.
    keys: dict[str, Id] = field(default_factory=dict)
    #: Ids of what is one of several, by how it was picked and of which.
    picked: dict[tuple[str, Id], Id] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """For a subquery, the row around it is one."""
        around = self.outer
        while around:
            ids = frozenset(each for table in around.tables.values() for v in table.columns.values() for each in v.ids)
            self.facts.rules.append((NONE, ids))
            around = around.outer

    def add(self, name: str, relation: Relation, full_name: str = "") -> None:
        """Make a relation readable, with what is known of its rows."""
        self.tables[name] = relation
        self.facts.rules += relation.rules
        if full_name:
            self.full_names[full_name.lower()] = name

    def pick(self, how: str, one: Id) -> Id:
        """The id of one of the values that an id has: the same wherever it is picked in the same way.

        Of what the select counts there is one, however it is picked, or the next step will not ask for it.
        """
        return self.picked.setdefault(("" if one in self.facts.all(self.counted) else how, one), new(one.label))

    def value(self, column: exp.Column) -> Value:
        """What a column is, here or around."""
        parts = [part.name.lower() for part in column.parts]
        table = self.full_names.get(".".join(parts[:2])) if len(parts) > 2 else None
        parts = [table, *parts[2:]] if table else parts
        here: Frame | None = self
        while here is not None:
            found = here._own(parts)
            if found is not None:
                return found
            here = here.outer
        return UNKNOWN

    def _own(self, parts: list[str]) -> Value | None:
        if len(parts) == 2 and parts[0] in self.tables:
            return self._of(parts[0]).get(parts[1], UNKNOWN)
        if len(parts) > 1:
            return UNKNOWN if parts[0] in self.tables else None
        if parts[0] in self.merged:
            return self.merged[parts[0]]
        having = [name for name in self._seen() if parts[0] in self.tables[name].columns]
        if having:
            return self._of(having[0])[parts[0]]
        whole = all(self.tables[name].is_whole for name in self._seen())
        return self.given.get(parts[0], None if whole else UNKNOWN)

    def has(self, name: str) -> bool:
        """Whether a table of this select has a column of that name, as far as is known."""
        return any(name in self.tables[table].columns for table in self._seen())

    def _seen(self) -> list[str]:
        return [name for name in self.tables if name not in self.hidden]

    def _of(self, table: str) -> dict[str, Value]:
        """Columns of a table; what was chosen by a join has read what it was chosen by."""
        columns, by = self.tables[table].columns, self.chosen.get(table, NONE)
        if not by or any(value.units for value in columns.values()):
            return columns
        return {name: replace(value, reads=value.reads | by) for name, value in columns.items()}

    def star(self, table: str = "") -> tuple[dict[str, Value], bool]:
        """Columns of `*` or `table.*`, and whether they are all known."""
        names = [table] if table else self._seen()
        columns: dict[str, Value] = {}
        for name in names:
            columns |= self._of(name) if name in self.tables else {}
        columns |= {} if table else self.merged
        return columns, all(name in self.tables and self.tables[name].is_whole for name in names)

    def named(self, unit: Id) -> str | None:
        """What a column that is `unit` is called here."""
        for table in self._seen():
            for name, value in self.tables[table].columns.items():
                if unit in self.facts.all(value.holds):
                    return f"{table}.{name}" if len(self.tables) > 1 and not table.startswith("#") else name
        return None

    def owner(self, one: Id) -> str | None:
        """The table of which an id is a column's."""
        for name, table in self.tables.items():
            if any(one in value.holds for value in table.columns.values()):
                return name
        return None
