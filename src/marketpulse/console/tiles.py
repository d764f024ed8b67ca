"""One number large, beside it what it was before and how it went."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from marketpulse.console.address import of_question
from marketpulse.console.charts.spark import Spark, spark
from marketpulse.console.words import COMPARED
from marketpulse.errors import MarketPulseError
from marketpulse.metrics.compiling import split
from marketpulse.metrics.metric import Metric, parts
from marketpulse.metrics.question import Question, Span
from marketpulse.metrics.showing import change_written, written
from marketpulse.serving.desk import Look
from marketpulse.serving.metrics import Answer, Line

#: What one day stands beside.
_OF_A_DAY = {
    "previous": "the day before",
    "week": "same weekday last week",
    "same-weekday": "same weekday last year",
}
#: Days that a small line shows.
_TREND = "28d"

Tone = Literal["good", "bad", "even"]


@dataclass(frozen=True)
class Chip:
    """A change: what it says, whether that is good, and what it is a change of."""

    text: str
    tone: Tone
    words: str
    was: str = ""


@dataclass(frozen=True)
class Tile:
    """A number of a metric in one currency, and what stands around it."""

    label: str
    about: str
    value: str
    unit: str
    href: str
    chips: list[Chip] = field(default_factory=list)
    trend: Spark | None = None
    mark: str | None = None
    target: str = ""
    compared: bool = False


def chip(metric: Metric, change: float | None, words: str, was: str = "") -> Chip | None:
    """A change in words; None where there is nothing to compare with."""
    if change is None:
        return None
    text = change_written(change)
    if text == "0.0 %":
        return Chip("no change", "even", words, was)
    return Chip(f"{'▲' if change > 0 else '▼'} {text.lstrip('+-')}", tone(metric, change), words, was)


def tone(metric: Metric, change: float | None) -> Tone:
    """Whether a change is good, where the metric says which way is."""
    if not change or not metric.better:
        return "even"
    return "good" if (change > 0) == (metric.better == "up") else "bad"


def tiles(look: Look, answer: Answer, compared: Answer, with_trend: bool = True) -> list[Tile]:
    """A tile each metric and currency; what is the same beside every currency stands once.

    `compared` is the same question beside other days, of those of its days that are whole.
    """
    beside = _beside(look, compared)
    trend = _trend(look, answer) if with_trend else None
    found = []
    apart = split([part for metric in answer.metrics for part in parts(metric)])
    for index, metric in enumerate(answer.metrics):
        alike = apart.isdisjoint(part.name for part in parts(metric))
        for line in answer.lines[: 1 if alike else None]:
            chips = [made for words, other in beside.items() if (made := _chip(metric, index, line, other, words))]
            tile = _tile(metric, index, line)
            if len(answer.lines) > 1 and not alike and metric.unit != "money":  # as orders of each currency are
                tile = replace(tile, label=f"{metric.label}, {line.currency}")
            trending = _spark(metric, index, line, trend)
            found.append(replace(tile, chips=chips, compared=bool(compared.compared), trend=trending))
    return found


def _tile(metric: Metric, index: int, line: Line) -> Tile:
    unit = (line.currency or "") if metric.unit == "money" else ""
    href = of_question(Question((metric.name,), span=Span(last=_TREND), grain="day", compare="previous"))
    goal = metric.target.target if metric.target else None
    target = f"target {written(metric, goal)}" if goal is not None else ""
    value = written(metric, line.values[index])
    return Tile(metric.label, metric.description, value, unit, href, mark=line.mark, target=target)


def _beside(look: Look, answer: Answer) -> dict[str, Answer]:
    """The same number beside other days, by what these are; nothing where there are none."""
    period, how = answer.period, answer.question.compare
    if period is None or how is None:
        return {}
    is_day = period.days == 1 and not answer.left_out
    words = _OF_A_DAY if is_day else COMPARED
    found = {words.get(how, how): answer}
    for other in ("week", "same-weekday") if is_day else ():
        if other != how:
            found[words[other]] = look.ask(replace(answer.question, compare=other))
    return found


def _chip(metric: Metric, index: int, line: Line, other: Answer, words: str) -> Chip | None:
    same = next((each for each in other.lines if each.currency == line.currency), None)
    if same is None or not same.before:
        return None
    if same.withheld and (why := same.withheld[index]) and same.before[index] is not None:
        return Chip("not compared", "even", words, why)
    words = f"{words}, without {other.left_out}" if other.left_out else words
    return chip(metric, same.changes[index], words, written(metric, same.before[index]))


def _trend(look: Look, answer: Answer) -> Answer | None:
    """The last days up to the newest; None for what has no days."""
    question = answer.question
    try:
        return look.ask(Question(question.metrics, span=Span(last=_TREND), grain="day", where=question.where))
    except MarketPulseError:
        return None


def _spark(metric: Metric, index: int, line: Line, trend: Answer | None) -> Spark | None:
    if trend is None:
        return None
    days = [each for each in trend.lines if each.currency == line.currency]
    values = [None if each.values[index] is None else float(each.values[index] or 0) for each in days]
    texts = [f"{written(metric, each.values[index])} on {each.period}" for each in days]
    return spark(values, texts, [trend.doubt(each) is None for each in days])
