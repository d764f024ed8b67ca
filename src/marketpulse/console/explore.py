"""Explore: one question about metrics, whose address is all of its state."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.cells import member
from marketpulse.console.address import question_of
from marketpulse.console.asking import form, known
from marketpulse.console.bars import lengths
from marketpulse.console.elsewhere import as_command, as_python
from marketpulse.console.files import as_csv, as_excel, as_json
from marketpulse.console.page import page
from marketpulse.console.picture import pictures
from marketpulse.console.tiles import Tile, tiles, tone
from marketpulse.errors import UsageError
from marketpulse.metrics.metric import CURRENCY, Metric, parts
from marketpulse.metrics.question import Question, Span
from marketpulse.metrics.showing import change_written, written
from marketpulse.serving.desk import Look
from marketpulse.serving.metrics import Answer, Line

_MOST_ROWS = 500
_RATIOS = "Made of two metrics"


@dataclass
class Grid:
    """The lines of an answer as a table: what they are of, their numbers, bars of the first."""

    heads: list[str]
    columns: list[str]
    rows: list[tuple[list[str], list[tuple[str, str]], float | None, str]] = field(default_factory=list)
    more: int = 0


def show(request: Request) -> Response:
    """The page: all metrics, or one question with its answer."""
    with request.app.state.desk.look() as look:
        if not request.query_params.get("metric"):
            return _list(request, look)
        given: dict[str, Any] = {"form": form(look, request.query_params), "asked": request.query_params}
        try:
            answer = look.ask(_asked(request, look))
        except UsageError as error:
            return page(request, "explore.html", 400, title="Explore", error=error, answer=None, **given)
        given |= _answered(look, answer, request)
        return page(request, "explore.html", title=_title(answer), error=None, **given)


def as_file(request: Request) -> Response:
    """The rows of an answer, as CSV, as Excel or as JSON like `marketpulse metric --json`."""
    with request.app.state.desk.look() as look:
        answer = look.ask(_asked(request, look))
    if request.url.path.endswith(".json"):
        return as_json(answer.plain())
    name = "-".join(metric.name for metric in answer.metrics)[:60]
    write = as_excel if request.url.path.endswith(".xlsx") else as_csv
    return write(answer.columns, [list(row.values()) for row in answer.rows()], name)


def _asked(request: Request, look: Look) -> Question:
    """The question of an address. Its form always says days: what has none is asked for without, and that is told."""
    question = question_of(request.query_params)
    made = [part for metric in known(look, question.metrics) for part in parts(metric)]
    is_of_now = bool(made) and not any(part.time for part in made)
    return replace(question, span=Span()) if is_of_now else question


def _list(request: Request, look: Look) -> Response:
    """Every metric of the project whose name, synonyms or description have what is looked for."""
    wanted = request.query_params.get("q", "").lower()
    every = look.project.metrics[0].metrics.values()
    found: dict[str, list[Metric]] = {}
    for metric in every:
        if wanted in " ".join((metric.name, metric.label, metric.description, *metric.synonyms)).lower():
            found.setdefault(_source(metric), []).append(metric)
    if ratios := found.pop(_RATIOS, None):
        found[_RATIOS] = ratios
    return page(request, "metrics.html", title="Explore", groups=found, q=wanted, all=len(every))


def _source(metric: Metric) -> str:
    return getattr(metric, "source", "") or _RATIOS


def _answered(look: Look, answer: Answer, request: Request) -> dict[str, Any]:
    question = answer.question
    return {
        "answer": answer,
        "tiles": _whole(look, answer),
        "pictures": pictures(answer),
        "grid": _grid(answer),
        "notes": [*_of_now(answer), *answer.notes, *answer.doubts()[:5]],
        "query": request.url.query,
        "elsewhere": (as_command(question), as_python(question), answer.query),
    }


def _of_now(answer: Answer) -> list[str]:
    return [] if answer.period else [f"{_title(answer)}: of now, whatever days are chosen"]


def _title(answer: Answer) -> str:
    by = f" by {', '.join(name.replace('_', ' ') for name in answer.question.by)}" if answer.question.by else ""
    return ", ".join(metric.label for metric in answer.metrics) + by


def _whole(look: Look, answer: Answer) -> list[Tile]:
    """The numbers of the whole period, where the answer is cut into its days and nothing else."""
    question: Question = answer.question
    if question.by or question.rolling:
        return []
    whole = look.ask(replace(question, grain=None, share=False, top=None)) if question.cut else answer
    plain = look.ask(replace(whole.question, compare=None)) if whole.left_out else whole
    return tiles(look, plain, whole, with_trend=False) if len(whole.lines) <= 4 else []


def _grid(answer: Answer) -> Grid:
    has_currency = any(line.currency for line in answer.lines)
    heads = [answer.question.cut] if answer.question.cut else []
    heads += [name for name in answer.question.by if name != CURRENCY]
    heads += [CURRENCY] if has_currency else []
    columns: list[str] = []
    for metric in answer.metrics:
        columns += [metric.label, *(["before", "change"] if answer.compared else [])]
        columns += ["share"] if answer.question.share else []
    found = Grid([name.replace("_", " ") for name in heads], columns)
    kept = answer.lines[:_MOST_ROWS]
    bars = lengths([line.values[0] for line in kept], [line.currency for line in kept])
    for line, bar in zip(kept, bars, strict=True):
        names = [str(line.period)] if answer.question.cut else []
        names += [member(each) for each in line.members]
        names += [line.currency or ""] if has_currency else []
        found.rows.append((names, list(_cells(answer, line)), bar, answer.doubt(line) or ""))
    found.more = len(answer.lines) - len(kept)
    return found


def _cells(answer: Answer, line: Line) -> list[tuple[str, str]]:
    """Texts of a line, each with its tone."""
    found: list[tuple[str, str]] = []
    for index, metric in enumerate(answer.metrics):
        found.append((written(metric, line.values[index]), ""))
        if answer.compared:
            change = line.changes[index]
            found.append((written(metric, line.before[index]), "dim"))
            found.append((change_written(change), tone(metric, change)))
        if answer.question.share:
            found.append((change_written(line.shares[index]).removeprefix("+"), "dim"))
    return found
