"""A warehouse, opened from Python."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from marketpulse import flow
from marketpulse.lake.evolving import arrow_schema
from marketpulse.metrics.question import Question
from marketpulse.names import QUARANTINE
from marketpulse.project.kept import KeptProject
from marketpulse.python.result import Result
from marketpulse.run.context import Context, Silent
from marketpulse.run.opening import reading, refuse_no_landing, writing
from marketpulse.run.report import FailedRunError
from marketpulse.serving.masking import STEWARD
from marketpulse.serving.metrics import ask
from marketpulse.serving.query import Moment, no_table, readable, stream
from marketpulse.serving.rejected import rejected, seen
from marketpulse.serving.status import status
from marketpulse.settings import Settings, load_settings
from marketpulse.silver import quarantine
from marketpulse.sql import DUCKDB

if TYPE_CHECKING:
    from marketpulse.run.report import RunReport
    from marketpulse.serving.status import TableStatus

#: A time (UTC where it has no zone), or the id of a snapshot.
AsOf = str | int | date | datetime
_Day = str | date


def open(  # noqa: A001 - `marketpulse.open` is its name
    warehouse: str | os.PathLike[str] | None = None,
    *,
    project: str | os.PathLike[str] | None = None,
    landing: str | os.PathLike[str] | None = None,
    **settings: Any,
) -> Lakehouse:
    """Open a warehouse: a folder, or an `s3://` URI. What is not given is as `marketpulse.toml` and environment say.

    `project` is a folder, or the name of a pack; `landing` is where feeds land; `settings` are any others of
    docs/settings.md by name (`query_seconds=30`, `role="steward"`). Nothing is read yet, and nothing is held open.

    Raise UsageError for an unknown setting, or a value that it cannot have.
    """
    places = {"warehouse": warehouse, "project": project, "landing": landing}
    given = {name: os.fspath(place) for name, place in places.items() if place is not None}
    return Lakehouse(_fixed(load_settings(**given, **settings)))


def _fixed(settings: Settings) -> Settings:
    """The same places, wherever this process goes; a project that is no folder here is the name of a pack."""
    project = settings.project.absolute() if settings.project and settings.project.is_dir() else settings.project
    warehouse, landing = _absolute(settings.warehouse), _absolute(settings.landing)
    return replace(settings, warehouse=warehouse, landing=landing, project=project)


def _absolute(place: Path | str) -> Path | str:
    return place.absolute() if isinstance(place, Path) else place


@dataclass
class Lakehouse:
    """A warehouse that can be asked. Each call opens it, asks the last finished state, and closes it again.

    Inside of `with` all calls see one state, that of its beginning or of the last `run` in it:

        with marketpulse.open("warehouse") as lake:
            new, old = lake.table("gold.table").arrow(), lake.table("gold.other").arrow()

    Errors are `marketpulse.Error`, in the words of the command line. Any thread may ask.
    """

    settings: Settings
    _moment: Moment | None = field(default=None, init=False)
    _project: KeptProject = field(init=False)

    def __post_init__(self) -> None:
        self._project = KeptProject(self.settings.project)

    def _reading(self) -> AbstractContextManager[Context]:
        return reading(self.settings, read=self._project)

    def __enter__(self) -> Self:
        """Look at one state from here on."""
        with self._reading() as context:
            self._moment = Moment.now(context)
        return self

    def __exit__(self, *_: object) -> None:
        """Look at the newest state again."""
        self._moment = None

    def __repr__(self) -> str:
        """Where it is."""
        project = f", project={str(self.settings.project)!r}" if self.settings.project else ""
        return f"marketpulse.open({str(self.settings.warehouse)!r}{project})"

    def tables(self) -> list[str]:
        """Names of the tables that can be read, as `<layer>.<table>`."""
        with self._reading() as context:
            return [table.name for table in readable(context, self._moment or Moment.now(context))]

    def table(self, name: str, as_of: AsOf | None = None) -> Result:
        """All rows of a table, now or as they were. Raise UsageError for one that is not there."""
        with self._reading() as context:
            if name not in (known := context.lake.names()):
                raise no_table(name, known)
        query = f"select * from {'.'.join(map(DUCKDB.name, name.split('.')))}"
        return self._asked(name, query, as_of)

    def sql(self, query: str, as_of: AsOf | None = None) -> Result:
        """What one `select` over tables (`gold.daily`) gives (DuckDB's SQL), read-only and within limits."""
        return self._asked("query", query, as_of)

    def _asked(self, title: str, query: str, as_of: AsOf | None) -> Result:
        then, moment = None if as_of is None else _as_text(as_of), self._moment

        @contextmanager
        def answered() -> Iterator[pa.RecordBatchReader]:
            with self._reading() as context:
                yield stream(context, query, then, replace(moment, as_of=then) if moment else None)

        return Result(f"{title} as of {then}" if then else title, answered, query=query)

    def metric(
        self,
        *names: str,
        by: str | Sequence[str] = (),
        last: str | None = None,
        first_day: _Day | None = None,
        last_day: _Day | None = None,
        month: str | None = None,
        to_date: str | None = None,
        everything: bool = False,
        full: bool = False,
        grain: str | None = None,
        compare: str | None = None,
        where: str | None = None,
        rolling: int | None = None,
        share: bool = False,
        top: int | None = None,
    ) -> Result:
        """The values of metrics, by name or synonym: what `marketpulse metric` answers (docs/add-a-metric.md).

        Days are those of `last` ("28d", "4w", "3m", "1y" up to the newest day; default "28d"), `first_day` to
        `last_day`, a `month` ("2026-03"), `to_date` ("month", "mtd", …) or `everything`; `full` stops before a newest
        day that is not over. `grain` gives a line each day, week, month …, and "8w" with "week" is eight of them;
        `compare` sets "previous", "day", "week", "month", "year" or "same-weekday" beside; `where` is a condition over
        dimensions; `rolling` makes each day the value of so many days; `share` adds parts of the whole (0 to 1); `top`
        keeps the largest.

        Shares are fractions, durations seconds, amounts in the column `currency`. `incomplete` says why a line may not
        be whole.
        It is asked at once. Raise UsageError for what cannot be asked, DefinitionError for a metric that is wrong.
        """
        question = Question.of({
            "metrics": names, "by": by, "last": last, "first_day": first_day and str(first_day),
            "last_day": last_day and str(last_day), "month": month, "to_date": to_date, "everything": everything,
            "full": full, "grain": grain, "compare": compare, "where": where, "rolling": rolling, "share": share,
            "top": top,
        })  # fmt: skip
        with self._reading() as context:
            answer = ask(context, question, self._moment)
        metrics = {metric.name: metric for metric in answer.metrics}
        return Result.of(answer.title, answer.table(), notes=answer.notes, query=answer.query, metrics=metrics)

    def run(
        self,
        select: str | Sequence[str] = (),
        *,
        full_refresh: bool = False,
        strict: bool = False,
        take_over: bool = False,
        check: bool = True,
    ) -> RunReport:
        """Bring the selected tables (default: all) up to date, as `marketpulse run` does; what was done.

        Raise FailedRunError, with the report, when something was blocked or failed, unless `check` is off. Raise
        UsageError where the landing zone is not there, ConcurrentError when another process was faster.
        """
        refuse_no_landing(self.settings)
        options = flow.Options([select] if isinstance(select, str) else list(select), full_refresh, strict, take_over)
        with self.settings.privately(), writing(self.settings, _Waiting()) as context:
            report = flow.run(context, options)
            if self._moment:
                self._moment = Moment.now(context)
        if check and not report.ok:
            raise FailedRunError(report)
        return report

    def quarantine(
        self,
        *ids: str,
        table: str | None = None,
        source: str | None = None,
        rule: str | None = None,
        status: str = "open",
        limit: int = 1_000,
    ) -> Result:
        """Rejected rows, newest first: where they came from, `errors` (every reason, JSON), for stewards the record.

        `ids` are quarantine ids or their first letters, `status` is open, replayed, discarded or all. Raise UsageError
        for a table, feed or rule that is not there.
        """
        where = quarantine.Filter.of(table, source, rule, status, ids)
        with self._reading() as context:
            rows = rejected(context, where, limit)
            types = context.project.table(QUARANTINE).contract.types
            schema = arrow_schema({name: types[name] for name in seen(context)})
        notes = () if "raw_record" in schema.names else (f"the records themselves may name people; {STEWARD}",)
        return Result.of("quarantine", pa.Table.from_pylist(rows, schema), notes=notes)

    def status(self, table: str | None = None) -> list[TableStatus]:
        """Every table: rows, bytes, snapshots, what it has consumed; or one, with the rules that its rows break."""
        with self._reading() as context:
            return status(context, table)


class _Waiting(Silent):
    """Tells in the log for whom a run waits: whoever waits for nothing to be seen thinks it hangs."""

    def wait(self, message: str) -> None:
        logging.getLogger("marketpulse").warning(message)


def _as_text(as_of: AsOf) -> str:
    return as_of.isoformat() if isinstance(as_of, date) else str(as_of)
