"""Commands that packs bring: entry points of the group `marketpulse.commands`, a command's name each.

They are looked for when a command is asked for that the platform does not have, and by `--help`: a run pays nothing
for them. The platform's own names cannot be taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from marketpulse.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "marketpulse.commands"
_PANEL = "Commands of packs"


class Commands(TyperGroup):
    """The platform's commands, then those of packs by name."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all commands."""
        self._complete()
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None when neither the platform nor a pack has one."""
        if cmd_name not in self.commands:
            self._complete()
        return super().get_command(ctx, cmd_name)

    def _complete(self) -> None:
        from importlib.metadata import entry_points

        found = entry_points(group=GROUP)
        for name in sorted(found.names - self.commands.keys()):
            self.add_command(_command(name, list(found.select(name=name))))


def _command(name: str, entries: list[EntryPoint]) -> Any:
    """The command; where it cannot be had, one that says why when it is called."""
    one = typer.Typer(add_completion=False, rich_markup_mode="rich")
    if len(entries) > 1:
        _add_unusable(one, name, "several packs bring it: " + ", ".join(sorted(entry.value for entry in entries)))
        return get_command(one)
    try:
        one.command(name, rich_help_panel=_PANEL)(entries[0].load())
    except (ImportError, AttributeError) as error:
        _add_unusable(one, name, str(error))
    return get_command(one)


def _add_unusable(app: typer.Typer, name: str, reason: str) -> None:
    def refuse() -> None:
        raise UsageError(f"{name} cannot be used: {reason}", hint="repair or uninstall the pack that brings it")

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    app.command(name, help=f"Cannot be used: {reason}.", rich_help_panel=_PANEL, context_settings=anything)(refuse)
