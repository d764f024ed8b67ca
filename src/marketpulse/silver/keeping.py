"""The end of a load that removes rows: not too many of them, and what must be remembered goes with the commit."""

from __future__ import annotations

from collections.abc import Sequence

from marketpulse.engines.views import View
from marketpulse.errors import GateError
from marketpulse.lake.durable import flush
from marketpulse.names import SOURCE_FILE
from marketpulse.silver.building import Build
from marketpulse.silver.kept import CLAIM, KINDS, Kept, begun_types, gone_types, heard_types
from marketpulse.silver.removal import gone, lists, removes

#: So few rows say nothing about a delivery.
_HANDFUL = 5


def keep(build: Build) -> dict[str, str]:
    """Write what is remembered beside the table; the properties with which its commit names it."""
    known = Kept.of(build.target.state)
    if not removes(build):
        return Kept().state() if known.files else {}
    types = {**_of_rows(build), "claims": CLAIM}
    found = Kept()
    for kind in KINDS:
        paths: list[str] = getattr(build.kept, kind)
        if paths and paths != getattr(known, kind):
            with build.engine.scope():
                rows = build.engine.bind(kind, types[kind], paths)
                folder = build.context.folder(build.table.name, build.steps + 1)
                paths = build.engine.write(f"select * from {rows}", f"{folder}/{kind}")
        setattr(found, kind, paths)
    flush(found.files, build.context.lake.layout.warehouse)
    return found.state()


def _of_rows(build: Build) -> dict[str, dict[str, str]]:
    """What is remembered of single records, with its columns."""
    return {
        "gone": gone_types(build.contract),
        "heard": heard_types(build.contract),
        "begun": begun_types(build.contract),
    }


#: A history would have what a short list lacks end there, and begin again with the next.
_FORGET = " and under its name, or take it back (marketpulse forget <file>)"


def removed_gate(build: Build) -> None:
    """Raise GateError when too many rows would be gone of something that deliveries are whole of, or would end.

    That is a day, a file, or the whole table. A rebuild that somebody asked for, or for another definition, removes
    again what was removed, and is not stopped. One because rows of the feed went is: deliveries may be new to it, too.
    """
    if not build.gated or not removes(build):
        return
    with build.engine.scope():
        before, after = (
            build.engine.bind(label, build.types, [file.path for file in files])
            for label, files in (("before", build.buckets.dropped()), ("after", build.buckets.added()))
        )
        left = 0 if _within(build) else build.buckets.rows() - sum(file.rows for file in build.buckets.added())
        for rows, lost, *values in build.engine.rows(_shares(build, before, after)):
            if lost > _HANDFUL and lost / (rows + left) > build.contract.removed_share_limit:
                raise _too_many(build, lost, rows + left, values)


def _within(build: Build) -> tuple[str, ...]:
    """Columns that say what the deliveries of the table's feeds are whole of; none where that is everything."""
    found = [name for source in build.sources for name in source.terms.columns_in(build.contract)]
    is_file = any(source.terms.whole == "file" for source in build.sources)
    return tuple(dict.fromkeys([*found, *([SOURCE_FILE] if is_file else [])]))


def _too_many(build: Build, lost: int, rows: int, values: Sequence[object]) -> GateError:
    contract, names = build.contract, _within(build)
    where = "".join(f" of {name} {value}" for name, value in zip(names, values, strict=True))
    what = "rows" if not lists(build) else "current versions"
    return GateError(
        f"{lost:,} of {rows:,} {what}{where} would be gone "
        f"({lost / rows:.1%}, the limit is {contract.removed_share_limit:.1%})",
        where=contract.name,
        hint=f"land what was cut short again, whole{_FORGET if lists(build) else ''}. If it is right: raise "
        f"removedShareLimit in the contract, or once marketpulse run --full-refresh --select {contract.name}+",
    )


def _interrupted(build: Build, after: View) -> str:
    """Query for versions of a history that have ended, and at whose end no other of their entity begins."""
    history, n = build.contract.history, build.dialect.name
    assert history is not None  # noqa: S101 - whoever asks has looked
    ends, begins = n(history.valid_to), n(history.valid_from)
    same = " and ".join(f"s.{n(name)} = e.{n(name)}" for name in history.entity)
    return f"""select {", ".join(f"e.{n(name)}" for name in (*history.entity, history.valid_from))} from {after} as e
        left join {after} as s on {same} and s.{begins} = e.{ends}
        where e.{ends} is not null and s.{begins} is null"""


def _same_version(build: Build, other: str) -> str:
    history, n = build.contract.history, build.dialect.name
    assert history is not None  # noqa: S101 - whoever asks has looked
    return " and ".join(f"{other}.{n(name)} = b.{n(name)}" for name in (*history.entity, history.valid_from))


def _shares(build: Build, before: View, after: View) -> str:
    """Query for how many rows the load writes anew, and how many of them are in none after it, by `_within`."""
    n, history = build.dialect.name, build.contract.history
    key, current = build.contract.key, ""
    if history and lists(build):
        key, current = history.entity, n(history.is_current)
    same = " and ".join(f"a.{n(name)} = b.{n(name)}" for name in key)
    there = f"select 1 from {after} as a where {same}" + (f" and a.{current}" if current else "")
    within = "".join(f", b.{n(name)}" for name in _within(build))
    grouped = "".join(f", {n(name)}" for name in _within(build))
    stays = f"exists ({there})"
    if current:  # an entity that a short list lacked, and the next one has: it was away for a time
        stays += (
            f" and not exists (select 1 from ({_interrupted(build, after)}) as g where {_same_version(build, 'g')})"
        )
    if build.rebuild:  # what is nowhere any more went from the feed: no delivery took it out
        rows, same_gone = gone(build), " and ".join(f"g.{n(name)} = b.{n(name)}" for name in key)
        said = (
            f"exists (select 1 from {after} as a where {same}) or exists (select 1 from {rows} as g where {same_gone})"
        )
        stays = f"({stays} or not ({said}))"
    return f"""select count(*), count(case when not stays then 1 end) as gone{grouped} from (
            select {stays} as stays{within} from {before} as b
            {f"where b.{current}" if current else ""}
        ) as compared {f"group by {grouped[2:]}" if grouped else ""} order by gone desc{grouped}"""
