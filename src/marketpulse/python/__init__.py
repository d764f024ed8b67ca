"""MarketPulse from Python: the few calls that the command line makes, for scripts and notebooks.

`open` -> `Lakehouse`: what can be asked -> `Result`: rows, in whichever form they are wanted
"""

from marketpulse.python.lakehouse import Lakehouse, open  # noqa: A004 - `marketpulse.open` is its name
from marketpulse.python.result import Result

__all__ = ["Lakehouse", "Result", "open"]
