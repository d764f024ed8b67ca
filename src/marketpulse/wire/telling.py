"""Errors and notices as the protocol says them."""

from __future__ import annotations

from marketpulse.errors import MarketPulseError
from marketpulse.wire import messages


def refusal(error: MarketPulseError, severity: str = "ERROR") -> bytes:
    """An error as the protocol says it."""
    return messages.told(
        b"E",
        {"S": severity, "V": severity, "C": error.sqlstate, "M": error.message, "D": error.where, "H": error.hint},
    )


def notice(text: str) -> bytes:
    """Something that must be known beside rows."""
    return messages.told(b"N", {"S": "NOTICE", "V": "NOTICE", "C": "01000", "M": text})
