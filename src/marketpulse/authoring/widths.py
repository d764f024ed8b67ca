"""Lines of fixed width: where columns may begin, told by the places that are blank in every line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from marketpulse.landing.headers import snake_case

#: Lines that are shorter, or fewer, are alike by chance.
_SHORTEST, _LEAST = 20, 2
_NUMBER = re.compile(r"[+-]?\d[\d.,:/ -]*", re.ASCII)


def is_fixed(lines: Sequence[str]) -> bool:
    """Whether lines may hold their values at fixed places: all are equally long."""
    widths = {len(line) for line in lines if line.strip()}
    return len(lines) >= _LEAST and len(widths) == 1 and max(widths) > _SHORTEST


def find_widths(lines: Sequence[str]) -> tuple[dict[str, int], bool]:
    """How wide the columns are, by their names, and whether the first line names them; none without a blank place.

    >>> find_widths(["sku   pieces", "A1        10", "A2         5"])
    ({'sku': 4, 'pieces': 8}, True)
    """
    filled = [line for line in lines if line.strip()]
    is_blank = [all(character == " " for character in place) for place in zip(*filled, strict=True)]
    spans = [(begin[0], begin[-1] + 1) for blank, each in groupby(range(len(is_blank)), is_blank.__getitem__)
             if not blank and (begin := list(each))]  # fmt: skip
    begins = [0, *(_begin(filled, left, right) for left, right in pairwise(spans)), len(is_blank)]
    cells = [[line[a:b].strip() for a, b in pairwise(begins)] for line in filled]
    named = _are_names(cells[0], cells[1:])
    names = [snake_case(cell) for cell in cells[0]] if named else []
    if len(set(names)) < len(cells[0]) or not all(names):
        names = [f"column_{place}" for place in range(1, len(cells[0]) + 1)]
    return dict(zip(names, (b - a for a, b in pairwise(begins)), strict=True)) if len(spans) > 1 else {}, named


def _begin(lines: Sequence[str], left: tuple[int, int], right: tuple[int, int]) -> int:
    """Where a column begins: at its values where they stand below each other, else one blank behind the one before."""
    return right[0] if all(line[right[0]] != " " for line in lines) else left[1] + 1


def _are_names(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a first line says what the columns are called: no number in it, and a column of numbers below it."""
    columns = zip(*below, strict=True)
    return not any(map(_NUMBER.match, first)) and any(all(map(_NUMBER.fullmatch, column)) for column in columns)
