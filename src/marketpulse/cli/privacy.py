"""Commands about people: erase, export, audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from marketpulse.cli.options import AsJson, Landing, ProjectDir, Wait, Warehouse, context

if TYPE_CHECKING:
    from marketpulse.privacy.erase import Asked, Erasure
    from marketpulse.privacy.export import Export

_KIND = "What kind of name it is, by the contracts: customer, email …"


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="erase")(erase)
    app.command(name="export")(export)
    app.command(name="audit")(audit)


Names = Annotated[list[str] | None, typer.Argument(help="Names of the person, or of several people.")]
File = Annotated[Path | None, typer.Option("--list", help="File with a name a line; - reads them from the input.")]
Only = Annotated[bool, typer.Option("--only", help="Without the other names that these lead to.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit trail, so it must name nobody.")]


def erase(
    kind: Annotated[str | None, typer.Argument(help=_KIND)] = None,
    names: Names = None,
    reason: Reason = "",
    file: File = None,
    only: Only = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it; without, only what would go is told.")] = False,
    again: Annotated[bool, typer.Option("--again", help="All who were erased: after a kill or restore.")] = False,
    delete_landed: Annotated[
        bool, typer.Option("--delete-landed", help="Delete landed files that hold them; bronze keeps the rest.")
    ] = False,
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Erase a person from every table and snapshot; ends with 1 while anything of them is left that is known.

    Example: [cyan]marketpulse erase <kind> <name> --reason "ticket 4711" --yes[/]
    """
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import to_json
    from marketpulse.errors import UsageError
    from marketpulse.privacy import erase as work

    if again and (kind or names or file):
        raise UsageError("--again erases everybody who was erased before", hint="name nobody with it")
    who = None if again else _asked(kind, names, file, reason, only)
    does = yes or again
    with (
        watching(quiet=as_json) as progress,
        context(landing, warehouse, project, progress, must_exist=True, wait=wait, reads=not does) as opened,
    ):
        if who is None:
            found = work.erase_again(opened, delete_landed)
        else:
            found = work.erase(opened, who, delete_landed) if yes else work.look(opened, who)
    to_json(found) if as_json else _show(found)
    raise typer.Exit(0 if found.ok or not does else 1)


def _asked(kind: str | None, names: list[str] | None, file: Path | None, reason: str, only: bool) -> Asked:
    from marketpulse.errors import UsageError
    from marketpulse.privacy.erase import Asked

    if kind is None:
        raise UsageError("who?", hint="marketpulse erase KIND NAME …")
    return Asked(kind, (*(names or ()), *(_read(file) if file else ())), reason, only)


def _read(file: Path) -> list[str]:
    import sys

    from marketpulse.errors import UsageError

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot be read: {error}", where=file, hint="a text file with a name a line") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _show(found: Erasure) -> None:
    from marketpulse.cli.render import console, table

    done = found.number is not None
    _names(found.names, found.shared)
    rows = [(trace.table, f"{trace.rows:,}") for trace in found.tables]
    if rows:
        table("Erased" if done else "Would be erased", ("table", "rows"), rows, right=(1,))
    else:
        console.print("no table has a record of them", markup=False)
    left = [f"{name} in the landing zone holds records of them" for name in found.landed]
    left += [f"{m.rows:,} rows of others mention them: {m.table}.{m.column}" for m in found.mentions]
    left += [f"{name} could not be built without them: {why}" for name, why in found.waits.items()]
    for line in (*left, *found.problems):
        console.print("[yellow]left[/]", end=" ")
        console.print(line, markup=False, soft_wrap=True)
    if found.landed and done:
        told = "whoever owns the landing zone deletes these files; or: marketpulse erase --again --delete-landed"
        console.print(told, markup=False, soft_wrap=True)
    if found.waits:
        console.print("mend what stops them, run, then: marketpulse erase --again", markup=False)
    if not done:
        console.print("nothing was changed; --yes does it", markup=False)


def _numbers(what: Mapping[str, Any]) -> str:
    """Numbers of an entry of the trail in a line; `--json` has them by table."""
    return ", ".join(
        f"{sum(value.values()):,} {name} of {len(value):,} tables" if isinstance(value, dict) else f"{name} {value}"
        for name, value in what.items()
    )


def _names(names: Sequence[tuple[str, str]], shared: Sequence[tuple[str, str]]) -> None:
    from marketpulse.cli.render import table

    if names:
        rows = [(*name, "") for name in names] + [(*name, "of others too: stays") for name in shared]
        table("Names", ("kind", "name", ""), rows)


def export(
    kind: Annotated[str, typer.Argument(help=_KIND)],
    names: Annotated[list[str], typer.Argument(help="Names of the person.")],
    reason: Reason = "",
    only: Only = False,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """All that is known of a person, from bronze to gold and quarantine. That somebody asked is written down.

    Example: [cyan]marketpulse export <kind> <name> --json[/]
    """
    from marketpulse.cli.render import to_json
    from marketpulse.privacy.erase import Asked
    from marketpulse.privacy.export import export as run

    with context(warehouse=warehouse, project=project, must_exist=True, reads=True) as opened:
        found = run(opened, Asked(kind, tuple(names), reason, only))
    to_json(found) if as_json else _exported(found)


def _exported(found: Export) -> None:
    from marketpulse.cli.render import console

    _names(found.names, found.shared)
    for known in found.tables:
        console.print(f"{known.table}: {len(known.rows):,} rows", markup=False)
        for row in known.rows:
            for column, value in row.items():
                if value is not None:
                    console.print(f"  {column}: {value}", markup=False, soft_wrap=True)
            console.print()


def audit(
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Who erased, exported, replayed, corrected, discarded, opened again or took back what, when, why; it names nobody.

    Example: [cyan]marketpulse audit --json[/]
    """
    from marketpulse.cli.render import table, to_json
    from marketpulse.people.audit import trail

    with context(warehouse=warehouse, project=project, must_exist=True, reads=True) as opened:
        found = trail(opened)
    if as_json:
        to_json(found)
        return
    rows = [(e.at, e.action, f"{e.by}@{e.host}", e.reason, _numbers(e.what)) for e in found]
    table("Audit trail", ("when (UTC)", "what", "who", "why", "numbers"), rows)
