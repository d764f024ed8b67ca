"""The page around the tables: head, navigation, totals, picture, last loads, quarantine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files

from marketpulse.names import LAYERS
from marketpulse.serving.catalog.facts import Catalog, Entry
from marketpulse.serving.catalog.html import Html, grid, join, tag
from marketpulse.serving.catalog.picture import picture
from marketpulse.serving.catalog.table import article, link, load_rows
from marketpulse.units import size

_LAYER_WORDS = {
    "bronze": "As received: every record of every landed file, numbered, malformed ones included.",
    "silver": "Validated: one row a key, typed and checked; what breaks a rule is in quarantine with its reasons.",
    "gold": "For people: dimensions, facts, aggregates and marts, brought up to date by what changed, and audited.",
}
_FAMILIES = (("dim", "dimensions"), ("fct", "facts"), ("agg", "aggregates"), ("mart", "marts"))


def page(catalog: Catalog) -> str:
    """The whole document, which needs no other."""
    return overview(catalog, lambda entry: article(entry, catalog.written_at))


#: By this a page of a catalogue is known again.
GENERATOR = "MarketPulse catalogue"


def document(title: str, *body: object, scripts: Sequence[str] = ("theme.js",)) -> str:
    """A page that needs no other file."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="generator", content=GENERATOR),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", _file("catalog.css")),
    )
    scripted = tag("body", *body, tag("script", *map(_file, scripts)))
    return f"<!doctype html>\n{tag('html', head, scripted, lang='en')}\n"


def overview(catalog: Catalog, shown: Callable[[Entry], Html]) -> str:
    """The whole document, with what is `shown` of each table."""
    main = tag(
        "main",
        _hero(catalog),
        _section(
            "lineage",
            "Lineage",
            "Every line is one step of a run. Point at a table to see all it is made from and all it makes.",
            picture(catalog),
        ),
        _section("loads", "Last loads", "read = accepted + deduplicated + quarantined + filtered", _loads(catalog)),
        _section("quarantine", "Quarantine", "Rows that were kept out, by reason.", _rejected(catalog)),
        *(_layer(catalog, layer, shown) for layer in LAYERS),
        tag("p", "No table matches.", id="nothing", hidden=True),
        id="top",
    )
    skip = tag("a", "Skip to the tables", href="#gold", class_="skip")
    return document(
        f"{catalog.project}: data catalogue", skip, _side(catalog), main, scripts=("theme.js", "catalog.js")
    )


def _file(name: str) -> Html:
    """A file of ours that stands in the page as it is."""
    return Html(files("marketpulse.serving.catalog").joinpath(name).read_text(encoding="utf-8"))


def _side(catalog: Catalog) -> Html:
    brand = tag("a", tag("span", class_="logo", aria_hidden="true"), catalog.project, href="#top", class_="brand")
    search = tag(
        "input", type="search", id="search", placeholder="Search tables and columns  ( / )", aria_label="Search"
    )
    top = [tag("a", word.capitalize(), href=f"#{word.split()[-1]}") for word in ("lineage", "last loads", "quarantine")]
    groups = [_group(catalog, layer) for layer in LAYERS]
    lists = tag("nav", tag("p", *top, class_="top"), *groups, aria_label="Tables")
    return tag("aside", tag("div", brand, theme_button(), class_="bar"), search, lists)


def theme_button() -> Html:
    """What changes between light and dark."""
    return tag("button", "Theme", id="theme", type="button", title="System, light or dark")


def _group(catalog: Catalog, layer: str) -> Html:
    entries = catalog.layer(layer)
    heading = tag("h2", tag("a", layer, href=f"#{layer}"), tag("span", len(entries), class_="count"))
    if layer != "gold":
        return tag("section", heading, _links(entries), class_=f"l-{layer}")
    parts: list[Html] = []
    for family, word in _FAMILIES:
        members = [entry for entry in entries if entry.short.split("_")[0] == family]
        if members:
            parts += [tag("h3", word), _links(members)]
    known = {family for family, _ in _FAMILIES}
    others = [entry for entry in entries if entry.short.split("_")[0] not in known]
    if others:
        parts += [tag("h3", "others"), _links(others)]
    return tag("section", heading, *parts, class_=f"l-{layer}")


def _links(entries: list[Entry]) -> Html:
    ordered = sorted(entries, key=lambda entry: entry.short)
    return tag("ul", *(tag("li", tag("a", e.short, href=f"#{e.name}"), data_for=e.name) for e in ordered))


def _hero(catalog: Catalog) -> Html:
    known = [entry.status for entry in catalog.entries if entry.status]
    newest = max((status.committed_at for status in known if status.committed_at), default=None)
    moment = f"Last commit {newest:%Y-%m-%d %H:%M} UTC" if newest else "Nothing was built yet: definitions only"
    gold = sum(entry.status.rows for entry in catalog.layer("gold") if entry.status)
    tiles = [
        (f"{len(catalog.layer('silver')) + len(catalog.layer('gold')):,}", "tables", "#gold"),
        (f"{sum(len(entry.columns) for entry in catalog.entries if entry.contract):,}", "columns", "#silver"),
        (f"{sum(1 for entry in catalog.entries if entry.source):,}", "feeds", "#bronze"),
        (f"{gold:,}" if known else "–", "rows in gold", "#gold"),
        (size(sum(status.size for status in known)) if known else "–", "stored", "#lineage"),
        (f"{catalog.open_rows:,}" if known else "–", "rows in quarantine", "#quarantine"),
    ]
    cards = [tag("a", tag("strong", number), tag("span", word), href=href) for number, word, href in tiles]
    return tag(
        "header",
        tag("p", "Data catalogue", class_="kicker"),
        tag("h1", catalog.project),
        tag("p", f"{moment} · written {catalog.written_at:%Y-%m-%d %H:%M} UTC", class_="when"),
        tag("div", *cards, class_="tiles"),
        class_="hero",
    )


def _section(name: str, title: str, words: str, *content: object) -> Html:
    return tag("section", tag("h2", title), tag("p", words, class_="lead"), *content, id=name, class_="overview")


def _loads(catalog: Catalog) -> Html:
    if not catalog.loads:
        return tag("p", "No feed was loaded yet.", class_="empty")
    parts = ("accepted", "deduplicated", "quarantined", "filtered")
    legend = tag("p", *(tag("span", tag("i", class_=f"c-{part}"), part) for part in parts), class_="legend")
    return join([legend, load_rows(catalog.loads, into=True)])


def _rejected(catalog: Catalog) -> Html:
    if not catalog.rejected:
        return tag("p", "Nothing is quarantined.", class_="empty")
    most = max(row[4] for row in catalog.rejected)
    rows = []
    for table, source, status, reason, count in catalog.rejected:
        share = tag(
            "span", tag("span", class_="c-quarantined", style=f"width:{100 * count / most:.1f}%"), class_="meter"
        )
        state = tag("span", status, class_=f"badge s-{status}")
        rows.append([reason, f"{count:,}", share, link(table), link(f"bronze.{source}"), state])
    words = tag("p", "A row counts once for each of its reasons.", class_="note")
    return join([grid(["reason", "rows", "", "table", "feed", "status"], rows, [1], "reasons"), words])


def _layer(catalog: Catalog, layer: str, shown: Callable[[Entry], Html]) -> Html:
    entries = catalog.layer(layer)
    cards = [shown(entry) for entry in sorted(entries, key=_place)]
    return tag(
        "section", tag("h2", layer), tag("p", _LAYER_WORDS[layer], class_="lead"), *cards, id=layer, class_="layer"
    )


def _place(entry: Entry) -> tuple[int, str]:
    families = [family for family, _ in _FAMILIES]
    family = entry.short.split("_")[0]
    return (families.index(family) if family in families else len(families), entry.short)
