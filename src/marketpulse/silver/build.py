"""Bronze -> silver: map, type, check, merge by key; whole buckets are replaced, one commit a table.

new bronze rows -> from_<feed>.sql -> typed and checked -> quarantine
                                                        -> merged with the touched buckets -> commit
"""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse import sql
from marketpulse.errors import GateError
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import FileRef
from marketpulse.names import BATCH_KEY, ERROR, LINEAGE, MALFORMED, PREFIX
from marketpulse.project.contract import Contract
from marketpulse.project.project import Table
from marketpulse.run import rules
from marketpulse.run.context import Context
from marketpulse.run.report import FeedCounts, TableReport
from marketpulse.run.rules import FAILED, WARNED, Checks
from marketpulse.run.work import Work
from marketpulse.silver.building import Build
from marketpulse.silver.merge import merge_staged
from marketpulse.silver.rejects import Rejected, record

CHUNK = "bronze_chunk"
BRONZE = "bronze_rows"
STAGED = "staged"


def build_silver(context: Context, work: Work) -> TableReport:
    """Bring a silver table up to date. Raise GateError when a gate says the load must stop."""
    build = start(context, work.table, work.rebuild)
    for name in work.inputs:
        files = work.new_files(name)
        for chunk in chunks(files, context.chunk_rows):
            context.engine.bind(CHUNK, work.inputs[name].types, [file.path for file in chunk])
            add_rows(build, name)
            context.progress.advance(work.table.name, sum(f.rows for f in chunk))
    for counts in build.counts.values():
        rules.share_gate(build.contract, counts.source, counts.read, counts.quarantined, counts.reasons)
    record(context, work.table.name, build.rejected, rebuilt=work.rebuild)
    return publish(build, work.state(), work.reason)


def start(context: Context, table: Table, rebuild: bool) -> Build:
    """Open the table for building; in a rebuild from nothing."""
    contract = table.contract
    types = {**contract.types, **LINEAGE}
    target = context.lake.ensure(contract.name, types, contract.partition, contract.key)
    return Build(context, table, target, Buckets(target.files(), start_empty=rebuild))


def publish(build: Build, state: dict[str, str], reason: str | None) -> TableReport:
    """Check the table's own rules, then make the build visible in one commit."""
    warnings = _table_rules(build)
    added, dropped = build.buckets.added(), build.buckets.dropped()
    summary = {BATCH_KEY: build.context.run_id}
    for counts in build.counts.values():
        summary |= counts.summary()
    if build.counts:
        state = state | {PREFIX + "last-load": build.context.run_id}
    build.context.lake.commit(build.target, added, dropped, state, summary)
    return TableReport(
        build.table.name,
        "built",
        reason,
        rows=build.buckets.rows(),
        rows_written=sum(file.rows for file in added),
        buckets=len({file.bucket for file in (*added, *dropped)}),
        feeds=list(build.counts.values()),
        warnings=warnings,
    )


def chunks(files: list[FileRef], most_rows: int) -> Iterator[list[FileRef]]:
    """Files in pieces of at most `most_rows` rows (a single larger file is its own piece)."""
    piece: list[FileRef] = []
    rows = 0
    for file in files:
        if piece and rows + file.rows > most_rows:
            yield piece
            piece, rows = [], 0
        piece.append(file)
        rows += file.rows
    if piece:
        yield piece


def add_rows(build: Build, bronze: str) -> None:
    """Map, check and merge the rows of bronze table `bronze` that are readable as `CHUNK`."""
    engine = build.context.engine
    record = _landed_columns(build, bronze)
    columns = "".join(f", {sql.name(column, engine.dialect)} as {kept}" for column, kept in record.items())
    engine.define(BRONZE, f"select *{columns} from {CHUNK} where {ERROR} is null")
    checks = _checks(build, bronze, list(record.values()))
    staged = engine.write(checks.query, build.scratch("staged"))
    types = {c: t for c, t in build.contract.types.items() if c in _given(build.contract)}
    types |= {**LINEAGE, FAILED: "long", WARNED: "long"} | dict.fromkeys(record.values(), "string")
    engine.bind(STAGED, types, staged, place=True)
    counts = build.counts.setdefault(bronze.split(".")[1], FeedCounts(bronze.split(".")[1]))
    bad = _count(build, checks, counts)
    if bad:
        build.rejected.append(_reject(build, checks, counts.source, record))
    merge_staged(build, STAGED, counts)


def _landed_columns(build: Build, bronze: str) -> dict[str, str]:
    """Columns of a landed record, and what they are called beside those of the table."""
    table = build.context.lake.find(bronze)
    assert table is not None  # noqa: S101 - its rows are here
    return {name: f"_raw_{name}" for name in table.types if name not in (*LINEAGE, ERROR, MALFORMED)}


def _given(contract: Contract) -> list[str]:
    """Columns that the SQL of a feed gives; the other two of a history are the platform's."""
    filled = {contract.history.valid_to, contract.history.is_current} if contract.history else set()
    return [name for name in contract.types if name not in filled]


def _checks(build: Build, bronze: str, record: list[str]) -> Checks:
    dialect = build.context.engine.dialect
    # The records of a JSON feed were checked when they landed.
    json = build.context.project.sources[bronze.split(".")[1]].reader.json_columns
    query = sql.carry(build.table.queries[bronze].query, [*LINEAGE, *record], bronze, json=json)
    mapped = sql.translate(query, dialect, {bronze: BRONZE})
    return rules.silver_checks(build.contract, mapped, dialect, record)


def _count(build: Build, checks: Checks, counts: FeedCounts) -> int:
    """Add this piece's numbers to `counts`; the number of rows that are quarantined, malformed ones included."""
    engine = build.context.engine
    read, malformed = engine.rows(f"select count(*), count({ERROR}) from {CHUNK}")[0]
    combined = engine.rows(f"select {FAILED}, {WARNED}, count(*) from {STAGED} group by 1, 2")
    mapped = sum(row[2] for row in combined)
    rejected = sum(row[2] for row in combined if row[0])
    _fatal(build, checks, combined)
    for failed, warned, rows in combined:
        for check in checks.reasons(failed):
            text = rules.describe(check)
            counts.reasons[text] = counts.reasons.get(text, 0) + rows
        for check in checks.warnings(warned):
            counts.warnings[check.rule] = counts.warnings.get(check.rule, 0) + rows
    if malformed:
        counts.reasons["cannot be read"] = counts.reasons.get("cannot be read", 0) + malformed
    counts.read += read
    counts.quarantined += rejected + malformed
    counts.filtered += read - malformed - mapped
    return int(rejected + malformed)


def _fatal(build: Build, checks: Checks, combined: list[tuple[int, int, int]]) -> None:
    """Raise GateError when a row breaks a rule whose action is `fail`."""
    mask = checks.fatal_mask()
    broken = sum(rows for failed, _, rows in combined if failed & mask)
    if not broken:
        return
    names = {c.rule: c.message for failed, *_ in combined for c in checks.reasons(failed & mask)}
    key = ", ".join(build.contract.key)
    where = f"select {key}, _source_file, _source_row from {STAGED} where ({FAILED} & {mask}) <> 0 order by all limit 3"
    samples = [", ".join(str(value) for value in row) for row in build.context.engine.rows(where)]
    raise GateError(
        f"{broken:,} rows break {'; '.join(f'{rule} ({text})' for rule, text in names.items())}; "
        f"for example {' | '.join(samples)}",
        where=build.table.name,
        hint="the table keeps its last good snapshot; fix the feed and run again",
    )


def _reject(build: Build, checks: Checks, source: str, record: dict[str, str]) -> Rejected:
    """Write the rejected rows of this piece to scratch, with the record as it was in bronze.

    Of what cannot be read there is no record, only the text.
    """
    engine = build.context.engine
    given = "".join(f"{kept} as {sql.name(column, engine.dialect)}, " for column, kept in record.items())
    lineage = ", ".join(LINEAGE)
    key = " || '/' || ".join(f"cast({name} as string)" for name in build.contract.key) or "null"
    nothing = "cast(null as string)"
    query = f"""
        select {given}{lineage}, {nothing} as {ERROR}, {nothing} as {MALFORMED}, {FAILED}, {key} as failed_key
        from {STAGED} where {FAILED} <> 0
        union all
        select {f"{nothing}, " * len(record)}{lineage}, {ERROR}, {MALFORMED}, cast(0 as bigint), {nothing}
        from {CHUNK} where {ERROR} is not null"""
    return Rejected(source, engine.write(query, build.scratch("rejected")), checks)


def _table_rules(build: Build) -> dict[str, int]:
    """Check the rules of the whole table on the build; the warnings that fired."""
    whole = [rule for rule in build.contract.rules if rule.query]
    if not whole:
        return {}
    engine = build.context.engine
    engine.bind("whole_table", build.target.types, [file.path for file in build.buckets.files()])
    return rules.check_table_rules(engine, build.contract, whole, "whole_table")
