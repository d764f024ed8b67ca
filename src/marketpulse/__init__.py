"""MarketPulse: a lakehouse that knows no trade; packs do. Read `flow.py` first."""

__version__ = "0.1.0"
