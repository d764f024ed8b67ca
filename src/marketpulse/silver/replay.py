"""Quarantined rows, tried again: exactly the rows that a clean run would have had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import replace as changed

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.lake.buckets import Buckets
from marketpulse.names import ERROR, FINGERPRINT_KEY, INGEST_ID, QUARANTINE
from marketpulse.people.audit import note
from marketpulse.project.table import Table
from marketpulse.run import validate
from marketpulse.run.context import Context
from marketpulse.run.looking import heads_seen
from marketpulse.run.owner import refuse_another
from marketpulse.run.publish import publish as make_seen
from marketpulse.run.unfolding import unfold
from marketpulse.silver import quarantine
from marketpulse.silver.build import check_table, publish, start
from marketpulse.silver.building import Build, Staged
from marketpulse.silver.checks import FAILED
from marketpulse.silver.chosen import Chosen, expect
from marketpulse.silver.mapping import add_rows, check_rows
from marketpulse.silver.quarantine import Filter

_Step = Callable[[Context, Filter, View | None], "Replayed"]


@dataclass
class Replayed:
    """What became of the rows of one table: `passed` are in the table now, `failed` stay open.

    `problem` says why none was tried: the table, or what maps the feed, is not there or wrong.
    """

    table: str
    tried: int = 0
    passed: int = 0
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True)
class _Trial:
    """Rows of one feed for one table that are tried: what is closed (`ids`), and their records as the feed has them."""

    table: Table
    bronze: str
    ids: View
    chunk: View


def replay(context: Context, where: Filter, expected: Chosen | None = None) -> list[Replayed]:
    """Map, check and merge the open rows that match, from bronze, with the definitions as they are now.

    The table first, then quarantine: a crash between the two leaves rows open whose second replay adds nothing. The
    audit trail says what was done. Raise UsageError where the rows are not those that somebody `expected`; what is
    rejected after that is not tried.
    """
    refuse_another(context)
    rows = _looked_at(context, where, expected)
    done: list[Replayed] = []
    try:
        for each in _pairs(context, where, rows):
            with context.lock(each.table or ""), context.engine.scope():
                done.append(_told(context, each, rows, _replay_one))
    finally:  # what was merged before one that could not be is merged
        make_seen(context, {QUARANTINE, *(each.table for each in done if not each.problem)})
        passed: dict[str, int] = {}
        for found in done:
            passed[found.table] = passed.get(found.table, 0) + found.passed
        note(context, "replay", rows=passed)
    return done


def rehearse(context: Context, where: Filter, expected: Chosen | None = None) -> list[Replayed]:
    """What `replay` would say, found by mapping and checking the rows; nothing is merged or closed.

    A row that passes may still lose to a newer one of its key, or be refused by a rule of the whole table.
    """
    refuse_another(context)
    rows = _looked_at(context, where, expected)
    done = []
    for each in _pairs(context, where, rows):
        with context.engine.scope():
            done.append(_told(context, each, rows, _rehearse_one))
    return done


def _looked_at(context: Context, where: Filter, expected: Chosen | None) -> View | None:
    """The rows that match at one moment, which are those that somebody `expected`: no lock is held over all tables."""
    rows = quarantine.matching(context, where)
    expect(context, rows, expected)
    if rows is None:
        return None
    names = ("quarantine_id", "table_name", "source")
    paths = context.engine.write(f"select {', '.join(names)} from {rows}", context.staging(QUARANTINE, "replayed"))
    return context.engine.bind("looked_at", dict.fromkeys(names, "string"), paths)


def _pairs(context: Context, where: Filter, rows: View | None) -> list[Filter]:
    """The rows, by table and feed."""
    if rows is None:
        return []
    pairs = context.engine.rows(f"select distinct table_name, source from {rows} order by all")
    return [changed(where, table=table, source=source) for table, source in pairs]


def _told(context: Context, where: Filter, rows: View | None, step: _Step) -> Replayed:
    """What a step did; what it cannot map is its problem, and not that of the others."""
    try:
        return step(context, where, rows)
    except (DefinitionError, UsageError) as error:
        return Replayed(where.table or "", problem=str(error))


def _replay_one(context: Context, where: Filter, rows: View | None) -> Replayed:
    trial = _trial(context, where, rows)
    if trial is None:
        return Replayed(where.table or "")
    build = start(context, trial.table, rebuild=False)
    staged = add_rows(build, trial.bronze, trial.chunk)
    known = build.target.state
    state = {FINGERPRINT_KEY: known[FINGERPRINT_KEY]} if FINGERPRINT_KEY in known else {}
    publish(build, state, "replay", check_table(build))
    _close(context, trial.ids, staged)
    return _counted(build)


def _rehearse_one(context: Context, where: Filter, rows: View | None) -> Replayed:
    trial = _trial(context, where, rows)
    if trial is None:
        return Replayed(where.table or "")
    target = context.lake.find(trial.table.name)
    if target is None:
        raise UsageError(f"{trial.table.name} is not there yet", hint="marketpulse run makes it")
    build = Build(context, trial.table, target, Buckets(target.files()), heads=heads_seen(context, trial.table))
    check_rows(build, trial.bronze, trial.chunk)
    return _counted(build)


def _counted(build: Build) -> Replayed:
    """What became of the rows of the one feed of a build."""
    (counts,) = build.counts.values()
    passed = counts.read - counts.quarantined
    return Replayed(build.table.name, counts.read, passed, counts.quarantined, counts.reasons)


def _trial(context: Context, where: Filter, looked_at: View | None) -> _Trial | None:
    """The rows of one table and feed that are open still, unfolded; None where nothing is to be tried."""
    engine = context.engine
    table = context.project.table(where.table or "")
    source = where.source or ""
    _check(context, table, source)
    bronze = context.lake.find(f"bronze.{source}")
    rows = quarantine.matching(context, where)
    if bronze is None or rows is None:
        return None
    these = f"quarantine_id in (select quarantine_id from {looked_at})"
    wanted = f"select quarantine_id, ingest_id from {rows} where {these}"
    paths = engine.write(wanted, context.staging(table.name, f"replay-{source}"))
    ids = engine.bind("replayed", {"quarantine_id": "string", "ingest_id": "string"}, paths)
    types = context.project.sources[source].with_optional(bronze.types)
    landed = engine.bind("bronze", types, [file.path for file in bronze.files()])
    of_records = f"select {sql.record_id('ingest_id')} from {ids}"
    whole = engine.define("records", f"select * from {landed} where {INGEST_ID} in ({of_records})")
    unfolded = unfold(context, table, bronze.name, whole, types)
    # A record that had no array has elements by now, perhaps: they are of an id that is a whole record's.
    asked = [f"{number} in (select ingest_id from {ids})" for number in (INGEST_ID, sql.record_id(INGEST_ID))]
    chunk = engine.define("chunk", f"select * from {unfolded} where {' or '.join(asked)}")
    return _Trial(table, bronze.name, ids, chunk)


def _check(context: Context, table: Table, source: str) -> None:
    """Raise DefinitionError or UsageError when rows of a feed cannot be mapped as things are defined now."""
    name = f"bronze.{source}"
    if name in context.project.problems:
        raise DefinitionError.together(context.project.problems[name])
    if name not in table.queries or source not in context.project.sources:
        raise UsageError(f"nothing maps {name} to {table.name} any more", hint="discard the rows, or bring it back")
    validate.check_definitions(context.project, table, context.engine.local)


def _close(context: Context, ids: View, staged: Staged) -> None:
    """What passed is replayed; of the rest only the attempt counts, and what was closed meanwhile stays closed."""
    bad = context.engine.define(
        "still_bad",
        f"select {INGEST_ID} from {staged.rows} where {FAILED} <> 0 "
        f"union all select {INGEST_ID} from {staged.chunk} where {ERROR} is not null",
    )
    is_its = f"b.{INGEST_ID} = r.ingest_id or {sql.record_id(f'b.{INGEST_ID}')} = r.ingest_id"
    again = f"exists (select 1 from {bad} as b where {is_its})"
    with context.lock(QUARANTINE):
        quarantine.mark(context, f"select r.quarantine_id from {ids} as r where not {again}", "replayed")
        still = quarantine.matching(context, Filter())
        both = f"select r.quarantine_id from {ids} as r join {still} as s on s.quarantine_id = r.quarantine_id"
        quarantine.mark(context, f"{both} where {again}", "open", attempts=1)
