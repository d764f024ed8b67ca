"""A first mart of a table: rows a day, or rows a key, for a person to go on from."""

from __future__ import annotations

from difflib import get_close_matches

from marketpulse.authoring.column import identifier
from marketpulse.errors import UsageError
from marketpulse.project.project import Project
from marketpulse.project.table import Table


def need_table(project: Project, name: str | None) -> Table:
    """The silver or gold table that a mart reads. Raise UsageError where there is none of that name."""
    known = [each for each, table in project.tables.items() if not table.contract.managed]
    if name in known:
        return project.table(name)
    close = get_close_matches(name or "", known, n=1)
    hint = f"did you mean {close[0]}?" if close else "--from one of: " + (", ".join(known) or "there is none yet")
    raise UsageError(f"there is no table {name!r} to read" if name else "say what it reads", hint=hint)


def texts(name: str, table: Table) -> dict[str, str]:
    """The files of a mart by their paths in the project."""
    return {
        f"gold/{name}/model.sql": _model(table),
        f"gold/{name}/contract.yaml": _contract(table),
    }


def _by(table: Table) -> str:
    """The column that the rows are counted by: the bucket, else the first of the key."""
    return table.contract.partition or table.contract.key[0]


def _model(table: Table) -> str:
    by = _by(table)
    column = identifier(by)
    return (
        f"-- One row per {by}.\n"
        f"select\n    {column},\n    count(*) as row_count\nfrom {table.name}\ngroup by {column}\n"
    )


def _contract(table: Table) -> str:
    by = _by(table)
    kind = table.contract.types[by]
    lines = [
        "# The short form: docs/contracts.md; how a mart is kept up to date: docs/add-a-mart.md",
        f"owner: {table.contract.owner}",
        f"description: How many rows of {table.name} there are, by {by}.   # say what people ask of it",
        f"key: {by}",
    ]
    if by == table.contract.partition:
        lines.append(f"partition: {by}   # the bucket that is computed whole")
        lines.append(f"inputs:   # which buckets of an input a bucket reads\n  - {{table: {table.name}, column: {by}}}")
    lines += ["columns:", f"  {by}: {kind}", "  row_count: long! Rows."]
    return "\n".join(lines) + "\n"
