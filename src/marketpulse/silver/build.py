"""Bronze -> silver: map, type, check, merge by key; whole buckets are replaced, one commit a table.

new bronze rows -> from_<feed>.sql -> typed and checked -> quarantine
                                                        -> merged with the touched buckets -> commit
"""

from __future__ import annotations

from collections.abc import Sequence

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, GateError, MarketPulseError, QueryError, ValueStopsError
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import pieces
from marketpulse.names import BATCH_KEY, DOOR_FILES, ERROR, LANDED, LINEAGE, PREFIX, SOURCE_FILE
from marketpulse.project.table import Table
from marketpulse.run import rules
from marketpulse.run.context import Context
from marketpulse.run.readable import readable, written
from marketpulse.run.report import FeedCounts, TableReport
from marketpulse.run.unfolding import unfold
from marketpulse.run.work import Work
from marketpulse.silver import rejects
from marketpulse.silver.building import Build, Staged
from marketpulse.silver.checks import ENDS, Checks, share_gate, silver_checks
from marketpulse.silver.keeping import keep, removed_gate
from marketpulse.silver.kept import Kept
from marketpulse.silver.merge import merge_staged
from marketpulse.units import rows_break


def build_silver(context: Context, work: Work) -> TableReport:
    """Bring a silver table up to date. Raise GateError when a gate says the load must stop."""
    build = start(context, work.table, work.rebuild)
    build.gated = not work.rebuild or work.taken_back
    try:
        for name in work.inputs:
            for chunk in pieces(work.new_files(name), context.chunk_rows):
                with context.engine.scope():
                    types = context.project.sources[name.split(".")[1]].with_optional(work.inputs[name].types)
                    rows = context.engine.bind("chunk", types, [file.path for file in chunk])
                    staged = add_rows(build, name, unfold(context, work.table, name, rows, types))
                    build.rejected += rejects.write(build, staged)
                context.progress.advance(work.table.name, sum(f.rows for f in chunk))
        for counts in build.counts.values():
            read, quarantined = counts.read - counts.posted, counts.quarantined - counts.posted_quarantined
            share_gate(build.contract, counts.source, read, quarantined, counts.reasons)
        warnings = check_table(build)
    except MarketPulseError:
        # What a load that is stopped would have kept out stays in bronze: the next one sees it again.
        rejects.forget(build.rejected)
        raise
    rejects.record(context, work.table.name, build.rejected, rebuilt=work.rebuild)
    return publish(build, work.state(), work.reason, warnings)


def start(context: Context, table: Table, rebuild: bool) -> Build:
    """Open the table for building; in a rebuild from nothing."""
    contract = table.contract
    types = {**contract.types, **LINEAGE}
    key, said = contract.key, contract.said
    target = context.lake.ensure(contract.name, types, contract.partition, key, anew=rebuild, said=said)
    buckets = Buckets(target.files(), start_empty=rebuild)
    return Build(context, table, target, buckets, kept=Kept() if rebuild else Kept.of(target.state), rebuild=rebuild)


def check_table(build: Build) -> dict[str, int]:
    """Check what the whole table must be on the build; the warnings that fired. Raise GateError."""
    removed_gate(build)
    contract, engine = build.contract, build.engine
    whole = [rule for rule in contract.rules if rule.query]
    if not whole and not contract.unique:
        return {}
    with engine.scope():
        rows = engine.bind("whole_table", build.target.types, [file.path for file in build.buckets.files()])
        rules.check_unique(engine, contract, rows)
        return rules.check_table_rules(engine, contract, whole, rows)


def publish(build: Build, state: dict[str, str], reason: str | None, warnings: dict[str, int]) -> TableReport:
    """Make the build visible in one commit."""
    added, dropped = build.buckets.added(), build.buckets.dropped()
    summary = {BATCH_KEY: build.context.run_id}
    for counts in build.counts.values():
        summary |= counts.summary()
    if build.counts:
        state = state | {PREFIX + "last-load": build.context.run_id}
    state = state | keep(build)
    build.context.lake.commit(build.target, added, dropped, state, summary)
    fired = {*warnings, *(rule for counts in build.counts.values() for rule in counts.warnings)}
    return TableReport(
        build.table.name,
        "built",
        reason,
        rows=build.buckets.rows(),
        rows_written=sum(file.rows for file in added),
        buckets=len({file.bucket for file in (*added, *dropped)}),
        feeds=list(build.counts.values()),
        warnings=warnings,
        told=rules.told(build.table.contract, fired),
    )


def add_rows(build: Build, bronze: str, chunk: View) -> Staged:
    """Map, check and merge the rows `chunk` of a bronze table, unfolded; what became of each."""
    staged = _stage(build, bronze, chunk)
    counts = build.counts.setdefault(staged.source, FeedCounts(staged.source))
    _count(build, staged, counts)
    merge_staged(build, staged, counts)
    return staged


def _stage(build: Build, bronze: str, chunk: View) -> Staged:
    """Write the rows typed and marked; of rejected ones also the record as it landed."""
    engine, dialect, contract = build.engine, build.dialect, build.contract
    record = _landed_columns(build, bronze)
    view = readable(build.context, build.table, bronze, chunk, record, record)
    try:
        checks, paths = _marked(build, bronze, view, list(record.values()), tolerant=not dialect.is_strict)
    except QueryError as error:
        raise _refused(build, bronze, error) from error
    except ValueStopsError:
        # Once more, slower: what stops the engine is one row's problem.
        checks, paths = _marked(build, bronze, view, list(record.values()), tolerant=True)
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
    build: Build, bronze: str, rows: View, names: Sequence[str], tolerant: bool
) -> tuple[Checks, Sequence[str]]:
    """Map and check the `rows` that could be read, with the columns `names` of the record; the files of the result."""
    dialect = build.dialect
    # The records of a JSON feed were checked when they landed.
    json = build.context.project.sources[bronze.split(".")[1]].reader.json_columns
    how = written(build.context, build.table, bronze, _landed_columns(build, bronze))
    carried = [*LINEAGE, *names, *map(sql.mark_of, how)]
    query = sql.carry(build.table.queries[bronze].mapping, carried, bronze, json=json)
    query, unfit = sql.tolerant(query, bronze, dialect) if tolerant else (query, None)
    mapped = sql.translate(query, dialect, {bronze: rows.name})
    checks = silver_checks(build.contract, mapped, dialect, [dialect.name(name) for name in names], unfit, how)
    return checks, build.engine.write(checks.query, build.scratch("staged"))


def _landed_columns(build: Build, bronze: str) -> dict[str, str]:
    """Columns of a landed record, and what they are called beside those of the table."""
    table = build.context.lake.find(bronze)
    assert table is not None  # noqa: S101 - its rows are here
    return {name: f"_raw_{name}" for name in table.types if name not in (*LINEAGE, *LANDED)}


def _count(build: Build, staged: Staged, counts: FeedCounts) -> None:
    """Add this piece's numbers to `counts`. Raise GateError when a row breaks a rule whose action is `fail`."""
    engine, checks = build.engine, staged.checks
    read, malformed = engine.rows(f"select count(*), count({ERROR}) from {staged.chunk}")[0]
    columns = ", ".join(checks.columns)
    found = engine.rows(f"select {columns}, count(*) from {staged.rows} group by {columns}")
    if build.context.project.sources[staged.source].collect:
        _count_posted(build, staged, counts)
    _fatal(build, staged)
    split = len(checks.failed.columns)
    for *numbers, rows in found:
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


def _count_posted(build: Build, staged: Staged, counts: FeedCounts) -> None:
    """Count the rows that anybody could post: junk of strangers must not stop the load of the others."""
    posted = f"{SOURCE_FILE} like '%/{DOOR_FILES}%'"
    read, malformed = build.engine.rows(f"select count(*), count({ERROR}) from {staged.chunk} where {posted}")[0]
    first = staged.checks.columns[0]
    found = f"select count(*) from {staged.rows} where {posted} and {first} <> 0"
    counts.posted += read
    counts.posted_quarantined += malformed + build.engine.rows(found)[0][0]


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
    samples = [", ".join(str(value) for value in row) for row in engine.rows(where)]
    raise GateError(
        f"{rows_break(sum(row[-1] for row in found))} {_told(checks, found)}; for example {' | '.join(samples)}",
        where=build.table.name,
        hint="the table keeps its last good snapshot; fix the feed and run again",
    )


def _told(checks: Checks, found: list[tuple[int, ...]]) -> str:
    names = {c.rule: c.message for *words, _ in found for c in checks.reasons(words) if c.action == "fail"}
    return "; ".join(f"{rule} ({text})" for rule, text in names.items())
