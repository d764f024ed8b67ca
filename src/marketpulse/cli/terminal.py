"""Consoles: whatever is printed on one steers no terminal, wherever the text came from."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

from marketpulse.visible import visible


def terminal(stderr: bool = False, soft_wrap: bool = False) -> Console:
    """A console whose colours are ours, and nothing else that steers it."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=soft_wrap)
    console.push_render_hook(_Visible())
    return console


class Trimmed:
    """What is printed without the blanks at the ends of its lines."""

    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines of what is inside."""
        for line in console.render_lines(self._inner, options, pad=False):
            while line and not line[-1].text.rstrip():
                line.pop()
            if line:
                text, style, control = line.pop()
                line.append(Segment(text.rstrip(), style, control))
            yield from line
            yield Segment.line()


class _Visible(RenderHook):
    """Passes on what is printed, with its text made visible. Control codes of the console's own are no text."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """See `RenderHook`."""
        return [_Cleaned(each) for each in renderables]


class _Cleaned:
    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The segments of what is inside."""
        yield from _cleaned(console.render(self._inner, options))


def _cleaned(segments: Iterable[Segment]) -> Iterable[Segment]:
    for text, style, control in segments:
        yield Segment(text, style, control) if control else Segment(visible(text), style)
