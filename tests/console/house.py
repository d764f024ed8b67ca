"""A shop whose rows and words are hostile, with people in it, and its console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from threading import Thread

import uvicorn
from starlette.testclient import TestClient

from marketpulse.console.app import console
from marketpulse.console.guard import Access
from marketpulse.console.server import listen
from marketpulse.serving.desk import Desk
from marketpulse.settings import Role
from tests.serving.metrics.counting import METRICS, with_metrics
from tests.shop import MiniShop, contract

TOKEN, HOST = "the-token-of-the-tests", "127.0.0.1:8056"
#: What a page must show as the text that it is.
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}\u202e"
BUYERS = [("buyer_id", "string", "key"), ("email", "string", ""), ("city", "string", "")]
HEADLINES = f"""\
headlines:
  - title: Lines of a day
    metrics: [lines, pieces, pieces_per_line]
    last: 1d
  - title: "By size {HOSTILE.replace('"', "")}"
    metrics: [lines, pieces]
    by: [size]
    last: 7d
  - title: Steps
    metrics: [pieces, lines]
    steps: true
  - title: Cities
    query: select city, count(*) as buyer_count from gold.dim_buyer group by city
    bar: buyer_count
  - title: Addresses
    query: select email from gold.dim_buyer
"""
BOARD = """\
title: Sizes
description: What is sold.
rows:
  - {title: By size, metrics: [lines], by: [size]}
  - {title: Lines a day, metrics: [lines], grain: day, last: 7d}
  - {title: Buyers by city, heat: true, query: "select city, count(*) as buyer_count from gold.dim_buyer group by city"}
  - {title: Addresses, query: "select email from gold.dim_buyer"}
"""


def hostile_shop(shop: MiniShop) -> MiniShop:
    """Two weeks of lines; sizes, cities, titles and descriptions that would be markup if they were let."""
    text = HOSTILE.replace('"', "")
    metrics = METRICS.replace("dimensions: [size, id]", "dimensions: [size]").replace("below: 2,", "below: 2000,")
    with_metrics(shop, metrics.replace("description: Pieces.", f"description: 'P {text.replace(chr(39), '')}'"))
    size = text.replace("'", "\\'")
    shop.edit("gold/fct_lines/model.sql", "'big'", f"'{size}'")
    buyers = contract("gold.dim_buyer", BUYERS)
    for name in ("buyer_id", "email"):
        buyers = buyers.replace(f"{{name: {name},", f"{{name: {name}, classification: pii,")
    shop.write("gold/dim_buyer/contract.yaml", buyers)
    model = f"select id as buyer_id, concat(id, '@people.example') as email, '{size}' as city from silver.sales\n"
    shop.write("gold/dim_buyer/model.sql", model)
    shop.edit("gold/fct_lines/contract.yaml", "{name: id,", "{name: id, classification: pii,")
    shop.write("headlines.yaml", HEADLINES)
    shop.write("boards/sizes.yaml", BOARD)
    days = [f"2026-01-{day:02}" for day in range(1, 15)]
    lines = [f"{day[-2:]}{n},{day},{n + 1},1.50" for day in days for n in range(int(day[-1]) + 2)]
    shop.land_sales("2026-01-15", *lines, "bad,2026-01-02,0,1")
    shop.run()
    return shop


def client(shop: MiniShop, masked: bool = True, known: bool = True) -> TestClient:
    """A browser at the console of a shop, with the token where it is `known`."""
    return acting(shop, "analyst" if masked else "steward", known)


def acting(shop: MiniShop, role: Role, known: bool = True) -> TestClient:
    """The same, of somebody of a role."""
    desk = Desk(replace(shop.settings, role=role), shop.project())
    headers = {"authorization": f"Bearer {TOKEN}"} if known else {}
    app = console(desk, Access(TOKEN, {HOST}))
    return TestClient(app, base_url=f"http://{HOST}", headers=headers, follow_redirects=False)


class Page(HTMLParser):
    """Elements and words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "textarea":
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())
        if self.tags and self.tags[-1][0] == "textarea":
            self.texts[-1] += data

    @property
    def dangers(self) -> list[str]:
        """What could run, or leave the machine."""
        found = []
        for tag, attributes in self.tags:
            is_ours = tag == "script" and (attributes.get("src") or "").startswith("/static/")
            found += [tag] if tag in ("script", "img", "iframe", "object", "embed", "style") and not is_ours else []
            found += [name for name in attributes if name.startswith("on") or name == "style"]
            places = [attributes.get(name) or "/" for name in ("href", "src", "action")]
            found += [place for place in places if not place.startswith(("/", "#")) or place.startswith("//")]
        return found


@contextmanager
def served(shop: MiniShop, masked: bool = True) -> Iterator[str]:
    """The console as a server of this machine; its address. Its token is `TOKEN`."""
    desk = Desk(replace(shop.settings, role="analyst" if masked else "steward"), shop.project())
    with listen("127.0.0.1", 0) as at:
        host = f"127.0.0.1:{at.getsockname()[1]}"
        config = uvicorn.Config(console(desk, Access(TOKEN, {host})), lifespan="off", log_level="error", ws="none")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([at],), daemon=True)
        thread.start()
        try:
            yield f"http://{host}"
        finally:
            server.should_exit = True
            thread.join()
            desk.close()
