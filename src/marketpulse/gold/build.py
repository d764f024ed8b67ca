"""Silver and gold -> gold: find the touched buckets, compute them whole, audit, publish in one commit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from marketpulse import sql
from marketpulse.errors import GateError
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import Bucket, FileRef, LakeTable
from marketpulse.names import BATCH_KEY
from marketpulse.project.contract import Contract, InputRule
from marketpulse.project.project import CHANGE_RELATIONS
from marketpulse.run import rules
from marketpulse.run.context import Context
from marketpulse.run.report import TableReport
from marketpulse.run.work import Work, shifted

_CANDIDATE = "built"


@dataclass(frozen=True)
class Step:
    """Buckets that are computed together; with `others`, all buckets but these."""

    buckets: frozenset[Bucket]
    others: bool = False


WHOLE = Step(frozenset(), others=True)


def build_gold(context: Context, work: Work) -> TableReport:
    """Bring a gold table up to date. Raise GateError when its audit fails; nothing becomes visible then."""
    contract = work.table.contract
    target = context.lake.ensure(contract.name, contract.types, contract.partition, contract.key)
    touched = touched_buckets(context, work)
    build = Buckets(target.files(), start_empty=touched is None)
    steps = list(_steps(context, work, touched))
    context.progress.start(contract.name, len(steps))
    for number, step in enumerate(steps):
        paths = _compute(context, work, step, number)
        build.replace([] if step.others else step.buckets, context.lake.describe(target, paths))
        context.progress.advance(contract.name, 1)
    warnings = _audit(context, contract, target, build.added())
    added, dropped = build.added(), build.dropped()
    context.lake.commit(target, added, dropped, work.state(), {BATCH_KEY: context.run_id})
    return TableReport(
        contract.name,
        "built",
        work.reason,
        rows=build.rows(),
        rows_written=sum(file.rows for file in added),
        buckets=len({file.bucket for file in (*added, *dropped)}),
        warnings=warnings,
    )


def touched_buckets(context: Context, work: Work) -> set[Bucket] | None:
    """Buckets that the changes of the inputs reach; None for the whole table."""
    contract = work.table.contract
    if work.rebuild or contract.partition is None:
        return None
    touched: set[Bucket] = set()
    for name, changes in work.changed.items():
        if not changes.added and not changes.removed:
            continue
        rule = contract.input_rule(name)
        if rule is None:
            return None
        if rule.touches:
            touched |= _asked(context, work, rule)
        else:
            # Bucket b reads b - before … b + after, so input bucket d reaches d - after … d + before.
            touched |= shifted(changes.buckets, rule.after, rule.before)
    return touched


def _asked(context: Context, work: Work, rule: InputRule) -> set[Bucket]:
    """Buckets that the contract's own query gives for the changed rows of one input."""
    engine = context.engine
    types = work.inputs[rule.table].types
    changes = work.changed[rule.table]
    engine.bind("rows_after", types, [file.path for file in changes.added])
    engine.bind("rows_before", types, [file.path for file in changes.removed])
    engine.define("added", "select * from rows_after except all select * from rows_before")
    engine.define("removed", "select * from rows_before except all select * from rows_after")
    engine.define("changed", "select * from added union all select * from removed")
    query = sql.parse(rule.touches or "", work.table.contract.path)
    names = {name: _view(name) for name in sql.inputs(query, CHANGE_RELATIONS) if name not in CHANGE_RELATIONS}
    for name, view in names.items():
        found = work.inputs.get(name) or context.lake.find(name)
        files = found.files() if found else []
        types = found.types if found else context.project.table(name).contract.types
        engine.bind(view, types, [file.path for file in files])
    rows = engine.rows(sql.translate(query, engine.dialect, names))
    return {row[0] for row in rows if row[0] is not None}


def _steps(context: Context, work: Work, touched: set[Bucket] | None) -> Iterator[Step]:
    """What to compute together: in their own days, aligned inputs hold about `chunk_rows` rows for each step."""
    most = context.chunk_rows
    sizes = _sizes(work)
    if touched is None and (work.table.contract.partition is None or sum(sizes.values()) <= most):
        yield WHOLE
        return
    buckets: set[Bucket] = set()
    rows = 0
    for bucket in sorted(sizes if touched is None else touched, key=str):
        size = sizes.get(bucket, 0)
        if buckets and rows + size > most:
            yield Step(frozenset(buckets))
            buckets, rows = set(), 0
        buckets.add(bucket)
        rows += size
    if buckets:
        yield Step(frozenset(buckets))
    if touched is None:
        # Inputs that are read whole may have rows for buckets that no aligned input reaches.
        yield Step(frozenset(sizes), others=True)


def _sizes(work: Work) -> dict[Bucket, int]:
    """Rows of aligned inputs that each bucket's own day holds; its keys are all buckets they reach."""
    sizes: dict[Bucket, int] = {}
    for rule in work.table.contract.inputs:
        found = work.inputs.get(rule.table)
        if rule.column is None or found is None:
            continue
        for file in found.files():
            for bucket in shifted({file.bucket}, rule.after, rule.before):
                sizes[bucket] = sizes.get(bucket, 0) + (file.rows if bucket == file.bucket else 0)
    return sizes


def _compute(context: Context, work: Work, step: Step, number: int) -> list[str]:
    """Run the model for some buckets, in as many parts as bound its memory, and write them; nothing is visible yet."""
    engine = context.engine
    contract = work.table.contract
    model = work.table.queries["model"]
    views = {name: _view(name) for name in model.inputs}
    files = {name: _read(contract, work.inputs.get(name), step) for name in views}
    query = sql.translate(_cast(contract, model.query), engine.dialect, views)
    if step != WHOLE:
        query = f"select * from ({query}) as built where {_within(contract, step, engine.dialect)}"
    parts = _parts(context, contract, files)
    paths: list[str] = []
    for part in range(parts):
        for name in views:
            _bind(context, work, name, files[name], part, parts)
        paths += engine.write(query, context.folder(contract.name, number), contract.partition)
    return paths


def _bind(context: Context, work: Work, name: str, files: list[FileRef], part: int, parts: int) -> None:
    """Make an input readable; where it comes apart, only the rows of one part."""
    engine = context.engine
    found = work.inputs.get(name)
    types = found.types if found else context.project.table(name).contract.types
    rule = work.table.contract.input_rule(name)
    apart = rule.apart if rule and parts > 1 else None
    whole = f"{_view(name)}_whole" if apart else _view(name)
    engine.bind(whole, types, [file.path for file in files])
    if apart:
        engine.define(_view(name), f"select * from {whole} where {sql.in_part(apart, part, parts, engine.dialect)}")


def _parts(context: Context, contract: Contract, files: Mapping[str, list[FileRef]]) -> int:
    """In how many parts a step is computed: each reads about `chunk_rows` rows of the inputs that come apart."""
    apart = [name for name in files if (rule := contract.input_rule(name)) and rule.apart]
    rows = sum(file.rows for name in apart for file in files[name])
    return max(1, math.ceil(rows / context.chunk_rows))


def _within(contract: Contract, step: Step, dialect: str) -> str:
    values = [sql.text(str(bucket), dialect) for bucket in sorted(step.buckets, key=str)]
    return f"cast({contract.partition} as string) {'not in' if step.others else 'in'} ({', '.join(values)})"


def _read(contract: Contract, found: LakeTable | None, step: Step) -> list[FileRef]:
    """Files of one input that a step needs."""
    if found is None:
        return []
    rule = contract.input_rule(found.name)
    if step == WHOLE or rule is None or rule.column is None:
        return found.files()
    if step.others:
        return []
    wanted = shifted(set(step.buckets), rule.before, rule.after)
    return [file for file in found.files() if file.bucket in wanted]


def _audit(context: Context, contract: Contract, target: LakeTable, files: list[FileRef]) -> dict[str, int]:
    """Check rules and key on what was built; warnings that fired. Raise GateError for a rule that must hold."""
    engine = context.engine
    engine.bind(_CANDIDATE, target.types, [file.path for file in files])
    checks = rules.gold_row_checks(contract, engine.dialect)
    counted = ", ".join(f"count(*) filter (where {broken})" for _, broken in checks)
    counts = engine.rows(f"select {counted} from {_CANDIDATE}")[0] if checks else ()
    warnings: dict[str, int] = {}
    for (rule, broken), count in zip(checks, counts, strict=True):
        if count and rule.action == "fail":
            keys = f"select {', '.join(contract.key)} from {_CANDIDATE} where {broken}"
            raise _broken_rule(context, contract, f"{rule.name} ({rule.description})", count, keys)
        if count:
            warnings[rule.name] = count
    key = ", ".join(contract.key)
    again = f"select {key} from {_CANDIDATE} group by {key} having count(*) > 1"
    twice = engine.rows(f"select count(*) from ({again}) as again")[0][0]
    if twice:
        raise _broken_rule(context, contract, f"the primary key ({key}) is not unique", twice, again)
    table_rules = [rule for rule in contract.rules if rule.query]
    return warnings | rules.check_table_rules(engine, contract, table_rules, _CANDIDATE)


def _broken_rule(context: Context, contract: Contract, what: str, count: int, keys: str) -> GateError:
    """The error that names a few of the rows whose `keys` a query gives."""
    rows = context.engine.rows(f"{keys} order by all limit 3")
    samples = " | ".join(", ".join(str(value) for value in row) for row in rows)
    return GateError(
        f"{count:,} rows break {what}; for example {samples}",
        where=contract.name,
        hint="the table keeps its last good snapshot; what depends on it is skipped",
    )


def _view(name: str) -> str:
    return "input_" + name.replace(".", "_")


def _cast(contract: Contract, query: exp.Query) -> str:
    """The model with the contract's types cast onto every column, in Spark SQL."""
    spark = {"long": "bigint"}
    columns = ", ".join(f"cast({c} as {spark.get(t, t)}) as {c}" for c, t in contract.types.items())
    return f"select {columns} from ({query.sql('spark')}) as model"
