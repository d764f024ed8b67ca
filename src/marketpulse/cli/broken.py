"""What is defined wrongly, told beside an answer that is made without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketpulse.cli.hints import completed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketpulse.errors import DefinitionError
    from marketpulse.project.project import Project


def concerning(project: Project, table: str) -> dict[str, tuple[DefinitionError, ...]]:
    """Problems of what a table is made from, and of what would be made from it; its own where the engine finds them."""
    from marketpulse.errors import DefinitionError
    from marketpulse.run.validate import check_definitions

    near = {*project.ancestors(table), *project.table(table).inputs}
    near |= {name for name, other in project.partial.items() if table in other.inputs}
    found = {name: errors for name, errors in project.problems.items() if name in near}
    try:
        check_definitions(project, project.table(table))
    except DefinitionError as error:
        found[table] = error.each
    return found


def tell(found: Mapping[str, Sequence[DefinitionError]]) -> int:
    """Write a warning for each; what the command ends with: 0 where there is none, else 2."""
    from marketpulse.cli.progress import logged
    from marketpulse.cli.terminal import terminal

    console, hint = terminal(stderr=True, soft_wrap=True), "marketpulse validate tells all of it"
    people_read = False
    for name, errors in found.items():
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        message = f"{name} is defined wrongly: {errors[0]}{more}"
        if not logged("WARNING", message, name, hint):
            people_read = True
            console.print("[yellow]warning[/]", end=" ")
            console.print(message, markup=False)
    if people_read:
        console.print("[bold cyan] hint[/]", end=" ")
        console.print(completed(hint), markup=False)
    return 2 if found else 0
