"""The header once more among the records: files that were put behind one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from marketpulse.errors import GateError

REASON = "it repeats the header"


def repeated(columns: Sequence[pa.Array], header: Sequence[str]) -> NDArray[np.intp]:
    """Rows that are the header. Raise GateError for one that has its names in another order: who knows what follows.

    >>> repeated([pa.array(["1", "id"]), pa.array(["2", "day"])], ["id", "day"])
    array([1])
    """
    named = [place for place, name in enumerate(header) if name]
    if not named or not len(columns[0]):
        return np.array([], np.intp)
    names = pa.array([header[place] for place in named])
    # How long the values are tells of nearly every row that it is none; to look at them takes longer.
    places = _as_long([columns[place] for place in named], [len(header[place].encode()) for place in named])
    for place in named:
        if not len(places):
            return places
        places = places[_among(columns[place].take(pa.array(places)), names)]
    rows = [tuple(columns[place][row].as_py() for place in named) for row in places]
    usual = tuple(header[place] for place in named)
    if any(row != usual and sorted(row) == sorted(usual) for row in rows):
        what = "a second header has the columns in another order"
        raise GateError(what, hint="land what follows it as a file of its own")
    return places[[row == usual for row in rows]] if rows else places


def _as_long(columns: Sequence[pa.Array], sizes: Sequence[int]) -> NDArray[np.intp]:
    """Rows each of whose values is as long as one of some names."""
    is_one = np.zeros(max(sizes) + 2, bool)
    is_one[sizes] = True
    places = np.arange(len(columns[0]))
    for column in columns:
        if not len(places):
            break
        ends = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
        lengths = np.minimum(np.diff(ends), max(sizes) + 1)
        places = np.flatnonzero(is_one[lengths]) if len(places) == len(lengths) else places[is_one[lengths[places]]]
    return places


def _among(values: pa.Array, names: pa.Array) -> NDArray[np.intp]:
    return np.flatnonzero(pc.is_in(values, value_set=names).to_numpy(zero_copy_only=False))
