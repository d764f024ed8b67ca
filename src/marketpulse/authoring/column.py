"""What is found out of one column of a sample, and why it is thought to be so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from marketpulse import sql as spark
from marketpulse.errors import DefinitionError
from marketpulse.sql import SPARK

#: Spellings of "no value" that people use.
NOTHING = ("NULL", "null", "n/a", "N/A", "NA", "#N/A", "-", "--", "None", "\\N")
_NAME = re.compile("[a-z][a-z0-9_]*")
#: Words of SQL that an engine does not take for a column: in backticks it does.
_WORDS = re.compile(
    "all|alter|and|anti|as|asof|at|authorization|between|binary|by|case|collation|concurrently|create|cross|"
    "distinct|drop|else|except|false|fetch|for|freeze|from|full|glob|grant|having|ilike|inner|insert|"
    "intersect|into|is|isnull|join|lateral|left|like|natural|not|notnull|null|on|or|outer|overlaps|"
    "pivot_longer|pivot_wider|positional|qualify|returning|revoke|right|rollback|select|semi|similar|"
    "tablesample|then|true|union|unpack|using|values|verbose|when|where|with"
)


@dataclass
class Column:
    """One column: its `header` in the file, its `name` in silver, the `sql` that gives it, its `values` as texts.

    `type` and `why` are what it is thought to be. Of a column with `doubts` only a person can say what it is, `asks`
    are what else a person is asked. `pattern` is how its dates or times are written, where not as SQL writes them;
    `nulls` are words in it that mean no value. Its values are numbers of the format itself where it `is_literal`: these
    have one meaning, which texts have not. What `is_around` the list whose elements are the records is alike in many.
    """

    header: str
    name: str
    sql: str
    values: list[str | None]
    type: str = "string"
    why: str = "a text"
    doubts: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    pattern: str | None = None
    nulls: set[str] = field(default_factory=set)
    personal: str | None = None
    identifies: str | None = None
    is_literal: bool = False
    is_around: bool = False

    @property
    def said(self) -> list[str]:
        """The values that are there."""
        return [value for value in self.values if value not in (None, "")]

    @property
    def sure(self) -> list[str]:
        """The values that are there, without words that usually mean that nothing is."""
        return [value for value in self.said if value.strip() not in NOTHING]

    @property
    def landed(self) -> str:
        """What the column is called in bronze, where it is one of the file."""
        return self.sql[1:-1].replace("``", "`") if self.sql.startswith("`") else self.sql

    @property
    def is_whole(self) -> bool:
        """Whether every row has a value."""
        return len(self.said) == len(self.values) and not self.nulls


class Names:
    """Names of the columns of one table: no two alike, of letters that a contract takes."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __contains__(self, name: str) -> bool:
        """Whether a column is called so."""
        return name in self._taken

    def column(self, header: str, landed: str, sql: str, values: Sequence[str | None]) -> Column:
        """A column that is called as the landed one is, where it may be."""
        name = landed if _NAME.fullmatch(landed) else f"n_{landed}" if _NAME.fullmatch(f"n_{landed}") else ""
        asks = [] if name else [f"{header!r} is called column_{len(self._taken) + 1} here: give it a name of a-z"]
        name = name or f"column_{len(self._taken) + 1}"
        while name in self._taken:
            name += "_2"
        self._taken.add(name)
        return Column(header, name, sql, list(values), asks=asks)


def identifier(name: str) -> str:
    """A name as SQL takes it, in backticks where it could be something else."""
    if not _NAME.fullmatch(name) or _WORDS.fullmatch(name):
        return SPARK.name(name)
    try:
        (found,) = spark.parse(f"select {name} from bronze.sample as s").selects
    except DefinitionError:
        return SPARK.name(name)
    return name if found.key == "column" and found.name == name else SPARK.name(name)
