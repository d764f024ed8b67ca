"""XML that lands: an element is a record, whatever stands around it; bombs are refused before they go off."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.errors import DefinitionError, GateError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats.xml import Xml
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Wanted
from marketpulse.project.source import load_source
from tests.landing.packs import PACKERS
from tests.shop import MiniShop

Found = tuple[list[Any], list[tuple[int, str]]]


def rows(
    data: bytes | str, limits: Limits | None = None, record: str = "order", **options: Any
) -> list[dict[str, Any]]:
    raw = data.encode() if isinstance(data, str) else data
    opened = OpenedFile(LandedFile("a.xml", "a.xml", len(raw), 0), io.BytesIO(raw), limits or Limits())
    return Xml(record=record, **options).open(opened, Wanted()).stream().read_all().to_pylist()  # type: ignore[no-any-return]


def read(data: bytes | str, limits: Limits | None = None, **options: Any) -> Found:
    """Records, and (number, reason) of what could not be read."""
    found = rows(data, limits, **options)
    good = [json.loads(row["raw"]) for row in found if not row["_error"]]
    return good, [(row["_source_row"], row["_error"]) for row in found if row["_error"]]


ORDERS = """<?xml version="1.0" encoding="UTF-8"?>
<export shop="12"><made>2026-03-01</made>
  <orders day="2026-03-01" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    <order id="A-1"><customer>Zürich &amp; Co</customer><note/>
      <lines><line no="1"><sku>WS-1</sku><qty>2</qty></line>
        <line no="2"><sku>FH-1</sku><qty unit="kg">1.5</qty></line></lines>
    </order>
    <order id="A-2" xsi:type="web"><customer xsi:nil="true"/>
      <lines><line no="1"><sku><![CDATA[<x>]]></sku></line></lines></order>
  </orders>
</export>
"""


def test_a_record_is_a_json_object_with_attributes_and_elements() -> None:
    found, bad = read(ORDERS, lists=["line"])
    assert bad == []
    assert found == [
        {
            "_id": "A-1",
            "customer": "Zürich & Co",
            "note": None,
            "lines": {
                "line": [
                    {"_no": "1", "sku": "WS-1", "qty": "2"},
                    {"_no": "2", "sku": "FH-1", "qty": {"_unit": "kg", "_value": "1.5"}},
                ]
            },
        },
        {"_id": "A-2", "customer": None, "lines": {"line": [{"_no": "1", "sku": "<x>"}]}},
    ]


def test_what_stands_around_a_record_is_its_envelope_and_its_number_counts_records() -> None:
    found = rows(ORDERS, lists=["line"])
    assert [row["_source_row"] for row in found] == [1, 2]
    assert json.loads(found[0]["envelope"]) == {"export": {"_shop": "12"}, "orders": {"_day": "2026-03-01"}}


def test_lines_may_be_the_records_and_a_path_says_which_of_a_name() -> None:
    found = rows(ORDERS, record="lines/line")
    assert [json.loads(row["raw"])["_no"] for row in found] == ["1", "2", "1"]
    assert [json.loads(row["envelope"])["order"] for row in found] == [{"_id": "A-1"}, {"_id": "A-1"}, {"_id": "A-2"}]


def test_an_element_that_stands_several_times_is_told_unless_it_is_a_list() -> None:
    found, bad = read(ORDERS)
    assert [order["_id"] for order in found] == ["A-2"]
    assert bad == [(1, "line stands several times in lines: if it is a list, say so in xml.lists")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_document_says_its_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a><order><n>Müller</n></order></a>'
    assert read(text.encode(encoding)) == ([{"n": "Müller"}], [])


def test_spaces_of_names_are_left_out() -> None:
    text = '<x:a xmlns:x="urn:x" xmlns="urn:y"><x:order x:id="1"><n>2</n></x:order></x:a>'
    assert read(text) == ([{"_id": "1", "n": "2"}], [])


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a><order>&c;</order></a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a><order/></a>',
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a><order>&f;</order></a>',
    ],
)
def test_a_document_type_is_refused(text: str) -> None:
    with pytest.raises(GateError, match="it has a document type"):
        read(text)


def test_what_is_not_well_formed_is_told_with_its_place_and_what_came_before_stays() -> None:
    found, bad = read("<a>\n<order><n>1</n></order>\n<order><n>2</m></order>\n<order><n>3</n></order></a>")
    assert found == [{"n": "1"}]
    assert bad == [(2, "not well-formed XML: mismatched tag (line 3, column 14)")]
    found, bad = read(PACKERS["gz"](b"<a>" + b"<order><n>1</n></order>" * 50_000 + b"</a>")[:-60])
    assert len(found) > 1000
    assert "the gzip stream ends too early" in bad[0][1]


def test_a_record_that_is_too_long_or_too_deep_costs_itself() -> None:
    long = "<order><n>" + "x" * 3 * MB + "</n></order>"
    deep = "<order>" + "<n>" * 200 + "</n>" * 200 + "</order>"
    found, bad = read(f"<a><order><n>1</n></order>{long}{deep}<order><n>2</n></order></a>", Limits(record=2 * MB))
    assert found == [{"n": "1"}, {"n": "2"}]
    assert [number for number, _ in bad] == [2, 3]
    assert "more than the 2 MB of record_mb" in bad[0][1]
    assert "more than 100 elements" in bad[1][1]


def test_a_tag_that_never_ends_takes_no_more_memory_than_a_record() -> None:
    with pytest.raises(GateError, match="a tag has more than 2 MB"):
        read('<a><order n="' + "x" * 8 * MB + '"/></a>', Limits(record=2 * MB))


def test_a_name_that_no_element_has_is_told_and_an_empty_list_is_none() -> None:
    with pytest.raises(GateError, match="it has no element article") as caught:
        read(ORDERS, record="article")
    assert "orders, order" in str(caught.value.hint)
    assert read("<orders/>") == ([], [])
    for text in ("", "id,day\n", "<orders><ord"):
        with pytest.raises(GateError, match="not well-formed XML"):
            read(text)


def test_a_packed_file_that_is_damaged_is_told_though_it_is_well_formed() -> None:
    text = "<all>" + "".join(f"<order><id>{n}</id></order>" for n in range(9)) + "</all>"
    packed = PACKERS["gz"](text.encode())
    with pytest.raises(GateError, match="the gzip stream is damaged"):
        read(packed[:-8] + bytes(8))


def test_what_only_unicode_takes_for_a_blank_belongs_to_the_value() -> None:
    text = "<all><order><a>\u00a0x\u2028</a><b> \t\n</b><c>\u3000</c></order></all>"
    assert read(text) == ([{"a": "\u00a0x\u2028", "b": None, "c": "\u3000"}], [])


_NAMES = st.sampled_from(["a", "b", "c", "d"])
_TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=6)
_TREES = st.recursive(_TEXTS, lambda inner: st.dictionaries(_NAMES, inner, max_size=3), max_leaves=6)


def element(name: str, value: Any) -> ET.Element:
    found = ET.Element(name)
    if isinstance(value, str):
        found.text = value
    else:
        found.extend(element(key, inner) for key, inner in value.items())
    return found


def plain(value: Any) -> Any:
    return value or None if isinstance(value, str) else {k: plain(v) for k, v in value.items()} or None


@settings(max_examples=40)
@given(orders=st.lists(st.dictionaries(_NAMES, _TREES, max_size=4), min_size=1, max_size=4))
def test_records_are_what_was_written(orders: list[dict[str, Any]]) -> None:
    root = ET.Element("orders")
    root.extend(element("order", order) for order in orders)
    assert read(ET.tostring(root)) == ([plain(order) or {} for order in orders], [])


@pytest.mark.engines(always=False)
def test_xml_comes_in(shop: MiniShop) -> None:
    shop.edit("sources/clicks.yaml", "format: ndjson\nndjson: {records: batch}", "format: xml\nxml: {record: click}")
    click = "<click><id>{0}</id><ts>2026-01-01T00:00:00Z</ts><name>x</name></click>"
    shop.land("clicks/a.xml", "<all>" + click.format("a") + click.format("b") + "</all>")
    shop.land("clicks/b.xml", "<all>" + click.format("c") + "<click>")
    shop.run()
    assert [row[0] for row in shop.rows("silver.clicks")] == ["a", "b", "c"]
    assert "not well-formed XML" in str(shop.rows("silver.quarantine"))


def test_a_record_must_be_named(tmp_path: Path) -> None:
    for options, told in (("{record: a//b}", "names no element"), ("{}", "record")):
        path = tmp_path / "orders.yaml"
        path.write_text(f"name: orders\ndescription: O.\nowner: m\nformat: xml\nxml: {options}\n", encoding="utf-8")
        with pytest.raises(DefinitionError) as caught:
            load_source(path)
        assert told in str(caught.value)
