"""MarketPulse: a lakehouse that knows no trade; packs do. Read `flow.py` first, or open a warehouse from Python.

    import marketpulse

    lake = marketpulse.open("warehouse")
    lake.metric("orders", by="channel", last="28d").pandas()

Nothing is imported until it is asked for: `import marketpulse` costs nothing. What is promised: docs/python.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from marketpulse.version import __version__

if TYPE_CHECKING:
    from marketpulse.errors import MarketPulseError as Error
    from marketpulse.python import Lakehouse, Result, open  # noqa: A004 - `marketpulse.open` is its name

__all__ = ["Error", "Lakehouse", "Result", "__version__", "open"]
_FOUND_IN = {
    "Error": ("marketpulse.errors", "MarketPulseError"),
    "Lakehouse": ("marketpulse.python", "Lakehouse"),
    "Result": ("marketpulse.python", "Result"),
    "open": ("marketpulse.python", "open"),
}


def __getattr__(name: str) -> Any:
    """What is public, imported when it is first asked for."""
    if name not in _FOUND_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _FOUND_IN[name]
    return globals().setdefault(name, getattr(import_module(module), attribute))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
