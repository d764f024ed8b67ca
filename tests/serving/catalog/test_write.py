"""The data catalogue: whole, well-formed, alone, and deaf to what hostile text wants of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from marketpulse.errors import StorageError
from marketpulse.names import LINEAGE, WORDS
from marketpulse.project.owned import owned
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.serving.catalog.facts import gather
from marketpulse.serving.catalog.pages import pages
from marketpulse.serving.catalog.write import write_catalog, write_pages
from marketpulse.settings import Settings
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop

HOSTILE = """<script>alert(1)</script><img src=x onerror='alert(2)'>" & </style>"""
VOID = {"meta", "input", "br", "hr", "img", "link"}


class Page(HTMLParser):
    """Elements, ids and link targets of a page; fails on elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def values(self, name: str) -> list[str]:
        return [value for _, key, value in self.attributes if key == name]


def _catalog(shop: MiniShop) -> str:
    output = shop.root / "catalog.html"
    with shop.open() as context:
        write_catalog(context, output)
    return output.read_text(encoding="utf-8")


def _stocked(root: Path) -> MiniShop:
    shop = MiniShop(root)
    shop.land_sales("2026-03-01", "1,2026-03-01,2,10", "2,2026-03-01,1,5", "3,2026-03-01,0,5", "skip,2026-03-01,1,1")
    shop.run()
    return shop


def test_every_table_of_the_packaged_project_is_in_it_before_anything_was_built(tmp_path: Path) -> None:
    project = load_project()
    output = tmp_path / "catalog.html"
    with open_context(Settings(tmp_path / "landing", tmp_path / "warehouse"), project) as context:
        write_catalog(context, output)
    page = Page(output.read_text(encoding="utf-8"))
    ids = page.values("id")
    assert set(ids) >= {*project.tables, *(source.table for source in project.sources.values())}
    assert len(ids) == len(set(ids))
    columns = {f"{name}.{column}" for name, table in project.tables.items() for column in table.contract.types}
    assert set(ids) >= columns
    tables = {name for name in page.values("href") if name.count(".") == 1}
    assert tables <= {f"#{name}" for name in ids}


def test_it_shows_rows_conservation_and_quarantine(tmp_path: Path) -> None:
    text = _catalog(_stocked(tmp_path))
    rows = {
        name: re.search(rf'id="{name}".*?<strong>([\d,]+)</strong>', text) for name in ("bronze.sales", "silver.sales")
    }
    assert {name: found and found[1] for name, found in rows.items()} == {"bronze.sales": "4", "silver.sales": "2"}
    cells = re.findall(r'<td class="n">([\d,]+)</td>', text[text.index('id="loads"') : text.index('id="quarantine"')])
    assert cells[:5] == ["4", "2", "0", "1", "1"]
    assert "nothing was sold" in text[text.index('id="quarantine"') : text.index('id="bronze"')]


def test_the_platforms_own_tables_say_what_each_column_is(tmp_path: Path) -> None:
    text = _catalog(_stocked(tmp_path))
    for own in owned().values():
        shown = text[text.index(f'id="{own.name}"') :]
        assert own.purpose in shown
        for column in own.columns:
            assert re.search(rf'id="{own.name}\.{column.name}".*?{re.escape(column.description)}', shown), column.name
    lineage = text[text.index('id="bronze.sales"') :]
    assert [name for name, words in WORDS.items() if name in LINEAGE and words not in lineage] == []


def test_a_number_says_its_unit_and_how_it_adds_up(tmp_path: Path) -> None:
    shop = _stocked(tmp_path)
    for column, said in (
        ("amount", "{property: currency, value: EUR}, {property: additive, value: true}"),
        ("line_count", "{property: additive, value: {notOver: [day]}}"),
    ):
        shop.edit("gold/agg_daily/contract.yaml", f"name: {column},", f"name: {column}, customProperties: [{said}],")
    text = _catalog(shop)
    for column, marks in (("amount", ["in EUR", "adds up"]), ("line_count", ["does not add up over day"])):
        row = text[text.index(f'id="gold.agg_daily.{column}"') :].split("</tr>")[0]
        assert re.findall(r'class="mark">(.*?)<', row) == marks


def test_a_table_shows_the_metrics_that_are_made_of_it(tmp_path: Path) -> None:
    text = _catalog(with_metrics(_stocked(tmp_path)))
    lines = text[text.index('id="gold.fct_lines"') :].split("</article>")[0]
    shown = lines[lines.index("<h4>Metrics") :].split("</table>")[0]
    assert re.findall(r"<td><code>(\w+)</code>", shown) == ["lines", "pieces", "sizes", "pieces_per_line"]
    assert re.findall(r"<td>(yes|no.*?)</td></tr>", shown) == ["yes", "yes", "no", "no: pieces / lines"]


def test_it_loads_nothing_from_anywhere(tmp_path: Path) -> None:
    text = _catalog(_stocked(tmp_path))
    page = Page(text)
    assert not {"link", "iframe", "object", "embed", "base", "img"} & set(page.tags)
    assert page.values("src") == []
    assert all(value.startswith("#") for value in page.values("href"))
    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", text)


def test_a_folder_has_a_page_a_table_whose_links_lead_to_files_that_are_there(tmp_path: Path) -> None:
    shop = with_metrics(_stocked(tmp_path))
    folder = tmp_path / "out" / "catalog"
    with shop.open() as context:
        count = write_pages(context, folder)
    found = {path.name: Page(path.read_text(encoding="utf-8")) for path in folder.iterdir()}
    assert len(found) == count
    assert {"index.html", "bronze.sales.html", "silver.sales.html", "gold.fct_lines.html"} <= set(found)
    for name, page in found.items():
        ids = page.values("id")
        assert len(ids) == len(set(ids))
        for target in page.values("href"):
            file, _, anchor = target.partition("#")
            assert not anchor or anchor in found[file or name].values("id"), (name, target)
            assert not file or file in found
    assert "silver.sales.html#silver.sales.id" in found["gold.fct_lines.html"].values("href")
    assert "gold.fct_lines.id" not in found["index.html"].values("id")  # columns stand on the table's own page
    for path in folder.iterdir():
        assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", path.read_text(encoding="utf-8"))


def test_pages_of_tables_that_are_no_more_go_and_files_of_others_stay(tmp_path: Path) -> None:
    shop, folder = _stocked(tmp_path), tmp_path / "out"
    folder.mkdir()
    (folder / "notes.html").write_text("mine")
    with shop.open() as context:
        write_pages(context, folder)
    (folder / "gold.gone.html").write_text((folder / "silver.sales.html").read_text())
    with shop.open() as context:
        count = write_pages(context, folder)
    assert len([*folder.iterdir()]) == count + 1
    assert not (folder / "gold.gone.html").exists()
    assert (folder / "notes.html").read_text() == "mine"


def test_a_strangers_page_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with _stocked(tmp_path / "shop").open() as context, pytest.raises(StorageError, match="no page of a catalogue"):
        write_pages(context, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["index.html"]


def test_the_index_leads_to_no_page_that_is_not_there_yet(tmp_path: Path) -> None:
    with _stocked(tmp_path).open() as context:
        names = [name for name, _ in pages(gather(context))]
    assert names.index("index.html") == len(names) - 1


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    shop = _stocked(tmp_path)
    quoted = HOSTILE.replace("'", "''")
    shop.edit("silver/sales/contract.yaml", "{purpose: For tests.}", f"{{purpose: '{quoted}'}}")
    shop.edit("silver/sales/contract.yaml", "username: tests", f"username: '{quoted}'")
    shop.edit("silver/sales/contract.yaml", "description: nothing was sold", f"description: '{quoted}'")
    shop.edit("sources/sales.yaml", "description: Lines.", f"description: '{quoted}'")
    shop.edit("silver/sales/from_sales.sql", "select id", "-- <script>alert(3)</script></code>\nselect id")
    shop.land_sales("2026-03-02", "9,2026-03-02,0,1")
    shop.run()
    text = _catalog(shop)
    clean = Page(_catalog(_stocked(tmp_path / "clean")))
    page = Page(text)
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert page.tags.count("script") == clean.tags.count("script") == 1
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
