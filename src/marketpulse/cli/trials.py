"""What becomes of a file that is tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from marketpulse.authoring.trial import SHOWN
from marketpulse.cells import called, plain
from marketpulse.cli.hints import completed
from marketpulse.cli.problems import problem
from marketpulse.cli.render import console, table, to_json
from marketpulse.landing.formats import format_called
from marketpulse.serving.masking import STEWARD
from marketpulse.visible import visible

if TYPE_CHECKING:
    from marketpulse.authoring.trial import Row, TableTrial, Trial

_LONG = 200
_DOCUMENT = (("the record", "raw"), ("what is around it", "envelope"), ("its place in an array", "_item"))
_STYLE = {"accepted": "green", "quarantined": "bold red"}


def trial_report(found: Trial, as_json: bool) -> None:
    """The columns, what was read, and for each table the numbers, the reasons and the first rows."""
    if as_json:
        columns = [{"header": header, "column": name} for header, name in _columns(found)]
        to_json(plain(found) | {"columns": columns, "ok": found.ok})
        return
    if found.columns:
        table("Columns", ("in the file", "column"), _columns(found))
    for sentence in found.reading:
        console.print(sentence, markup=False, highlight=False)
    for each in found.blocked:
        problem("blocked", f"{each['file']}: {each['message']}", each["hint"])
    for each in found.warnings:
        problem("warning", f"{each['file']}: {each['message']}", each["hint"])
    bad = f", {found.malformed:,} of them cannot be read" if found.malformed else ""
    console.print(f"{found.file}: {found.read:,} records, read as the feed {found.feed} says{bad}", markup=False)
    for tried in found.tables:
        _table(tried)
    if found.masked:
        problem("note", "values that are, or may be, personal are not shown", STEWARD)
    if not found.tables and not found.blocked:
        hint = f"say what its rows mean: silver/<table>/from_{found.feed}.sql"
        problem("note", f"no silver table reads {found.feed}", hint)
    if found.ok and found.tables and found.lands:
        told = f"next: put it where the feed looks, {found.lands}, then {completed('marketpulse run')}"
        console.print(told, markup=False, highlight=False, soft_wrap=True)


def _columns(found: Trial) -> Sequence[tuple[str, str]]:
    """What the file calls its columns, and what SQL does; a document has none: SQL reads it whole (docs/sources.md)."""
    return _DOCUMENT if found.columns and format_called(found.format).columns_given else found.columns


def _table(found: TableTrial) -> None:
    if found.message:
        problem("blocked", f"{found.table}: {found.message}", found.hint)
        return
    numbers = ("accepted", "deduplicated", "quarantined", "filtered")
    told = " + ".join(f"{getattr(found, name):,} {name}" for name in numbers)
    console.print(f"{found.table}: {found.read:,} read = {told}\n", markup=False)
    if found.stopped:
        problem("blocked", f"{found.table}: a run would stop here: {found.stopped}", found.hint)
    if found.reasons:
        reasons = sorted(found.reasons.items(), key=lambda reason: (-reason[1], reason[0]))
        table("Why rows are rejected", ("rows", "reason"), [(count, reason) for reason, count in reasons], (0,))
    if found.warnings:
        table("Warnings", ("rows", "rule"), [(count, rule) for rule, count in found.warnings.items()], (0,))
    if found.rows:
        several = len({row.file for row in found.rows}) > 1
        lines = [(_place(row, several), *_told(row, found.key)) for row in found.rows]
        more = " and more that are rejected" if len(found.rows) > SHOWN else ""
        table(f"The first records{more}, in {found.table}", ("row", "becomes", "with"), lines)


def _place(row: Row, several: bool) -> str:
    item = f".{row.item}" if row.item is not None else ""
    return (f"{row.file.rpartition('/')[2]} " if several else "") + f"{row.row}{item}"


def _told(row: Row, key: Sequence[str]) -> tuple[Text, Text]:
    # What tells rows apart is no quantity.
    texts = ((name, visible(str(value)) if name in key else called(value, name)) for name, value in row.values.items())
    values = ", ".join(f"{name} {text}" if name else text for name, text in texts)
    text = f"{values[:_LONG]}…" if len(values) > _LONG else values
    why = "; ".join(row.reasons)
    style = _STYLE.get(row.became, "yellow")
    told = Text(visible(why) + "\n", style) + Text(text, "dim") if why else Text(text)
    return Text(row.became, style), told
