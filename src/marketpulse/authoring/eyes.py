"""What an analyst sees of the records of a file: of the table what is public, of the file what only that is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from marketpulse.project.lineage import column_sources
from marketpulse.project.project import Project
from marketpulse.project.promised import promised
from marketpulse.run.pseudonyms import Pseudonyms
from marketpulse.serving.masking import masks


@dataclass(frozen=True)
class Eyes:
    """`table` are columns that are seen of a row of the table, each with whether it is a pseudonym.

    `record` are those of a record that was not accepted: columns of the file of which something public is made, and
    nothing personal. Of what no column is made, nothing is known to be public.
    """

    table: Mapping[str, bool]
    record: frozenset[str]
    pseudonyms: Pseudonyms

    @classmethod
    def of(cls, project: Project, table: str, bronze: str, pseudonyms: Pseudonyms) -> Self:
        """Those of an analyst who looks at records of a `bronze` table on their way into a silver one."""
        seen = masks(promised(project, table))
        public, personal = set[str](), set[str]()
        for column, origins in column_sources(project, project.table(table)).items():
            known = seen.get(column) is False
            (public if known else personal).update(o.rpartition(".")[2] for o in origins if o.startswith(f"{bronze}."))
        return cls(seen, frozenset(public - personal), pseudonyms)

    def see(self, values: Mapping[str, Any], kept: bool) -> dict[str, Any]:
        """Of the values of a row of the table (`kept`), or of a record, those that are seen."""
        if not kept:
            return {name: value for name, value in values.items() if name in self.record}
        mine = {name: value for name, value in values.items() if name in self.table}
        hashed = {name for name, value in mine.items() if self.table[name] and value is not None}
        return {name: self.pseudonyms.of(value) if name in hashed else value for name, value in mine.items()}
