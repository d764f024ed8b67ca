"""HTML that cannot be broken by what it shows."""

from __future__ import annotations

import re

import pytest

from marketpulse.serving.catalog.html import Html, grid, join, safe, sql, tag

HOSTILE = """<script>alert('x')</script>&"</pre>"""


def test_a_text_is_escaped_and_markup_is_not_escaped_again() -> None:
    assert safe("a < b & 'c'") == "a &lt; b &amp; &#x27;c&#x27;"
    assert safe(safe("<")) == "&lt;"
    assert join(["<", Html("<br>"), None, 7], ", ") == "&lt;, <br>, 7"


def test_an_element_has_its_attributes_and_children() -> None:
    assert tag("a", "x", href='"?a&b', class_="n", data_id=7, hidden=True, title=None, checked=False) == (
        '<a href="&quot;?a&amp;b" class="n" data-id="7" hidden>x</a>'
    )
    assert tag("br") == "<br>"


@pytest.mark.parametrize("build", [safe, lambda text: tag("p", text), sql, lambda text: grid([text], [[text]])])
def test_hostile_text_never_becomes_markup(build: object) -> None:
    assert "<script" not in build(HOSTILE)


def test_sql_is_coloured_and_says_what_it_said() -> None:
    found = sql("select 'it''s' as a, 1.5 -- where\nfrom t")
    assert re.findall(r'class="sql-(\w+)">', found) == [
        "word",
        "text",
        "word",
        "number",
        "comment",
        "word",
    ]
    bare = re.sub("<[^>]*>", "", found)
    assert bare == "select &#x27;it&#x27;&#x27;s&#x27; as a, 1.5 -- where\nfrom t"


def test_numbers_of_a_table_stand_right() -> None:
    found = grid(["table", "rows"], [["a", 1]], numbers=[1])
    assert '<th scope="col">table</th><th scope="col" class="n">rows</th>' in found
    assert '<td>a</td><td class="n">1</td>' in found
