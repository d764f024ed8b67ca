"""Commands for rejected rows: list, show, replay, export and fix, discard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import MOST, AsJson, Landing, ProjectDir, RoleOf, Wait, Warehouse, context
from marketpulse.units import plural

app = typer.Typer(
    name="quarantine", help="Rows that were kept out: look, replay once fixed, or discard.", no_args_is_help=True
)

Table = Annotated[str | None, typer.Option("--table", help="Only rows for this table.")]
Source = Annotated[str | None, typer.Option("--source", help="Only rows of this feed.")]
Rule = Annotated[str | None, typer.Option("--rule", help="Only rows that break this rule.")]
Status = Annotated[str, typer.Option("--status", help="open, replayed, discarded or all.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write (default: the screen).")]
ClosedBy = Annotated[str | None, typer.Option("--run", help="Only rows that this discard closed, as it has said.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would become of them, and change nothing.")]
Ids = Annotated[list[str] | None, typer.Argument(help="Quarantine ids, or their first letters.")]


@app.command(name="list")
def list_rows(
    table: Table = None,
    source: Source = None,
    rule: Rule = None,
    status: Status = "open",
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Count rejected rows by table, feed and reason.

    Example: [cyan]marketpulse quarantine list --table silver.<table>[/]
    """
    from marketpulse.cli.listings import quarantine_overview
    from marketpulse.silver import quarantine

    where = quarantine.Filter.of(table, source, rule, status)
    with context(warehouse=warehouse, project=project, must_exist=True, reads=True) as opened:
        quarantine_overview(quarantine.overview(opened, where), as_json)


@app.command(name="show")
def show(
    ids: Ids = None,
    table: Table = None,
    source: Source = None,
    rule: Rule = None,
    status: Status = "open",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Most rows to show.")] = 5,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    role: RoleOf = None,
    as_json: AsJson = False,
) -> None:
    """Show rejected rows: where they came from, every reason and, for stewards, the record.

    Example: [cyan]marketpulse quarantine show --rule type --limit 3[/]
    """
    from marketpulse.cli.listings import quarantine_rows
    from marketpulse.serving.rejected import rejected
    from marketpulse.silver import quarantine

    where = quarantine.Filter.of(table, source, rule, status, ids or ())
    with context(warehouse=warehouse, project=project, must_exist=True, reads=True, role=role) as opened:
        found = rejected(opened, where, limit + 1)  # one more says that there are more
    quarantine_rows(found[:limit], as_json, more=len(found) > limit)


@app.command(name="replay")
def replay(
    ids: Ids = None,
    table: Table = None,
    source: Source = None,
    rule: Rule = None,
    dry_run: DryRun = False,
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Try open rows again with the rules and SQL as they are now; what passes is merged, exactly once.

    Example: [cyan]marketpulse quarantine replay --table silver.<table>[/]
    """
    from marketpulse.cli.listings import replay_report
    from marketpulse.silver import quarantine
    from marketpulse.silver.replay import rehearse
    from marketpulse.silver.replay import replay as run

    where = quarantine.Filter.of(table, source, rule, "open", ids or ())
    with context(landing, warehouse, project, must_exist=True, wait=wait, reads=dry_run) as opened:
        done = rehearse(opened, where) if dry_run else run(opened, where)
    replay_report(done, as_json, is_dry=dry_run)
    raise typer.Exit(2 if any(each.problem for each in done) else 0)


@app.command(name="export")
def export(
    ids: Ids = None,
    table: Table = None,
    source: Source = None,
    rule: Rule = None,
    output: Output = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Most rows to write, the newest.")] = 10_000,
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    role: RoleOf = None,
) -> None:
    """Write open rows of one feed as CSV, to be corrected and given to `quarantine fix`: for stewards.

    Example: [cyan]marketpulse quarantine export --source <feed> --output rows.csv --role steward[/]
    """
    from marketpulse.names import QUARANTINE
    from marketpulse.people.audit import note
    from marketpulse.serving.rejected import export as exported
    from marketpulse.silver import quarantine
    from marketpulse.storage.places import replacing

    where = quarantine.Filter.of(table, source, rule, "open", ids or ())
    with context(landing, warehouse, project, must_exist=True, reads=True, role=role) as opened:
        found = exported(opened, where, limit)
        # Before anything is given out: where it cannot be written down, nothing is.
        note(opened, "export rejected", rows={source or table or QUARANTINE: found.rows})
    if output is None:
        typer.echo(found.text, nl=False)
    else:
        with replacing(output) as part:
            part.write_text(found.text, encoding="utf-8")
    typer.echo(found.told, err=True)


@app.command(name="fix")
def fix(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What export wrote, edited.")],
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Land corrected rows beside the files they came from, and close the old ones; `marketpulse run` brings them in.

    Example: [cyan]marketpulse quarantine fix rows.csv[/]
    """
    from marketpulse.cli.render import console, to_json
    from marketpulse.errors import UsageError
    from marketpulse.silver import fixing

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
    with context(landing, warehouse, project, must_exist=True, wait=wait) as opened:
        done = fixing.fix(opened, text)
    if as_json:
        to_json(done)
        return
    for name in done.files:
        console.print(f"landed {name}", markup=False, soft_wrap=True)
    console.print(f"{done.closed:,} rows closed; next: marketpulse run", markup=False)


@app.command(name="discard")
def discard(
    ids: Ids = None,
    table: Table = None,
    source: Source = None,
    rule: Rule = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
) -> None:
    """Close open rows; they stay readable, and `quarantine reopen` opens them again.

    Example: [cyan]marketpulse quarantine discard 5d38a9 --yes[/]
    """
    from marketpulse.cli.hints import completed
    from marketpulse.cli.render import console
    from marketpulse.silver import quarantine

    _some("discard", ids, table, source, rule)
    where = quarantine.Filter.of(table, source, rule, "open", ids or ())
    with context(warehouse=warehouse, project=project, must_exist=True, wait=wait) as opened:
        seen = None if yes else quarantine.choose(opened, where)
        if seen and seen.rows and not typer.confirm(f"Discard {plural(seen.rows, 'row')}?"):
            raise typer.Exit(2)
        count = quarantine.discard(opened, where, seen)
        console.print(f"{plural(count, 'row')} discarded")
        if count:
            again = completed(f"marketpulse quarantine reopen --run {opened.run_id}")
            console.print(f"opened again by: [cyan]{again}[/]", soft_wrap=True)


@app.command(name="reopen")
def reopen(
    ids: Ids = None,
    table: Table = None,
    source: Source = None,
    rule: Rule = None,
    run: ClosedBy = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
) -> None:
    """Open discarded rows again: what discard closed by mistake.

    Example: [cyan]marketpulse quarantine reopen 5d38a9[/]
    """
    from marketpulse.cli.render import console
    from marketpulse.silver import quarantine

    _some("reopen", ids, table, source, rule, run)
    where = replace(quarantine.Filter.of(table, source, rule, "discarded", ids or ()), run=run)
    with context(warehouse=warehouse, project=project, must_exist=True, wait=wait) as opened:
        count = quarantine.reopen(opened, where)
        console.print(f"{plural(count, 'row')} opened again")


def _some(command: str, *filters: object) -> None:
    """Raise UsageError where nothing says which rows: none of these commands is meant for all of them."""
    from marketpulse.errors import UsageError

    if not any(filters):
        raise UsageError(f"{command} needs to know which rows", hint="give ids, --table, --source or --rule")
