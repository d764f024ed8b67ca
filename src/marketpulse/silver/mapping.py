"""Rows of bronze -> rows of silver: mapped, typed, checked, counted, merged; one piece of a feed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, GateError, QueryError, ValueStopsError
from marketpulse.names import DOOR_FILES, ERROR, LANDED, LINEAGE, SOURCE_FILE
from marketpulse.run import rules
from marketpulse.run.looking import looked_up
from marketpulse.run.readable import readable, written
from marketpulse.run.report import FeedCounts
from marketpulse.silver.building import Build, Staged
from marketpulse.silver.checks import ENDS, Checks, Mapped, Waiting, silver_checks
from marketpulse.silver.merge import merge_staged
from marketpulse.units import rows_break


def add_rows(build: Build, bronze: str, chunk: View) -> Staged:
    """Map, check and merge the rows `chunk` of a bronze table, unfolded; what became of each."""
    staged = check_rows(build, bronze, chunk)
    merge_staged(build, staged, build.counts[staged.source])
    return staged


def check_rows(build: Build, bronze: str, chunk: View) -> Staged:
    """Map, check and count the rows `chunk`, and merge none."""
    staged = _stage(build, bronze, chunk)
    _count(build, staged, build.counts.setdefault(staged.source, FeedCounts(staged.source)))
    return staged


def _stage(build: Build, bronze: str, chunk: View) -> Staged:
    """Write the rows typed and marked; of rejected ones also the record as it landed."""
    engine, dialect, contract = build.engine, build.dialect, build.contract
    record = _landed_columns(build, bronze)
    view = readable(build.context, build.table, bronze, chunk, record, record)
    try:
        view = looked_up(build.context, build.table, bronze, view, build.heads)
        checks, paths = _marked(build, bronze, view, record, tolerant=not dialect.is_strict)
    except QueryError as error:
        raise _refused(build, bronze, error) from error
    except ValueStopsError:
        # Once more, slower: what stops the engine is one row's problem.
        checks, paths = _marked(build, bronze, view, record, tolerant=True)
    types = {c: t for c, t in contract.types.items() if c in contract.given}
    types |= {ENDS: "boolean"} if contract.deleted else {}
    types |= {**LINEAGE, **dict.fromkeys(checks.columns, "long"), **dict.fromkeys(record.values(), "string")}
    return Staged(bronze.split(".")[1], chunk, engine.bind("staged", types, paths, place=True), checks, record)


def _refused(build: Build, bronze: str, error: QueryError) -> DefinitionError:
    """What is wrong with a mapping, now that the columns of its feed are known."""
    file, landed = build.table.queries[bronze], build.context.lake.find(bronze)
    found = list(sql.unresolved(file.query, {bronze: landed.types} if landed else {}, file.path))
    if found:
        return DefinitionError.together(found)
    told = f"the engine refuses it: {error.message.splitlines()[0]}"
    return sql.refusal(told, error.hint, node=file.query, path=file.path)


def _marked(
    build: Build, bronze: str, rows: View, record: dict[str, str], tolerant: bool
) -> tuple[Checks, Sequence[str]]:
    """Map and check the `rows` that could be read, with the columns of the `record`; the files of the result."""
    dialect, names = build.dialect, list(record.values())
    # The records of a JSON feed were checked when they landed.
    json = build.context.project.sources[bronze.split(".")[1]].reader.json_columns
    how = written(build.context, build.table, bronze, record)
    waits = list(_waiting(build, bronze))
    carried = [*LINEAGE, *names, *map(sql.mark_of, how), *(each.mark for each in waits)]
    query = sql.carry(build.table.queries[bronze].mapping, carried, bronze, json=json)
    query, unfit = sql.tolerant(query, bronze, dialect) if tolerant else (query, None)
    text = sql.translate(query, dialect, {bronze: rows.name})
    mapped = Mapped(text, [dialect.name(name) for name in names], unfit, how, waits)
    checks = silver_checks(build.contract, mapped, dialect)
    return checks, build.engine.write(checks.query, build.scratch("staged"))


def _waiting(build: Build, bronze: str) -> Iterator[Waiting]:
    """What rows of a feed may wait for, and which of their columns depend on it."""
    file = build.table.queries[bronze]
    depending = sql.looked_columns(file.query, bronze) if file.lookups else {}
    for lookup in file.lookups:
        columns = frozenset(name for name, numbers in depending.items() if lookup.number in numbers)
        yield Waiting(lookup.waits, f"waits for {lookup.table}: no such {', '.join(lookup.equals)}", columns)


def _landed_columns(build: Build, bronze: str) -> dict[str, str]:
    """Columns of a landed record, and what they are called beside those of the table."""
    table = build.context.lake.find(bronze)
    assert table is not None  # noqa: S101 - its rows are here
    return {name: f"_raw_{name}" for name in table.types if name not in (*LINEAGE, *LANDED)}


def _count(build: Build, staged: Staged, counts: FeedCounts) -> None:
    """Add this piece's numbers to `counts`. Raise GateError when a row breaks a rule whose action is `fail`."""
    engine, checks = build.engine, staged.checks
    read, malformed = engine.rows(f"select count(*), count({ERROR}) from {staged.chunk}")[0]
    by_door = build.context.project.sources[staged.source].collect
    posted = is_posted(build, staged.source)
    columns = ", ".join([*checks.columns, "posted"])
    marked = f"select *, {posted} as posted from {staged.rows}"
    found = engine.rows(f"select {columns}, count(*) from ({marked}) as marked group by {columns}")
    if by_door:
        _count_posted(build, staged, posted, counts)
    _fatal(build, staged)
    split = len(checks.failed.columns)
    for *numbers, strange, rows in found:
        waiting = rows if checks.only_waits(numbers[:split]) else 0
        counts.waiting += waiting
        counts.posted_waiting += waiting if strange else 0
        counts.posted_quarantined += rows if strange and numbers[0] else 0
        for check in checks.reasons(numbers[:split]):
            text = check.describe()
            counts.reasons[text] = counts.reasons.get(text, 0) + rows
        for check in checks.warnings(numbers[split:]):
            counts.warnings[check.rule] = counts.warnings.get(check.rule, 0) + rows
    if malformed:
        told = f"case when {ERROR} like '%{sql.NO_ARRAY}' then {ERROR} else 'cannot be read' end"
        wrong = f"select {told}, count(*) from {staged.chunk} where {ERROR} is not null group by 1"
        for text, rows in engine.rows(wrong):
            counts.reasons[text] = counts.reasons.get(text, 0) + rows
    counts.read += read
    counts.quarantined += malformed + sum(row[-1] for row in found if row[0])
    counts.filtered += read - malformed - sum(row[-1] for row in found)


def is_posted(build: Build, source: str) -> str:
    """Condition that a record of a feed came in by the door."""
    by_door = build.context.project.sources[source].collect
    return f"{SOURCE_FILE} like '%/{DOOR_FILES}%'" if by_door else "false"


def _count_posted(build: Build, staged: Staged, posted: str, counts: FeedCounts) -> None:
    """Count the records that anybody could post: junk of strangers must not stop the load of the others."""
    read, malformed = build.engine.rows(f"select count(*), count({ERROR}) from {staged.chunk} where {posted}")[0]
    counts.posted += read
    counts.posted_quarantined += malformed


def _fatal(build: Build, staged: Staged) -> None:
    engine, checks = build.engine, staged.checks
    if not any(check.action == "fail" for check in checks.failing):
        return
    numbers = ", ".join(checks.failed.columns)
    found = engine.rows(f"select {numbers}, count(*) from {staged.rows} where {checks.fatal()} group by {numbers}")
    if not found:
        return
    key = build.dialect.names(build.contract.key)
    where = f"select {key}, _source_file, _source_row from {staged.rows} where {checks.fatal()} order by all limit 3"
    columns = [*build.contract.key, "_source_file", "_source_row"]
    samples = rules.examples(build.contract, columns, engine.rows(where), build.context.pseudonyms)
    raise GateError(
        f"{rows_break(sum(row[-1] for row in found))} {_told(checks, found)}; for example {samples}",
        where=build.table.name,
        hint="the table keeps its last good snapshot; fix the feed and run again",
    )


def _told(checks: Checks, found: list[tuple[int, ...]]) -> str:
    names = {c.rule: c.message for *words, _ in found for c in checks.reasons(words) if c.action == "fail"}
    return "; ".join(f"{rule} ({text})" for rule, text in names.items())
