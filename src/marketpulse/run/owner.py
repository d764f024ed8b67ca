"""Which project built a warehouse: another one that runs on it by mistake would build its own tables among them."""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse.errors import StorageError, UsageError
from marketpulse.names import PROJECT_KEY
from marketpulse.project.owned import owned
from marketpulse.run.context import Context


def refuse_another(context: Context) -> None:
    """Raise UsageError when a project that this one does not extend built tables of the warehouse.

    Looked for on this machine only: who runs on a store may not read every table, and is told its project.
    """
    if context.settings.remote is not None:
        return
    known = {*context.project.chain, context.project.name}
    others = {table: name for table, name in _builders(context) if name not in known}
    if others:
        table, name = next(iter(others.items()))
        what = f"the project {name} built {len(others)} tables of this warehouse, for example {table}"
        hint = "name that project with --project, or another --warehouse; --take-over if this one is to go on with it"
        raise UsageError(f"{what}; this is the project {context.project.name}", hint=hint)


def _builders(context: Context) -> Iterator[tuple[str, str]]:
    """Tables of silver and gold, and the project that built each, as far as that is known."""
    for name in context.lake.names():
        if name.startswith("bronze.") or name in owned():
            continue
        try:
            table = context.lake.find(name)
        except StorageError:
            continue  # who needs it is told
        if table and PROJECT_KEY in table.state:
            yield name, table.state[PROJECT_KEY]
