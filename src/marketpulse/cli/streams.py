"""Commands for feeds that a stream fills: streams, accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from marketpulse.cli.options import AsJson, ProjectDir, Wait, Warehouse, context

if TYPE_CHECKING:
    from marketpulse.bronze.streaming import Standing
    from marketpulse.project.project import Project
    from marketpulse.project.source import Source


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="streams")(streams)
    app.command(name="accept")(accept)


def streams(
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the streams that fill feeds: how far each was read, what waits, what hinders it (then exit 1).

    Example: [cyan]marketpulse streams[/]
    """
    from marketpulse.bronze.streaming import standing
    from marketpulse.cli.render import console, table, to_json

    with context(warehouse=warehouse, project=project, reads=True) as opened:
        found = [standing(opened, source) for source in opened.project.sources.values() if source.stream]
    if as_json:
        to_json([_plain(each) for each in found])
    elif not found:
        console.print("no feed has a stream: docs/streams.md")
    else:
        table("", ("feed", "parts", "waiting", "stream"), [_line(each) for each in found], (1, 2))
        for each in found:
            _problems(each)
    raise typer.Exit(any(each.wrong for each in found))


def accept(
    feed: Annotated[str, typer.Argument(help="Feed whose stream cannot be read on.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the bronze table.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Read a stream on past messages that are gone, or another stream from its beginning, and keep the reason.

    Example: [cyan]marketpulse accept <feed> --reason "kept for a day only, see ticket 12"[/]
    """
    from marketpulse.bronze import streaming
    from marketpulse.cli.render import console, to_json
    from marketpulse.errors import UsageError

    if not reason.strip():
        raise UsageError("accept needs a reason", hint='say why: --reason "see ticket 12"')
    with context(warehouse=warehouse, project=project, wait=wait) as opened:
        source = _source(opened.project, feed)
        found = streaming.standing(opened, source)
        if found.found and found.wrong:
            if not (yes or as_json):
                _problems(found)
                if not typer.confirm(f"Read {feed} on all the same?"):
                    raise typer.Exit(2)
            found = streaming.accept(opened, source, reason)
    if as_json:
        to_json(_plain(found))
    elif not found.wrong:
        console.print(f"nothing hinders {feed}: nothing was changed", markup=False)
    elif found.found:
        console.print("accepted: the next run reads on")
    else:
        _problems(found)
    raise typer.Exit(found.found is None)


def _source(project: Project, feed: str) -> Source:
    from marketpulse.errors import UsageError

    source = project.sources.get(feed)
    if source is None or source.stream is None:
        known = ", ".join(name for name, each in project.sources.items() if each.stream) or "no feed has one"
        raise UsageError(f"{feed} is no feed with a stream", hint=f"known: {known}")
    return source


def _line(each: Standing) -> tuple[Any, ...]:
    said = each.source.stream
    parts = len(each.found.positions) if each.found else None
    return each.source.name, parts, each.behind, said.title if said else ""


def _problems(each: Standing) -> None:
    from marketpulse.cli.problems import problem

    for error in each.wrong:
        problem("blocked", f"{error.where}: {error.message}", error.hint)


def _plain(each: Standing) -> dict[str, Any]:
    """For machines."""
    return {
        "feed": each.source.name,
        "identity": each.consumed.identity or None,
        "positions": each.consumed.positions,
        "behind": each.found.behind if each.found else None,
        "accepted": list(each.consumed.accepted),
        "blocked": [{"message": error.message, "hint": error.hint} for error in each.wrong],
    }
