"""Numbers of the records of a file, where what stands there may hold several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_Places = NDArray[np.int64]


class Numbers:
    """Numbers of the records of some texts in a row: one for each text, and more for those that hold more."""

    def __init__(self, before: int, texts: int) -> None:
        self._before = before
        self._counts = np.ones(texts, np.int64)

    def of_records(self, text: _Places) -> _Places:
        """Those of records that came from texts; `text` is sorted. What a later text holds may be known later."""
        found = np.bincount(text, minlength=len(self._counts))
        self._counts = np.maximum(self._counts, found)
        rank = np.arange(len(text)) - np.searchsorted(text, text)
        numbers: _Places = self.of_texts()[text] + rank
        return numbers

    def of_texts(self) -> _Places:
        """The first one of each text."""
        found: _Places = self._before + 1 + np.cumsum(self._counts) - self._counts
        return found

    @property
    def last(self) -> int:
        """The last one."""
        return self._before + int(self._counts.sum())
