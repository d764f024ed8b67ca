"""Questions about metrics, answered from the warehouse: one function for the command line, Python and every page.

`Question` -> which days there are (`coverage`) -> one query, another one for what it is compared with -> `Answer`
"""

from marketpulse.serving.metrics.answer import Answer, Line
from marketpulse.serving.metrics.asking import ask

__all__ = ["Answer", "Line", "ask"]
