"""A first mart of a table: rows a day, or rows a key, for a person to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from marketpulse.authoring.column import identifier
from marketpulse.errors import UsageError
from marketpulse.project.folders import project_folders
from marketpulse.project.given import read_settings
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


@dataclass(frozen=True)
class _By:
    """What the rows are counted by: a column of the table, or the day of a time in it (`sql`, and `day` of what)."""

    name: str
    sql: str
    type: str
    moment: str = ""
    zone: str = ""


def texts(name: str, table: Table, zone: str | None) -> dict[str, str]:
    """The files of a mart by their paths in the project; `zone` is its setting that says whose days are counted."""
    by = _by(table, zone)
    return {
        f"gold/{name}/model.sql": _model(table, by),
        f"gold/{name}/contract.yaml": _contract(table, by),
    }


def zone_of(project: Project) -> str | None:
    """The setting of a project that is a time zone; None where none is, or several are."""
    rules = read_settings(project_folders(project.path), lambda _: None).rules
    found = [name for name, each in rules.items() if any(rule.timezone for rule in each)]
    return found[0] if len(found) == 1 else None


def _by(table: Table, zone: str | None) -> _By:
    """The bucket; else the day of a time, of one that every row has if there is one; else the first of the key."""
    contract = table.contract
    moments = [column for column in contract.columns if contract.types[column.name] == "timestamp"]
    if contract.partition or not moments:
        name = contract.partition or contract.key[0]
        return _By(name, identifier(name), contract.types[name])
    moment = next((column for column in moments if column.required), moments[0]).name
    column = identifier(moment)
    local = f"from_utc_timestamp({column}, setting('{zone}'))" if zone else column
    name = f"{moment.removesuffix('_at')}_date"
    told = f"the zone of the setting {zone}" if zone else "UTC (from_utc_timestamp makes that of another zone)"
    return _By(name, f"cast({local} as date)", "date", column, told)


def _model(table: Table, by: _By) -> str:
    if not by.moment:
        head, column, where = f"-- One row per {by.name}.\n", by.sql, ""
    else:
        head = f"-- One row per {by.name}: the day of {by.moment} in {by.zone}. Rows without it are of no day.\n"
        column, where = f"{by.sql} as {identifier(by.name)}", f"where {by.moment} is not null\n"
    return f"{head}select\n    {column},\n    count(*) as row_count\nfrom {table.name}\n{where}group by {by.sql}\n"


def _contract(table: Table, by: _By) -> str:
    lines = [
        "# The short form: docs/contracts.md; how a mart is kept up to date: docs/add-a-mart.md",
        f"owner: {table.contract.owner}",
        f"description: How many rows of {table.name} there are, by {by.name}.   # say what people ask of it",
        f"key: {by.name}",
    ]
    if by.moment or by.name == table.contract.partition:
        lines.append(f"partition: {by.name}   # the bucket that is computed whole")
        lines.append("inputs:   # which buckets of an input a bucket reads")
    if by.moment:
        lines += [f"  - table: {table.name}", "    touches: |   # the days of rows that came or went", _days(by)]
    elif by.name == table.contract.partition:
        lines.append(f"  - {{table: {table.name}, column: {by.name}}}")
    lines += ["columns:", f"  {by.name}: {by.type}", "  row_count: long! Rows."]
    return "\n".join(lines) + "\n"


def _days(by: _By) -> str:
    """The query for the days that changed; in a zone, which such a query does not know, those of UTC and their next."""
    day, where = f"cast({by.moment} as date)", f"from changed where {by.moment} is not null"
    days = [day] if by.sql == day else [f"date_sub({day}, 1)", day, f"date_add({day}, 1)"]
    queries = [f"      select distinct {each} as {identifier(by.name)} {where}" for each in days]
    return "\n      union\n".join(queries)
