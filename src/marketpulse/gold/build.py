"""Silver and gold -> gold: find what changes reach, compute it, audit, publish in one commit.

Whole buckets; of a table that comes apart, where it is known whose rows changed, just the rows of those values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

from sqlglot import exp

from marketpulse import sql
from marketpulse.engines import NO_IDS
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, QueryError, ValueStopsError
from marketpulse.gold.audit import audit
from marketpulse.gold.casts import telling, typed
from marketpulse.gold.reach import reach
from marketpulse.gold.renew import refuse_others, renew
from marketpulse.gold.steps import WHOLE, Step, steps
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import Bucket, FileRef, LakeTable
from marketpulse.names import BATCH_KEY
from marketpulse.project.contract import Contract, InputRule
from marketpulse.run.changed import came_alone, commit
from marketpulse.run.context import Context
from marketpulse.run.report import TableReport
from marketpulse.run.rules import told
from marketpulse.run.work import Work, shifted


@dataclass(frozen=True)
class _Into:
    """Where files of a step go, each part's in a `folder` of their own, and the field ids of their columns."""

    folder: Callable[[], str]
    partition: str | None = None
    ids: Mapping[str, int] = field(default_factory=lambda: NO_IDS)


def build_gold(context: Context, work: Work) -> TableReport:
    """Bring a gold table up to date. Raise GateError when its audit fails; nothing becomes visible then."""
    contract = work.table.contract
    target = context.lake.ensure(
        contract.name, contract.types, contract.partition, contract.key, anew=work.rebuild, said=contract.said
    )
    found = reach(context, work)
    build = Buckets(target.files(), start_empty=found.whole is None)
    todo = list(steps(context, work, found))
    context.progress.start(contract.name, len(todo))
    for number, step in enumerate(todo):
        if step.values:
            paths = _compute(context, work, step, _Into(partial(context.staging, contract.name, "renewed")))
            refuse_others(context, contract, step.values, paths)
            renew(context, target, build, step.buckets, step.values, paths)
        else:
            into = _Into(partial(context.folder, contract.name, number), contract.partition, target.ids(contract.types))
            paths = _compute(context, work, step, into)
            build.replace([] if step.others else step.buckets, context.describe(target, paths))
        context.progress.advance(contract.name, 1)
    warnings = audit(context, contract, target, build)
    added, dropped = build.added(), build.dropped()
    commit(context, target, build, work.state(), {BATCH_KEY: context.run_id})
    return TableReport(
        contract.name,
        "built",
        work.reason,
        rows=build.rows(),
        rows_written=sum(file.rows for file in added),
        buckets=len({file.bucket for file in (*added, *dropped)}),
        values=found.values.count(context) if found.values else 0,
        warnings=warnings,
        told=told(contract, warnings),
    )


def _compute(context: Context, work: Work, step: Step, into: _Into) -> list[str]:
    """Run the model for some buckets, in as many parts as bound its memory, and write them; nothing is visible yet."""
    contract, engine = work.table.contract, context.engine
    model = work.table.queries["model"]
    files = {name: _read(contract, work.inputs.get(name), step) for name in model.inputs}
    parts = _parts(context, contract, files)
    paths: list[str] = []
    for part in range(parts):
        with engine.scope():
            views = {name: _bind(context, work, name, files[name], step, (part, parts)).name for name in model.inputs}
            paths += _written(context, work, step, into, views)
    return paths


def _written(context: Context, work: Work, step: Step, into: _Into, views: Mapping[str, str]) -> list[str]:
    """Files of a model over what its inputs are bound as. Raise DefinitionError for what the engine refuses."""
    contract, engine, model = work.table.contract, context.engine, work.table.queries["model"]
    try:
        found = typed(engine, contract, sql.translate(model.query, engine.dialect, views))
        query = found.query(None if step == WHOLE else _within(context, found.bucket, step))
    except QueryError as error:
        told = f"the engine refuses it: {error.message.splitlines()[0]}"
        raise sql.refusal(told, error.hint, node=model.query, path=model.path) from error
    try:
        with telling(found, model):
            return engine.write(query, into.folder(), into.partition, ids=into.ids)
    except ValueStopsError as error:
        raise _of_column(context, work, query, error) from error


def _of_column(context: Context, work: Work, query: str, error: ValueStopsError) -> DefinitionError:
    """The error, at the column of the model that cannot be computed: each is asked for alone."""
    model, dialect = work.table.queries["model"], context.engine.dialect
    stopped: exp.Expr | None = None
    for column in model.query.selects:
        try:
            context.engine.rows(f"select count({dialect.name(column.alias_or_name)}) from ({query}) as one")
        except ValueStopsError:
            stopped = column
            break
    what = f"column {stopped.alias_or_name}" if stopped else "a value"
    reason = error.message.splitlines()[0].partition("Error: ")[2] or error.message
    hint = "take a wider type, as cast(… as decimal(38, 4)), or leave out or bound what is too large"
    return sql.refusal(f"{what} cannot be computed: {reason}", hint, node=stopped or model.query, path=model.path)


def _bind(context: Context, work: Work, name: str, files: list[FileRef], step: Step, part: tuple[int, int]) -> View:
    """Make an input readable; where it comes apart, only the rows of one part (its number, of how many).

    Of a step of some values it is their rows.
    """
    engine, rule = context.engine, work.table.contract.input_rule(name)
    found = work.inputs.get(name)
    types = found.types if found else context.project.table(name).contract.types
    # Planning a scan costs as much as it has columns: those that the model cannot read are left out.
    read = {
        *((rule.apart, rule.column) if rule and rule.apart else ()),
        *sql.mentioned(work.table.queries["model"].query, name, types),
    }
    kinds = {column: kind for column, kind in types.items() if column in read} or types
    rows = engine.bind("input", kinds, [file.path for file in files])
    if rule is None or not rule.apart:
        return rows
    rows = _theirs(context, work, rule, step, kinds, rows)
    if part[1] == 1:
        return rows
    return engine.define("part", f"select * from {rows} where {engine.dialect.in_part(rule.apart, *part)}")


def _theirs(context: Context, work: Work, rule: InputRule, step: Step, kinds: Mapping[str, str], rows: View) -> View:
    """Of a step of some values their `rows` of an input, written once: they may be read often."""
    engine, values, apart = context.engine, step.values, rule.apart
    if values is None or apart is None:
        return rows
    came = came_alone(context, work, rule.table, kinds, apart, values.bound(context))
    theirs = values.within(context, came or rows, apart)
    if came and rule.column:
        theirs += f" and {_among(context, f'r.{engine.dialect.name(rule.column)}', _reads(rule, step))}"
    return engine.once("theirs", kinds, theirs, context.staging(work.table.name, "theirs"))


def _parts(context: Context, contract: Contract, files: Mapping[str, list[FileRef]]) -> int:
    """In how many parts a step is computed: each reads about `chunk_rows` rows of the inputs that come apart."""
    apart = [name for name in files if (rule := contract.input_rule(name)) and rule.apart]
    rows = sum(file.rows for name in apart for file in files[name])
    return max(1, math.ceil(rows / context.chunk_rows))


def _within(context: Context, bucket: str, step: Step) -> str:
    return _among(context, bucket, step.buckets, "not in" if step.others else "in")


def _among(context: Context, column: str, buckets: Collection[Bucket], way: str = "in") -> str:
    values = ", ".join(context.engine.dialect.text(str(bucket)) for bucket in sorted(buckets, key=str))
    return f"cast({column} as string) {way} ({values})"


def _read(contract: Contract, found: LakeTable | None, step: Step) -> list[FileRef]:
    """Files of one input that a step needs."""
    if found is None:
        return []
    rule = contract.input_rule(found.name)
    if step == WHOLE or rule is None or rule.column is None:
        return found.files()
    if step.others:
        return []
    wanted = _reads(rule, step)
    return [file for file in found.files() if file.bucket in wanted]


def _reads(rule: InputRule, step: Step) -> set[Bucket]:
    """Buckets of an input that a step reads."""
    return shifted(set(step.buckets), rule.before, rule.after)
