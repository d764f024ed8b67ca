"""Rejected rows for whoever looks: what landed may name people, and is for stewards."""

from __future__ import annotations

from typing import Any

from marketpulse.errors import UsageError
from marketpulse.names import QUARANTINE
from marketpulse.project.owned import owned
from marketpulse.run.context import Context
from marketpulse.serving.masking import STEWARD, masks
from marketpulse.silver import fixing, quarantine
from marketpulse.silver.fixing import Exported
from marketpulse.silver.quarantine import Filter


def seen(context: Context) -> list[str]:
    """Columns of the quarantine that the setting `role` lets somebody see, in their order."""
    contract = owned()[QUARANTINE]
    return [name for name in contract.types if not context.settings.is_masked or name in masks(contract)]


def rejected(context: Context, where: Filter, most: int) -> list[dict[str, Any]]:
    """Rejected rows that match, newest first, at most `most`: their columns as far as somebody may see them."""
    names, hashed = seen(context), masks(owned()[QUARANTINE]) if context.settings.is_masked else {}
    found = quarantine.find(context, where, most)
    called = context.pseudonyms.of
    return [{n: called(row[n]) if hashed.get(n) and row[n] else row[n] for n in names} for row in found]


def export(context: Context, where: Filter, most: int) -> Exported:
    """CSV of open rows to be corrected (`fixing.export`). Raise UsageError for whoever may not see what landed."""
    if context.settings.is_masked:
        raise UsageError("records as they landed may name people: writing them is for stewards", hint=STEWARD)
    return fixing.export(context, where, most)
