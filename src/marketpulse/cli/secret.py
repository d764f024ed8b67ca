"""Commands for the secrets that key what stands for people: list, rotate, destroy, renew."""

from __future__ import annotations

from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, Landing, ProjectDir, Wait, Warehouse, context

app = typer.Typer(
    name="secret",
    help="Secrets of the list of erased people, and of pseudonyms.",
    no_args_is_help=True,
)

Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit trail, so it must name nobody.")]


@app.command(name="list")
def list_secrets(
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Secrets, how many erasures each keys, and of how many names. What they are is never shown.

    Example: [cyan]marketpulse secret list[/]
    """
    from marketpulse.cli.render import table, to_json
    from marketpulse.privacy.secret import secrets

    with context(warehouse=warehouse, project=project, must_exist=True, reads=True) as opened:
        found = secrets(opened)
    if as_json:
        to_json(found)
        return
    rows = [(str(s.number), s.made_at, s.destroyed_at or "", f"{s.erasures:,}", f"{s.names:,}") for s in found]
    table("Secrets", ("secret", "made (UTC)", "destroyed", "erasures", "names"), rows, right=(3, 4))


@app.command(name="rotate")
def rotate(
    reason: Reason = "",
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
) -> None:
    """Make a new secret for who is erased from now on; who was erased before is still kept out by the old one.

    Example: [cyan]marketpulse secret rotate --reason "a year is over"[/]
    """
    from marketpulse.cli.render import console
    from marketpulse.privacy import secret

    with context(warehouse=warehouse, project=project, must_exist=True, wait=wait) as opened:
        number = secret.rotate(opened, reason)
    console.print(f"secret {number} keys the erasures that come; copy it to where the others are kept")


@app.command(name="destroy")
def destroy(
    number: Annotated[int, typer.Argument(help="Which, by `marketpulse secret list`.")],
    reason: Reason = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it: there is no way back.")] = False,
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    wait: Wait = None,
) -> None:
    """Destroy a secret: its hashes say nothing any more, and who was erased with it is no longer kept out.

    Example: [cyan]marketpulse secret destroy 1 --reason "all backups of then are gone" --yes[/]
    """
    from marketpulse.cli.render import console
    from marketpulse.errors import UsageError
    from marketpulse.privacy import secret

    if not yes:
        what = f"secret {number} would be gone for good: who was erased with it comes back with any file that has them"
        raise UsageError(what, hint="--yes does it; backups from before these erasures cannot be used after it")
    with context(landing, warehouse, project, must_exist=True, wait=wait) as opened:
        secret.destroy(opened, number, reason)
    console.print(f"secret {number} is destroyed here; destroy every copy of it, too")


@app.command(name="renew")
def renew(
    reason: Reason = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it: there is no way back.")] = False,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
) -> None:
    """Destroy the secret of pseudonyms and make another: those given out stand for nobody any more, and join no more.

    Example: [cyan]marketpulse secret renew --reason "the extract of March is to name nobody" --yes[/]
    """
    from marketpulse.cli.render import console
    from marketpulse.errors import UsageError
    from marketpulse.privacy import secret

    if not yes:
        what = "pseudonyms that were given out, in files, reports and lists, would stand for nobody for ever"
        raise UsageError(what, hint="--yes does it; what is shown from then on has others")
    with context(warehouse=warehouse, project=project, must_exist=True) as opened:
        secret.renew(opened, reason)
    console.print("pseudonyms have a new secret; destroy every copy of the old one, too")
