"""A person goes: from bronze, from all that is made of it, and from every kept snapshot.

    who        names of the person, one leading to another
    intent     their hashes are on the list: from here on whoever comes next finishes what this began
    bronze     the records go; their ids are written down first, so that a kill forgets none
    silver     rows made of them go, rows that had lost to them come back; the same for the quarantine
    gold       is brought up to date, as by any run
    before     older snapshots go, with their files, manifests and metadata; words in reports and in the run ledger too

Names are only needed for the first step. All others ask the list, so they can be done again: after a kill, and in a
warehouse that was restored from a backup.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from marketpulse import flow
from marketpulse.bronze.ledger import taken_back
from marketpulse.errors import UsageError
from marketpulse.names import FLOW_RUNS, LANDED_FILES, QUARANTINE
from marketpulse.people import audit, finding
from marketpulse.people.erased import Erased, Name
from marketpulse.people.finding import Found
from marketpulse.people.named import Records
from marketpulse.people.pending import refuse_unknown
from marketpulse.people.words import listed
from marketpulse.privacy import forgetting, landed, tracing
from marketpulse.privacy.alone import wait_for_others
from marketpulse.privacy.mentions import Mention, mentions
from marketpulse.privacy.tracing import Trace
from marketpulse.project import personal
from marketpulse.run.context import Context
from marketpulse.run.owner import refuse_another
from marketpulse.storage import places
from marketpulse.upkeep.purge import purge


@dataclass(frozen=True)
class Asked:
    """Who is meant: names of one kind; with `only` no others that these lead to."""

    kind: str
    texts: tuple[str, ...]
    reason: str = ""
    only: bool = False


@dataclass
class Erasure:
    """What would go, or went: names of the person, rows of each table, and what is left for somebody to do.

    `shared` are names beside the person's that are of others as well. `landed` are files of the landing zone that hold
    the person, `mentions` texts of other rows, `waits` tables that could not be built without the person, and why.
    """

    number: int | None = None
    names: tuple[Name, ...] = ()
    shared: tuple[Name, ...] = ()
    tables: list[Trace] = field(default_factory=list)
    landed: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    waits: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing of the person is left anywhere that is known."""
        return not (self.landed or self.mentions or self.waits or self.problems)


def look(context: Context, who: Asked) -> Erasure:
    """What an erasure would take; nothing is changed."""
    names = tracing.asked(context, who.kind, who.texts)
    with tracing.looked_at(context) as feeds:
        found = tracing.person(context, feeds, names, who.only)
        gone = tracing.gone(context, feeds, found.names)
        files = {file for feed in feeds for file in landed.holding(context, feed, gone[feed.bronze].both)}
        traces = tracing.traces(context, gone, found.names)
        doubts = [*_doubts(context, feeds, names, gone)]
    told = (tuple(sorted(found.names)), tuple(sorted(found.shared)))
    return Erasure(None, *told, traces, sorted(files), problems=[*doubts, *_elsewhere(context, files)])


def erase(context: Context, who: Asked, delete_landed: bool = False) -> Erasure:
    """Erase people. Raise UsageError for what cannot be asked, ConcurrentError while a run is at work."""
    names = tracing.asked(context, who.kind, who.texts)
    if not who.reason.strip():
        raise UsageError("why?", hint="--reason 'request of 3 March, ticket 4711'; it is kept, so let it name nobody")
    if not context.settings.erasures_place:
        what = "nothing says where the list of erased people is kept"
        raise UsageError(what, hint="setting erasures: a folder, or s3://bucket/prefix, that every job may read")
    refuse_another(context)
    wait_for_others(context)
    erased = Erased.read(context.settings.erasures_place)
    refuse_unknown(context, erased)
    with forgetting.looked_at(context) as feeds:
        found = tracing.person(context, feeds, names, who.only)
        gone = tracing.gone(context, feeds, found.names, erased)
        traces = tracing.traces(context, gone, found.names)
        tracing.refuse_named(who.reason, found.names)
        erased = erased.begin(who.kind, found.names)
        hashes = tuple(sorted(erased.keyring.keyed(*name) for name in names))
        audit.note(context, "erase", who.reason, hashes, number=erased.number, rows={t.table: t.rows for t in traces})
        result = Erasure(erased.number, tuple(sorted(found.names)), tuple(sorted(found.shared)), traces)
        result.problems += _doubts(context, feeds, names, gone)
        files = _forgotten(context, erased, feeds, gone)
    return _done(context, erased, result, files, delete_landed)


def erase_again(context: Context, delete_landed: bool = False) -> Erasure:
    """Erase everybody on the list: what a kill left, what a backup brought back."""
    refuse_another(context)
    wait_for_others(context)
    erased = Erased.read(context.settings.erasures_place)
    if not erased.number:
        raise UsageError("nobody was ever erased from this warehouse", where=erased.place or None)
    refuse_unknown(context, erased)
    audit.note(context, "erase again", number=erased.number)
    files = _forgotten(context, erased, (), {})
    return _done(context, erased, Erasure(erased.number), files, delete_landed)


def _forgotten(context: Context, erased: Erased, feeds: Sequence[Records], gone: Mapping[str, Found]) -> set[str]:
    """Bronze and silver forget everybody on the list; landed files that hold them.

    What was found already is taken as it is, where bronze is still the same.
    """
    wait_for_others(context, begun=True)  # a run that began before the intent was written down did not see it
    if feeds and forgetting.is_as_seen(context, feeds):
        return forgetting.forget(context, erased, feeds, gone) | erased.landed
    with forgetting.looked_at(context) as anew:
        return forgetting.forget(context, erased, anew, tracing.gone(context, anew, (), erased)) | erased.landed


def _done(context: Context, erased: Erased, result: Erasure, files: set[str], delete_landed: bool) -> Erasure:
    """Every step behind silver: each may have been done before."""
    names = listed(erased, personal.kinds(context.project))
    result.waits = _built(context)
    forgetting.redact(context, names)
    result.problems += list(_purged(context))
    if not result.waits:
        forgetting.forget_ids(context)
    told = {name for name in files if not names.said(name)}  # the list names nobody
    erased.finish(sorted(result.waits), told)
    if delete_landed:
        stay = landed.delete(context, landed.lying(context, files))
        result.problems += [f"{name} was not deleted: {why}" for name, why in stay.items()]
        result.problems += landed.forget_versions(context, files - {*stay})
    result.mentions = mentions(context, result.names)
    context.unstage()  # names, too: a store would keep a version of what goes later
    result.problems += forgetting.forget_versions(context)
    result.landed = sorted(landed.lying(context, files))
    result.problems += _elsewhere(context, files)
    return result


def _purged(context: Context) -> Iterator[str]:
    """Only what each table is now stays of it; what hinders that."""
    for name in forgetting.tables(context):
        if (problem := purge(context, name).problem) is not None:
            yield f"{name}: {problem}"


def _built(context: Context) -> dict[str, str]:
    """Bring up to date what is made of bronze; tables that could not be, with the reason."""
    report = flow.run(context, flow.Options(stages=frozenset({"silver", "gold"}), erasing=True))
    reached = {*personal.reached(context.project), *context.project.broken}
    stopped = [t for t in report.tables if t.status not in ("built", "up to date") and t.name in reached]
    return {table.name: table.message or table.reason or table.status for table in stopped}


def _doubts(
    context: Context, feeds: Sequence[Records], names: Collection[Name], gone: Mapping[str, Found]
) -> Iterator[str]:
    """What may be of the person as well."""
    for kind, text in sorted(finding.alike(context, feeds, names)):
        yield f"there is {kind} {text}, written otherwise: who is that too is asked for by that name as well"
    for bronze, found in gone.items():
        if found.doubtful:
            what = f"{found.doubtful:,} records of {bronze} that nobody can read say a name of less than four letters"
            yield f"{what}: whether they are of them is not known; marketpulse forget FILE --reason … takes them out"


def _elsewhere(context: Context, told: Collection[str]) -> Iterator[str]:
    """What no erasure reaches, for a person to look at."""
    yield from _unknown(context)
    yield from _set_aside(context)
    yield from _taken_back(context)
    landing = context.settings.landing_place
    if not places.is_remote(landing) and not Path(landing).is_dir():
        yield f"there is no landing zone {landing}: whether files in it hold them is not known; say --landing"
    else:
        yield from landed.not_in(context, told)


def _taken_back(context: Context) -> Iterator[str]:
    for name in sorted(landed.lying(context, taken_back(context))):
        yield f"{name} was taken back and lies in the landing zone: whether it holds them is not known; remove it"


def _unknown(context: Context) -> Iterator[str]:
    project = context.project
    known = {*project.tables, *project.broken, *(source.table for source in project.sources.values())}
    known |= {LANDED_FILES, FLOW_RUNS, QUARANTINE}
    for name in context.lake.names():
        if name not in known:
            yield f"{name} is no table of this project: whom it names is not known"
    for error in personal.out_of_reach(project):
        yield error.message


def _set_aside(context: Context) -> Iterator[str]:
    lost = Path(context.settings.local, ".lost")
    if context.settings.remote is None and lost.is_dir() and any(lost.iterdir()):
        yield f"{lost} has tables that were set aside by repair: remove it when they are not needed"
