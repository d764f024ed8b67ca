"""READ FIRST: the whole way of the data, in order.

    landing files --ingest--> bronze --silver--> silver --gold--> gold --> queries
                                       └──> quarantine

Each arrow is a function of the module it is named after. A run takes every feed, then every table in the order
of the project's graph. Whatever a step needs to know about the past it reads from the tables it builds; what became of
the run is written into the run ledger, for people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from marketpulse.bronze.ingest import count_new, ingest
from marketpulse.bronze.overdue import overdue
from marketpulse.bronze.streaming import standing
from marketpulse.errors import DefinitionError, EngineError, GateError, LostFileError, QueryError, UsageError
from marketpulse.gold.build import build_gold
from marketpulse.gold.reach import touched_buckets
from marketpulse.landing.files import entries
from marketpulse.people.pending import refuse_unerased
from marketpulse.project.source import Source
from marketpulse.project.table import Table
from marketpulse.run import ledger
from marketpulse.run.context import Context, again
from marketpulse.run.owner import refuse_another
from marketpulse.run.report import FeedReport, RunReport, TableReport
from marketpulse.run.validate import check_definitions
from marketpulse.run.work import Work, adopt, find_work
from marketpulse.silver.build import build_silver

_BUILDERS: dict[str, Callable[[Context, Work], TableReport]] = {"silver": build_silver, "gold": build_gold}
STAGES = ("ingest", "silver", "gold")


@dataclass(frozen=True)
class Options:
    """What a person asked of one run: tables (see `Project.select`), all anew, or nothing that surprises (`strict`).

    `take_over` goes on with the warehouse of another project.

    `stages` are the parts of the flow that run, of `STAGES`; all unless a job does one of them. `erasing` is for the
    erasure that is at work: no other run goes on beside it.
    """

    select: list[str] = field(default_factory=list)
    full_refresh: bool = False
    strict: bool = False
    take_over: bool = False
    stages: frozenset[str] = frozenset(STAGES)
    erasing: bool = False


def run(context: Context, options: Options) -> RunReport:
    """Bring everything that was selected up to date. One table that fails stops only what depends on it."""
    if not options.take_over:
        refuse_another(context)
    if not options.erasing:
        refuse_unerased(context, reads_bronze=bool(options.stages & {"ingest", "silver"}))
    wanted = [name for name in context.project.select(options.select) if name.split(".")[0] in options.stages]
    report = RunReport(context.run_id)
    with ledger.recorded(context, report):
        _run(context, options, wanted, report)
    return report


def _run(context: Context, options: Options, wanted: list[str], report: RunReport) -> None:
    """Feeds, then tables; what became of each is in `report` as soon as it is known."""
    began = time.monotonic()
    if options.strict:
        _refuse_surprises(context, wanted, options)
    if "ingest" in options.stages:
        for name in context.project.sources:
            report.feeds.append(_ingest(context, name, options.strict))
        report.unread = _unread(context)
    stopped: dict[str, str] = {}
    broken = [name for name in context.project.problems if name.startswith("bronze.")]
    if "ingest" not in options.stages:
        stopped |= dict.fromkeys(broken, "failed")
    for name in [*(name for name in broken if name not in stopped), *wanted]:
        result = _table(context, name, options.full_refresh, stopped)
        if result is None:
            continue
        if result.status in ("blocked", "failed", "skipped"):
            stopped[name] = result.status
        report.tables.append(result)
    report.seconds = time.monotonic() - began


def _unread(context: Context) -> list[str]:
    """What lies in the landing zone and is of no feed: a folder's name that is misspelt is a feed without news."""
    project = context.project
    known = {source.folder.split("/")[0] for source in project.sources.values()}
    known |= {name.removeprefix("bronze.") for name in project.problems}  # of those nobody knows where they land
    return [name for name in entries(context.settings.landing_place) if name.rstrip("/") not in known]


def _ingest(context: Context, name: str, strict: bool) -> FeedReport:
    began = time.monotonic()
    try:
        found = again(lambda: ingest(context, context.project.sources[name], strict))
    except LostFileError as error:  # of its bronze table, or of the ledger: no feed that does not need it waits
        told = {
            "file": error.where or context.project.sources[name].table,
            "message": error.message,
            "hint": error.hint,
        }
        return FeedReport(name, blocked=[told], seconds=time.monotonic() - began)
    blocked = [{"file": e.where, "message": e.message, "hint": e.hint} for e in found.blocked]
    refused = [{"file": r.name, "message": r.reason} for r in found.refused]
    numbers = (found.files, found.duplicates, found.records, found.malformed, found.erased)
    shifts = [{"file": s.file, "message": s.message, "hint": s.hint} for s in found.shifts]
    late = overdue(context, context.project.sources[name])
    report = FeedReport(name, *numbers, blocked, refused, shifts, empty=found.empty, overdue=late)
    report.doubts = [{"file": e.where, "message": e.message, "hint": e.hint} for e in found.doubts]
    report.together, report.newest, report.slices = found.together, found.newest, found.slices
    report.is_late, report.seconds = bool(late) and strict, time.monotonic() - began
    return report


def _table(context: Context, name: str, full: bool, stopped: Mapping[str, str]) -> TableReport | None:
    """Build one table, unless something it reads was stopped; None for what the platform writes itself."""
    errors = context.project.problems.get(name)
    if errors:
        return _undefined(name, DefinitionError.together(errors))
    table = context.project.tables[name]
    if table.contract.managed:
        return None
    cause = next((parent for parent in table.inputs if parent in stopped), None)
    if cause:
        return TableReport(name, "skipped", f"{cause} was {stopped[cause]}")
    return _build(context, table, full)


def _undefined(name: str, error: DefinitionError) -> TableReport:
    """The report of a table whose definitions are wrong."""
    advice = [error.hint] if error.hint else []
    if len(error.each) > 1:
        more = len(error.each) - 1
        advice.append(f"{more} more error{'s' * (more > 1)}: marketpulse validate")
    message = f"{error.where}: {error.message}" if error.where else error.message
    return TableReport(name, "failed", message=message, hint="; ".join(advice) or None, exit_code=error.exit_code)


def _build(context: Context, table: Table, full: bool) -> TableReport:
    """Build one table; what a person must know of a failure is in the report, not raised."""
    began = time.monotonic()
    try:
        result = again(lambda: _attempt(context, table, full))
    except GateError as error:
        result = TableReport(table.name, "blocked", message=error.message, hint=error.hint)
    except DefinitionError as error:
        result = _undefined(table.name, error)
    except QueryError as error:
        told = f"the engine refuses a query of {table.name}: {error.message.splitlines()[0]}"
        result = _undefined(table.name, DefinitionError(told, where=table.contract.path))
    except (EngineError, LostFileError) as error:
        told = f"{error.where}: {error.message}" if error.where else error.message
        code = error.exit_code if isinstance(error, LostFileError) else 0
        result = TableReport(table.name, "failed", message=told, hint=error.hint, exit_code=code)
    result.seconds = time.monotonic() - began
    context.progress.finish(table.name)
    return result


def _attempt(context: Context, table: Table, full: bool) -> TableReport:
    """Plan and build."""
    with context.lock(table.name), context.engine.scope():
        work = find_work(context, table, full)
        if work.reason is None:
            adopt(context, work)
            rows = sum(file.rows for file in work.current.files()) if work.current else 0
            return TableReport(table.name, rows=rows)
        if work.is_redefined:
            check_definitions(context.project, table, context.engine.local)
        total = sum(f.rows for n in work.feeds for f in work.new_files(n)) if table.contract.merge else 0
        context.progress.start(table.name, total)
        return _BUILDERS[table.contract.layer](context, work)


def plan(context: Context, options: Options) -> list[Work]:
    """What differs now between what each table was built from and what there is."""
    project = context.project
    tables = [project.tables[name] for name in project.select(options.select) if name not in project.problems]
    return [find_work(context, table, options.full_refresh) for table in tables if not table.contract.managed]


@dataclass(frozen=True)
class Forecast:
    """What a run would do to one table.

    `action` is nothing, build, rebuild, follow (its inputs change first) or fail (its definitions are wrong).
    """

    table: str
    action: str
    buckets: str
    reason: str


def forecast(context: Context, options: Options) -> list[Forecast]:
    """What a run would build, and why; nothing is changed, files still in the landing zone included."""
    if not options.take_over:
        refuse_another(context)
    forecasts = [coming for source in context.project.sources.values() for coming in _coming(context, source)]
    moving = {coming.table: coming.reason for coming in forecasts}
    for name, errors in context.project.problems.items():
        if name in context.project.select(options.select) or name.startswith("bronze."):
            forecasts.append(Forecast(name, "fail", "", str(errors[0])))
            moving[name] = "broken"
    for work in plan(context, options):
        name = work.table.name
        upstream = [parent for parent in work.table.inputs if parent in moving]
        if wrong := _refused(context, work):
            forecasts.append(Forecast(name, "fail", "", str(wrong)))
            moving[name] = "broken"
            continue
        if work.reason:
            forecasts.append(Forecast(name, "rebuild" if work.rebuild else "build", _which(context, work), work.reason))
        elif upstream:
            forecasts.append(Forecast(name, "follow", "those that change", "after " + ", ".join(upstream)))
        else:
            forecasts.append(Forecast(name, "nothing", "", ""))
            continue
        moving[name] = "built"
    return forecasts


def _coming(context: Context, source: Source) -> Iterator[Forecast]:
    """What a run would bring of a feed: files, and of its stream messages, or why none."""
    if count := count_new(context, source):
        yield Forecast(source.table, "append", "", f"{count:,} new files in {source.folder}/")
    if source.stream is None:
        return
    found = standing(context, source)
    if found.wrong:
        yield Forecast(source.table, "fail", "", str(found.wrong[0]))
    elif found.behind != 0:
        count_of = "perhaps new" if found.behind is None else f"{found.behind:,} new"
        yield Forecast(source.table, "append", "", f"{count_of} messages of {source.stream.title}")


def _refused(context: Context, work: Work) -> DefinitionError | None:
    """What a build would find wrong with the definitions of a table that was not built with them."""
    if work.is_redefined:
        try:
            check_definitions(context.project, work.table, context.engine.local)
        except DefinitionError as error:
            return error
    return None


def _which(context: Context, work: Work) -> str:
    """The buckets a build would replace, as far as they are known before it runs."""
    contract = work.table.contract
    if work.rebuild or contract.partition is None:
        return "all"
    if contract.layer == "silver":
        return "those of the new rows"
    found = touched_buckets(context, work)
    days = sorted(str(bucket) for bucket in found or ())
    return "all" if found is None else ", ".join(days) if len(days) <= 3 else f"{len(days)}: {days[0]} … {days[-1]}"


def _refuse_surprises(context: Context, wanted: list[str], options: Options) -> None:
    """Raise UsageError when a table would be rebuilt that nobody asked to rebuild."""
    for work in plan(context, Options(wanted, options.full_refresh)):
        if work.surprising:
            raise UsageError(
                f"{work.table.name} would be rebuilt: {work.reason}",
                hint=f"ask for it: marketpulse run --full-refresh --select {work.table.name}+",
            )
