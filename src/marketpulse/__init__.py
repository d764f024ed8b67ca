"""MarketPulse: a retail lakehouse. Read `flow.py` first."""

__version__ = "0.1.0"
