"""Where each table stands in the lineage picture: columns from left to right, few crossings, even gaps.

Layered drawing: an edge that spans several columns gets a bend in each one between; the order within a
column follows the mean place of the neighbours, left to right and back, until it settles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_SWEEPS = 12
_GAP_X, _GAP_Y = 56.0, 12.0
_NODE_HEIGHT, _BEND_HEIGHT = 38.0, 10.0
_CHARACTER = 6.9


@dataclass(eq=False)
class Spot:
    """A table, or a bend of an edge (`label` is empty then), with its middle at `y`."""

    name: str
    label: str
    column: int
    x: float = 0.0
    y: float = 0.0
    before: list[Spot] = field(default_factory=list, repr=False)
    after: list[Spot] = field(default_factory=list, repr=False)

    @property
    def height(self) -> float:
        """Room it takes."""
        return _NODE_HEIGHT if self.label else _BEND_HEIGHT


@dataclass(frozen=True)
class Layout:
    """The finished drawing. A route is an edge with every spot it passes."""

    spots: list[Spot]
    routes: list[list[Spot]]
    columns: list[tuple[float, float]]
    width: float
    height: float


def arrange(columns: Mapping[str, int], edges: Sequence[tuple[str, str]], labels: Mapping[str, str]) -> Layout:
    """Place every name of `columns` (name -> column); an edge leads from a lower to a higher column."""
    spots = {name: Spot(name, labels[name], column) for name, column in columns.items()}
    routes = [_route(spots[start], spots[end]) for start, end in edges]
    everything = list({id(s): s for s in [*spots.values(), *(s for route in routes for s in route)]}.values())
    layers = [[s for s in everything if s.column == i] for i in range(max(columns.values(), default=-1) + 1)]
    for layer in layers:
        _stack(layer)
    _order(layers)
    _settle(layers)
    bounds = _widths(layers)
    height = max((s.y + s.height / 2 for s in everything), default=0.0)
    return Layout(list(spots.values()), routes, bounds, bounds[-1][1] if bounds else 0.0, height)


def _route(start: Spot, end: Spot) -> list[Spot]:
    bends = [Spot(f"{start.name}>{end.name}", "", i) for i in range(start.column + 1, end.column)]
    route = [start, *bends, end]
    for left, right in pairwise(route):
        left.after.append(right)
        right.before.append(left)
    return route


def _stack(layer: list[Spot]) -> None:
    y = 0.0
    for spot in layer:
        spot.y = y + spot.height / 2
        y += spot.height + _GAP_Y


def _mean(spots: Sequence[Spot], otherwise: float) -> float:
    return sum(s.y for s in spots) / len(spots) if spots else otherwise


def _order(layers: list[list[Spot]]) -> None:
    """Sort each column by the mean place of its neighbours, forwards and backwards."""
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            layer.sort(key=lambda s: _mean(s.before if forward else s.after, s.y))
            _stack(layer)


def _settle(layers: list[list[Spot]]) -> None:
    """Move spots towards their neighbours as far as the gaps allow; the order stays."""
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            for spot in layer:
                spot.y = _mean([*spot.before, *spot.after], spot.y)
            _spread(layer)
    top = min((s.y - s.height / 2 for layer in layers for s in layer), default=0.0)
    for layer in layers:
        for spot in layer:
            spot.y -= top


def _spread(layer: list[Spot]) -> None:
    """Push apart what overlaps, keeping the middle of the column where it was."""
    middle = _mean(layer, 0.0)
    for above, below in pairwise(layer):
        below.y = max(below.y, above.y + (above.height + below.height) / 2 + _GAP_Y)
    shift = middle - _mean(layer, 0.0)
    for spot in layer:
        spot.y += shift


def _widths(layers: list[list[Spot]]) -> list[tuple[float, float]]:
    """Left and right of each column, as wide as its longest label."""
    bounds: list[tuple[float, float]] = []
    x = 0.0
    for layer in layers:
        width = max((len(s.label) for s in layer), default=0) * _CHARACTER + 30
        for spot in layer:
            spot.x = x
        bounds.append((x, x + width))
        x += width + _GAP_X
    return bounds
