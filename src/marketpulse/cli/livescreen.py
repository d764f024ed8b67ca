"""What a person sees of `live`: one calm picture on a terminal, a line an event elsewhere, JSON for machines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from marketpulse.units import seconds
from marketpulse.visible import visible, visible_json

if TYPE_CHECKING:
    from rich.console import Group
    from rich.live import Live

    from marketpulse.live.doorway import Doorway
    from marketpulse.live.supervisor import Watcher


class _Told(Protocol):
    def __call__(self, text: str) -> None:
        """Show a line."""
        ...


@contextmanager
def watching(as_json: bool, *, door: bool) -> Iterator[Watcher]:
    """Choose what fits standard output; `door` says whether there is one."""
    if as_json:
        yield Machines()
    elif not sys.stdout.isatty():
        yield Lines(lambda text: print(visible(text), flush=True))
    else:
        from rich.live import Live

        from marketpulse.cli.terminal import terminal

        with Live(console=terminal(), auto_refresh=False) as shown:
            yield Picture(shown, has_door=door)


class Machines:
    """Each event as a line of JSON, the door's numbers with each cycle."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def event(self, event: dict[str, Any]) -> None:
        """See `Watcher`."""
        door = {"door": self._counts} if event["event"] == "cycle" else {}
        print(visible_json(json.dumps({**event, **door}, ensure_ascii=False)), flush=True)

    def look(self, door: Doorway) -> None:
        """See `Watcher`."""
        self._counts = door.counts


class Lines:
    """A line for each cycle that brought something, and for what went wrong, once while it lasts."""

    def __init__(self, tell: _Told) -> None:
        self._tell = tell
        self._troubles: list[str] = []

    def event(self, event: dict[str, Any]) -> None:
        """See `Watcher`."""
        kind = event["event"]
        if kind == "opened":
            self._tell(f"open at {event['url']}")
        elif kind == "cycle":
            self._cycle(event)
        elif kind == "error":
            hint = f" ({event['hint']})" if event["hint"] else ""
            self._trouble([f"{event['message']}{hint}; the next cycle tries again", *_traceback(event)])
        elif kind in ("waiting", "died", "said"):
            self._tell(event["message"])

    def look(self, door: Doorway) -> None:
        """See `Watcher`."""

    def _cycle(self, event: dict[str, Any]) -> None:
        self._trouble(event["told"])
        if event["files"] or event["built"]:
            self._tell(f"{event['at'][11:19]} {brought(event)}; {behind(event)}")

    def _trouble(self, told: list[str]) -> None:
        for text in told:
            if text not in self._troubles:
                self._tell(text)
        self._troubles = told


class Picture:
    """The door, the last cycle and the headlines; what went wrong stands above, as lines that stay."""

    def __init__(self, shown: Live, *, has_door: bool = True) -> None:
        self._shown, self._has_door = shown, has_door
        self._lines = Lines(self._above)
        self._began = time.monotonic()
        self._cycle: dict[str, Any] | None = None
        self._headlines: list[dict[str, Any]] = []
        self._drawn = 0.0

    def event(self, event: dict[str, Any]) -> None:
        """See `Watcher`."""
        if event["event"] == "cycle":
            self._cycle = event
            self._headlines = event["headlines"] or self._headlines
            self._drawn = 0.0
            self._lines.event({**event, "files": 0, "built": 0})
        else:
            self._lines.event(event)

    def look(self, door: Doorway) -> None:
        """Draw anew, once a second."""
        if time.monotonic() - self._drawn >= 1.0:
            self._drawn = time.monotonic()
            self._shown.update(self._picture(door), refresh=True)

    def _above(self, text: str) -> None:
        self._shown.console.print(visible(text), markup=False, highlight=False)

    def _picture(self, door: Doorway) -> Group:
        from rich.console import Group
        from rich.text import Text

        lines = [_door(door, time.monotonic() - self._began)] if self._has_door else []
        shown: list[dict[str, Any]] = []
        if self._cycle:
            shown = self._headlines if self._cycle["behind_seconds"] is not None else []
            lines += [f"gold   {behind(self._cycle)}", f"cycle  {brought(self._cycle)}"]
        else:
            lines.append("gold   the first cycle is at work")
        return Group(*map(Text, lines), *map(_table, shown), Text("Ctrl-C ends it", "dim"))


def _door(door: Doorway, age: float) -> str:
    if not door.url:
        return "door   opens"
    counts = door.counts
    numbers = f"{door.rate:,.0f} events/s, {counts.get('kept', 0):,} kept"
    rejected = f", {counts['rejected']:,} rejected" if counts.get("rejected") else ""
    silent = "" if door.answers else ", does not answer"
    return f"door   {door.url}: {numbers}{rejected}{silent}; {age // 60:.0f}:{age % 60:02.0f}"


def behind(cycle: dict[str, Any]) -> str:
    """How far gold was behind when a cycle ended."""
    age = cycle["behind_seconds"]
    what = "no event yet" if age is None else f"newest event {seconds(age)} old"
    return f"{what}, {cycle['waiting']:,} segments wait"


def brought(cycle: dict[str, Any]) -> str:
    """What a cycle did."""
    took = f"{seconds(cycle['seconds'])} ({seconds(cycle['cpu_seconds'])} CPU)"
    return f"{cycle['cycle']:,}: {cycle['records']:,} records, {cycle['built']} tables in {took}"


def _traceback(event: dict[str, Any]) -> list[str]:
    return event["traceback"].splitlines() if "traceback" in event else []


def _table(headline: dict[str, Any]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if headline["problem"]:
        return Text(f"{headline['title']}: {visible(headline['problem'])}", "dim")
    table = Table(
        box=box.SIMPLE_HEAD, title=headline["title"], title_justify="left", title_style="bold", padding=(0, 1)
    )
    for number, column in enumerate(headline["columns"]):
        table.add_column(column.replace("_", " "), justify="left" if number == 0 else "right")
    for row in headline["rows"]:
        table.add_row(*(Text("–" if value is None else visible(str(value))) for value in row))
    return table
