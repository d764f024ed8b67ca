"""The questions an agent may ask: each opens the warehouse, looks at its last finished state, and closes it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any, TypeVar

from marketpulse.cells import plain
from marketpulse.errors import LimitError, UsageError
from marketpulse.metrics.described import described, with_word
from marketpulse.metrics.question import Question
from marketpulse.project.kept import KeptProject
from marketpulse.run.context import Context
from marketpulse.run.opening import reading
from marketpulse.serving.masking import Read
from marketpulse.serving.metrics import ask
from marketpulse.serving.noted import note_of
from marketpulse.serving.query import Moment, no_table, readable, stream
from marketpulse.serving.rejected import rejected
from marketpulse.serving.runs import runs
from marketpulse.serving.values import named
from marketpulse.settings import Settings
from marketpulse.silver.quarantine import Filter

#: Rows of one answer: what an agent is given it reads whole.
MOST_ROWS = 1_000
_MOST_RUNS = 100
#: Characters of the rows of a query.
_MOST_TEXT = 1_000_000
_Answer = TypeVar("_Answer")


class Asking:
    """A warehouse, asked by an agent. Personal columns are hidden as the setting `role` says."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._project = KeptProject(settings.project)

    def metrics(self, word: str = "") -> dict[str, Any]:
        """Metrics of the project, each defined once: name, meaning, unit, dimensions; only those that have a word."""
        definitions, wrong = self._project().metrics
        found = with_word(list(definitions.metrics.values()), word)
        return {"metrics": [described(each) for each in found], "not usable": [str(each) for each in wrong]}

    def metric(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The values of metrics, `asked` as `Question.of` takes it. Raise UsageError for what cannot be asked."""
        with self._open() as context:
            found = ask(context, Question.of(asked)).plain()
        return found | _cut(found["rows"], MOST_ROWS)

    def tables(self, layer: str = "") -> dict[str, Any]:
        """Tables that can be read, each with what a row of it is."""
        with self._open() as context:
            names = [each.name for each in readable(context, Moment.now(context)) if each.name.startswith(layer)]
            contracts = {name: context.contract(name) for name in names}
        told = [{"name": name, "a row is": said.grain if said else ""} for name, said in contracts.items()]
        return {"tables": told}

    def table(self, name: str) -> dict[str, Any]:
        """What a table promises: columns, key, rules, and what is not shown. Raise UsageError where there is none."""
        with self._open() as context:
            known = {each.name: each for each in readable(context, Moment.now(context))}
            if name not in known:
                raise no_table(name, list(known))
            said, types = context.contract(name), known[name].types
            away = Read(name, [*types], said).hidden if self._settings.is_masked else {}
        about = {column.name: column for column in said.columns} if said else {}
        columns = [
            {"name": column, "type": kind, "description": about[column].description if column in about else ""}
            | ({"not shown": away[column.lower()]} if column.lower() in away else {})
            for column, kind in types.items()
        ]
        more = {"purpose": said.purpose, "a row is": said.grain, "key": list(said.key)} if said else {}
        rules = [f"{rule.name}: {rule.description}" for rule in said.rules] if said else []
        return {"name": name, **more, "columns": columns, "rules": rules}

    def query(self, sql: str, limit: int = 100) -> dict[str, Any]:
        """What one select gives, within the limits of settings `query_…`. Raise UsageError, LimitError."""
        if not 1 <= limit <= MOST_ROWS:
            raise UsageError(f"limit is 1 to {MOST_ROWS:,} rows", hint="ask for sums instead of rows")
        rows: list[dict[str, Any]] = []
        with self._open() as context, stream(context, sql) as batches:
            note = note_of(batches.schema)
            for batch in batches:
                part = batch.slice(0, limit + 1 - len(rows))
                rows += _small(named(part))
                if len(rows) > limit:
                    break
        return _small(_cut(rows, limit)) | ({"note": note} if note else {})

    def runs(self, last: int = 10) -> dict[str, Any]:
        """The last runs, newest first: when, what became of each table, and why something was kept out."""
        if not 1 <= last <= _MOST_RUNS:
            raise UsageError(f"last is 1 to {_MOST_RUNS} runs")
        with self._open() as context:
            return {"runs": [asdict(run) for run in runs(context, last)]}

    def quarantine(self, table: str | None = None, limit: int = 20) -> dict[str, Any]:
        """Rejected rows that are open, newest first: where each came from and every reason."""
        if not 1 <= limit <= MOST_ROWS:
            raise UsageError(f"limit is 1 to {MOST_ROWS:,} rows")
        with self._open() as context:
            return {"rows": rejected(context, Filter.of(table, None, None, "open", ()), limit)}

    def _open(self) -> AbstractContextManager[Context]:
        return reading(self._settings, read=self._project)


def _small(answer: _Answer) -> _Answer:
    """The answer, or LimitError for one that nobody could read."""
    if len(json.dumps(plain(answer), default=str)) > _MOST_TEXT:
        told = f"the answer has more than {_MOST_TEXT:,} characters"
        raise LimitError(told, hint="ask for fewer rows or columns, or for a part: left(text, 200)")
    return answer


def _cut(rows: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """Rows up to a limit; that there were more is told."""
    more = {"cut": f"only the first {limit:,} rows: there are more"} if len(rows) > limit else {}
    return {"rows": rows[:limit], **more}
