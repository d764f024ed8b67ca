"""A stream -> bronze, slice after slice: its rows and where the next one begins are one commit.

A slice is a delivery as a file is: it has a name, a row of the ledger, and what it brought can be taken back. What
hinders a stream from being read on stops its feed, and nothing of it is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from marketpulse.bronze.bringing import Feed, Ingested, Loaded, Moves, bring, row, without_erased
from marketpulse.bronze.consumed import Consumed, every
from marketpulse.bronze.deliveries import Delivery
from marketpulse.bronze.ledger import Ledger
from marketpulse.bronze.load import load_messages
from marketpulse.bronze.shapes import Shapes
from marketpulse.errors import EngineError, GateError, MarketPulseError
from marketpulse.lake.table import LakeTable
from marketpulse.landing.files import LandedFile
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.messages import Messages
from marketpulse.project.source import Source
from marketpulse.project.streamed import StreamModel
from marketpulse.run.context import Context
from marketpulse.run.owner import refuse_another
from marketpulse.run.retained import Retained
from marketpulse.streams.load import bounds, load_stream
from marketpulse.streams.stream import Found, Stream


@dataclass(frozen=True)
class Kept:
    """An open stream, as the source `said` it and the settings: a process that runs again need not open it anew."""

    said: StreamModel
    kafka: dict[str, str] = field(repr=False)
    stream: Stream


@contextmanager
def opened(context: Context, source: Source) -> Iterator[Stream]:
    """The stream of a feed. Raise GateError; one that failed is not kept."""
    assert source.stream  # noqa: S101 - who asks has looked
    kept = context.retained.take(Kept, source.name)
    if kept and (kept.said, kept.kafka) != (source.stream, context.settings.kafka):
        kept.stream.close()
        kept = None
    stream = kept.stream if kept else load_stream(source.stream, context.settings)
    try:
        yield stream
    except BaseException:
        stream.close()
        raise
    context.retained.put(source.name, kept or Kept(source.stream, context.settings.kafka, stream))


def consume(feed: Feed) -> None:
    """Bring what the stream of a feed holds now. What hinders it is told, and what came before that stays."""
    if feed.source.stream is None:
        return
    try:
        with opened(feed.context, feed.source) as stream:
            table = feed.context.lake.find(feed.source.table)
            consumed, found = Consumed.of(table), stream.look(every(table))
            if wrong := hindrances(feed.source, consumed, found):
                feed.report.blocked += wrong
            else:
                _slices(feed, stream, consumed, found)
    except (GateError, EngineError) as error:
        feed.report.blocked.append(_told(feed.source, error))


def may_have_more(retained: Retained, sources: Iterable[Source]) -> bool:
    """Whether a stream that was read before may have more by now; one that failed is tried when all is looked at."""
    for source in sources:
        if source.stream and (kept := retained.take(Kept, source.name)):
            retained.put(source.name, kept)
            if kept.stream.may_have_more():
                return True
    return False


@dataclass(frozen=True)
class Standing:
    """Where a feed is with its stream: read up to `consumed`, what was `found`, and what hinders it (`wrong`)."""

    source: Source
    consumed: Consumed
    found: Found | None
    wrong: list[GateError]

    @property
    def behind(self) -> int | None:
        """Messages that wait; None where nobody can tell."""
        counts = [*self.found.behind.values()] if self.found else [None]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None


def standing(context: Context, source: Source) -> Standing:
    """Look at the stream of a feed; nothing is read or changed."""
    table = context.lake.find(source.table)
    consumed = Consumed.of(table)
    try:
        with opened(context, source) as stream:
            found = stream.look(every(table))
    except GateError as error:
        return Standing(source, consumed, None, [_told(source, error)])
    return Standing(source, consumed, found, hindrances(source, consumed, found))


def accept(context: Context, source: Source, reason: str) -> Standing:
    """Let a stream be read on past what hinders it: what is gone is gone, another stream is taken from its beginning.

    The reason is kept with the positions. Where nothing hinders nothing changes.
    """
    refuse_another(context)
    with context.lock(source.table):
        ledger, now = Ledger(context, source), standing(context, source)
        if now.found is None or not now.wrong:
            return now
        moved = {each.part: each.position for each in now.found.troubles}
        positions = {part: at for part, at in {**now.found.positions, **moved}.items() if at is not None}
        told = {
            "at": ledger.moment,
            "reason": reason,
            "what": [each.message for each in now.wrong],
            "before": {"is": now.consumed.identity, "positions": now.consumed.positions},
        }
        after = replace(now.consumed, accepted=(*now.consumed.accepted, told)).at(now.found.identity, positions)
        report = Ingested(source.name)
        feed = Feed(context, source, ledger, Shapes(context.lake.find(source.table)), report, strict=False)
        bring(feed, [], [], Moves(now.consumed.before, after.state))
        return now


def hindrances(source: Source, consumed: Consumed, found: Found) -> list[GateError]:
    """Why a stream is not read on until a person accepts it."""
    said, where = source.stream, _where(source)
    assert said  # noqa: S101 - who asks has looked
    hint = f'once it is known why: marketpulse accept {source.name} --reason "…"'
    if consumed.identity and consumed.identity != found.identity:
        what = f"{said.title} is another one than was read: {found.identity}, before {consumed.identity}"
        return [GateError(what, where=where, hint=f"it was made anew, or another is named; {hint}")]
    return [GateError(each.message, where=where, hint=hint) for each in found.troubles]


def _where(source: Source) -> str:
    return f"{source.name}, {source.stream.title}" if source.stream else source.name


def _told(source: Source, error: MarketPulseError) -> GateError:
    """An error of a stream, as one of its feed."""
    at = f" at {error.where}" if error.where else ""
    return GateError(error.message, where=_where(source) + at, hint=error.hint)


def _slices(feed: Feed, stream: Stream, consumed: Consumed, found: Found) -> None:
    """Read to where the stream ended when it was looked at."""
    limits, now = bounds(feed.context.settings), consumed.at(found.identity, found.positions)
    called = consumed.called(feed.source.stream.name if feed.source.stream else "")
    is_last = False
    while not is_last:
        taken = stream.read(now.positions or {}, limits, called)
        now, is_last = now.at(found.identity, taken.positions), taken.is_last
        moves = Moves(consumed.before, now.state)
        if len(taken.messages):
            if not _bring(feed, taken.messages, taken.newest, moves):
                return
        elif now.state != consumed.state:
            bring(feed, [], [], moves)
        consumed = now


def _bring(feed: Feed, messages: Messages, newest: int, moves: Moves) -> bool:
    """Make the messages of a slice visible; False where they may not come in, which is told."""
    engine, delivery = feed.context.engine.local, _delivery(feed, messages, newest)
    with engine.scope():
        loaded: Sequence[Loaded] = [(delivery, load_messages(engine, delivery, messages))]
    fresh = without_erased(feed, list(loaded))
    if fresh:
        bring(feed, fresh, [row(*each, is_duplicate=False) for each in fresh], moves)
        feed.report.slices += 1
    return bool(fresh)


def _delivery(feed: Feed, messages: Messages, newest: int) -> Delivery:
    """The slice as if it were a file that lands now: a later one has a later name."""
    context, source, number = feed.context, feed.source, feed.report.slices + 1
    at = feed.ledger.moment  # 2026-02-01 07:30:00.123456
    digits = "".join(each for each in at if each.isdigit())
    name = f"{source.folder}/ingest_date={at[:10]}/hour={at[11:13]}/{SLICE}{digits}-{number:04d}.json"
    file = LandedFile("", name, messages.size, newest)
    table: LakeTable | None = context.lake.find(source.table)
    ids = table.ids(table.types) if table else {}
    folder = f"{context.folder(source.table, number)}/00000"
    limits = Limits(context.settings.record_mb * MB, context.settings.unpacked_mb * MB)
    return Delivery(source, file, folder, context.run_id, at, limits=limits, ids=ids)


#: How the names of slices begin.
SLICE = "stream-"
