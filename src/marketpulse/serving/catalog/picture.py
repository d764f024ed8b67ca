"""The lineage picture: feeds, bronze, silver, gold, drawn as one inline SVG whose tables are links."""

from __future__ import annotations

from marketpulse.names import QUARANTINE
from marketpulse.serving.catalog.facts import Catalog, Entry
from marketpulse.serving.catalog.html import Html, tag
from marketpulse.serving.catalog.layout import Layout, Spot, arrange

_TOP, _SIDE = 34.0, 6.0


def picture(catalog: Catalog) -> Html:
    """The whole picture; a table lights up with all it is made from and all it makes.

    Ledgers have no place in it: no table is made from them.
    """
    entries = {entry.name: entry for entry in catalog.entries if entry.source or entry.layer != "bronze"}
    edges = _edges(entries)
    columns = _columns(entries, edges)
    labels = {name: _label(name, entries) for name in columns}
    layout = arrange(columns, edges, labels)
    ends = {spot.name: layout.columns[spot.column] for spot in layout.spots}
    lines = [_line(route, layout.columns) for route in layout.routes]
    nodes = [_node(spot, ends[spot.name], entries.get(spot.name)) for spot in layout.spots]
    size = f"{-_SIDE:g} {-_TOP:g} {layout.width + 2 * _SIDE:.0f} {layout.height + _TOP + 12:.0f}"
    drawing = tag(
        "svg",
        tag("g", *_heads(layout), class_="heads"),
        tag("g", *lines, class_="edges"),
        tag("g", *nodes, class_="nodes"),
        viewBox=size,
        style=f"min-width:{max(layout.width * 0.72, 320):.0f}px;max-width:{layout.width * 1.25:.0f}px",
        role="group",
        aria_label="Lineage: which table is made from which",
    )
    return tag("div", drawing, class_="picture scroll", tabindex="0", role="group", aria_label="Lineage picture")


def _edges(entries: dict[str, Entry]) -> list[tuple[str, str]]:
    found = [(_feed(entry), entry.name) for entry in entries.values() if entry.source]
    for entry in entries.values():
        found += [(parent, entry.name) for parent in entry.made_from if parent in entries]
    if QUARANTINE in entries:
        found += [(entry.name, QUARANTINE) for entry in entries.values() if entry.source]
    return found


def _feed(entry: Entry) -> str:
    return f"landing/{entry.source.folder if entry.source else ''}:{entry.name}"


def _columns(entries: dict[str, Entry], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Feeds, bronze, silver, then gold by the longest way to it."""
    base = {"bronze": 1, "silver": 2, "gold": 3}
    columns = {start: 0 for start, _ in edges if start not in entries}
    for entry in entries.values():  # inputs come before what is made from them
        before = [columns[p] + 1 for p in entry.made_from if p in columns]
        columns[entry.name] = max([base[entry.layer], *before])
    return columns


def _label(name: str, entries: dict[str, Entry]) -> str:
    return entries[name].short if name in entries else name.partition(":")[0].removeprefix("landing/") + "/"


def _heads(layout: Layout) -> list[Html]:
    """Name of the layer above its columns."""
    words = ["feeds", "bronze", "silver"]
    heads = []
    for number, (left, right) in enumerate(layout.columns[:4]):
        end = right if number < 3 else layout.columns[-1][1]
        word = words[number] if number < 3 else "gold"
        heads.append(tag("text", word, x=f"{left:.1f}", y=-18))
        heads.append(tag("line", x1=f"{left:.1f}", x2=f"{end:.1f}", y1=-10, y2=-10, class_=f"l-{word}"))
    return heads


def _line(route: list[Spot], columns: list[tuple[float, float]]) -> Html:
    """A soft curve from gap to gap; it runs straight through the columns it only passes."""
    start, end = route[0], route[-1]
    x, y = columns[start.column][1], start.y
    path = f"M{x:.1f} {y:.1f}"
    for spot in route[1:]:
        left, right = columns[spot.column]
        middle = (x + left) / 2
        path += f"C{middle:.1f} {y:.1f} {middle:.1f} {spot.y:.1f} {left:.1f} {spot.y:.1f}"
        x, y = right, spot.y
        path += "" if spot is end else f"H{right:.1f}"
    kind = "rejects" if end.name == QUARANTINE else None
    return tag("path", d=path, data_from=start.name, data_to=end.name, class_=kind)


def _node(spot: Spot, ends: tuple[float, float], entry: Entry | None) -> Html:
    left, right = ends
    top = spot.y - spot.height / 2
    layer = entry.layer if entry else "feeds"
    target = entry.name if entry else spot.name.partition(":")[2]
    box = tag("rect", x=f"{left:.1f}", y=f"{top:.1f}", width=f"{right - left:.1f}", height=f"{spot.height:.1f}", rx=7)
    bar = tag(
        "rect", x=f"{left:.1f}", y=f"{top + 7:.1f}", width=4, height=f"{spot.height - 14:.1f}", class_="bar", rx=2
    )
    name = tag("text", spot.label, x=f"{left + 14:.1f}", y=f"{spot.y - 2:.1f}")
    below = tag("text", _below(entry), x=f"{left + 14:.1f}", y=f"{spot.y + 12:.1f}", class_="below")
    title = tag("title", _title(entry, spot))
    return tag("a", title, box, bar, name, below, href=f"#{target}", data_name=spot.name, class_=f"l-{layer}")


def _below(entry: Entry | None) -> str:
    if entry is None:
        return "files"
    return f"{entry.status.rows:,} rows" if entry.status else "not built"


def _title(entry: Entry | None, spot: Spot) -> str:
    if entry is None:
        return f"landing/{spot.label}"
    return f"{entry.name}: {entry.contract.grain}" if entry.contract else entry.name
