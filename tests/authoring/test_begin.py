"""New files are right as they are written: they validate, and the sample passes; nothing is written over."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse import flow
from marketpulse.authoring.apart import rows_of
from marketpulse.authoring.begin import name_of, new_feed, new_mart, new_project
from marketpulse.authoring.feed import Feed
from marketpulse.authoring.looks import look
from marketpulse.authoring.opening import Wish
from marketpulse.authoring.trial import attempt
from marketpulse.errors import UsageError
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.run.validate import validate
from marketpulse.settings import Settings

ORDERS = "Order ID,Ordered On,Total,Quantity,E-Mail\n1001,2026-03-01,12.50,3,a@example.com\n1002,2026-03-02,7.00,1,\n"
GERMAN = (
    "Auftragsnr;Datum;Betrag;Währung;Menge\n0001;24.03.2026;1.234,50;EUR;3\n0002;02.04.2026;12,00;EUR;n/a\n"
).encode("cp1252")
OWN_WAYS = "id;單;1st;x;p\na;31.01.2026;2026-01-31;1.5e-3;1.234,50\nb;28.02.2026;2026-02-28;2e4;1,00\n"
RECORDS = [
    {"id": "a", "at": "2026-03-01T10:00:00Z", "paid": True, "buyer": {"email": "a@example.com"}, "total": 1.5},
    {"id": "b", "at": "2026-03-01T11:00:00Z", "paid": False, "note": "it's", "total": 2, "lines": [{"sku": "x"}]},
]


def parquet(**more: list[object]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2, 3], "day": ["2026-01-01"] * 3, "x": [1.5, None, 2.0], **more}), sink)
    return sink.getvalue()


def workbook(*rows: list[object]) -> bytes:
    book, sink = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(sink)
    return sink.getvalue()


def zipped(**members: bytes) -> bytes:
    with zipfile.ZipFile(sink := io.BytesIO(), "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return sink.getvalue()


#: Name of the file, its bytes, and types of columns by their names.
SAMPLES: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "csv": ("Orders_2026-03-01.csv", ORDERS.encode(),
            {"order_id": "string", "ordered_on": "date", "total": "decimal(18,4)", "quantity": "int"}),
    "packed": ("orders.csv.gz", gzip.compress(ORDERS.encode()), {"ordered_on": "date"}),
    "german": ("auftraege.csv", GERMAN,
               {"auftragsnr": "string", "datum": "date", "betrag": "decimal(18,4)", "menge": "int"}),
    "utf16": ("orders.txt", ORDERS.replace(",", "\t").encode("utf-16"), {"total": "decimal(18,4)"}),
    "american": ("orders.csv", b"id,day,price\n1,03/24/2026,\"1,234.50\"\n2,04/01/2026,\"12,000\"\n",
                 {"day": "date", "price": "decimal(18,4)"}),
    "titles": ("report.csv", b"Report of March\n\nid,clicks\na,12\nb,7\n", {"clicks": "int"}),
    "no header": ("raw.csv", b"1,2026-01-01,5\n2,2026-01-02,6\n", {"column_2": "date", "column_3": "int"}),
    "other script": ("a.csv", "编号,单价,2nd\n1,1.5,x\n2,2.5,y\n".encode(),
                     {"column_2": "decimal(18,4)", "n_2nd": "string"}),
    "words of sql": ("a.csv", b"id,select,date,from,current_date\n1,1,2026-01-01,x,2026-01-01\n", {"select": "int"}),
    "nothing unique": ("a.csv", b"a,b\nx,1\nx,1\n", {"b": "int"}),
    "mixed patterns": ("a.csv", b"id,made,sent\n1,2026-01-31,31.01.2026 08:15\n2,2026-02-01,28.02.2026 9:00\n",
                       {"made": "date", "sent": "timestamp"}),
    "lines": ("events.json", "\n".join(map(json.dumps, RECORDS)).encode(),
              {"at": "timestamp", "paid": "boolean", "buyer_email": "string", "total": "decimal(18,4)"}),
    "document": ("page.json", json.dumps({"data": RECORDS, "has_more": False}, indent=1).encode(), {"paid": "boolean"}),
    "xml": ("orders.xml", b"<orders><order><id>1</id><n>2</n></order><order><id>2</id><n>3</n></order></orders>",
            {"n": "int"}),
    "each its own way": ("a.csv", OWN_WAYS.encode(),
                         {"column_2": "date", "n_1st": "date", "x": "double", "p": "decimal(18,4)"}),
    "words of yaml": ("a.csv", b'yes,no,"id: {a","- x",#on,&anchor,_id,raw\n1,2,3,4,5,6,7,8\n2,3,4,5,6,7,8,9\n',
                      {"yes": "int"}),
    "exponents": ("a.csv", b"id,x,big\na,1.5e3," + b"1" * 42 + b"\nb,2,1\n", {"x": "double", "big": "string"}),
    "widest": ("a.csv", b"id,x,y\na," + b"9" * 36 + b"," + b"9" * 30 + b".12\nb,1,1\n",
               {"x": "decimal(38,0)", "y": "decimal(38,4)"}),
    "utf16 without a mark": ("a.csv", ORDERS.encode("utf-16-le"), {"quantity": "int"}),
    "elements that are lists": ("a.xml", b"<a><o><id>1</id><l>x</l><l>y</l></o><o><id>2</id></o></a>",
                                {"id": "string"}),
    "swiss": ("a.csv", b"id;p\na;1'234.50\nb;12.00\n", {"p": "decimal(18,4)"}),
    "french": ("a.csv", "id;p\na;1\u202f234,50\nb;12,00\n".encode(), {"p": "decimal(18,4)"}),
    "ledger": ("a.csv", b"id;p\na;12,50-\nb;3,00\n", {"p": "decimal(18,4)"}),
    "blanks": ("a.csv", b"id , qty ,d ,p, made\n 1, 5 , 2026-01-01, 1.50 , 31.01.2026\n2,6 ,2026-01-02,2 ,28.02.2026\n",
               {"qty": "int", "d": "date", "p": "decimal(18,4)", "made": "date"}),
    "years above": ("a.csv", b"sku,2024,2025\nA,1,2\nB,3,4\n", {"n_2024": "int", "n_2025": "int"}),
    "too large": ("a.json", b'{"id": 1e400, "x": 1e400}\n{"id": 2, "x": 3}\n', {"id": "string", "x": "string"}),
    "feed of news": ("a.xml", b"<f><title>t</title><item><n>1</n></item><item><n>2</n></item></f>", {"n": "int"}),
    "zip with a text beside": ("a.zip", zipped(README_txt=b"Read me\nthis\n", z_csv=b"a,b\nx,1\nx,1\n"), {"b": "int"}),
    "titles of a sheet": ("a.xlsx", workbook(["Prices"], ["of", "2026-03-01"], [], ["sku", "size", "n"], ["A", "S", 1]),
                          {"sku": "string", "n": "int"}),
    "utf16 json": ("a.json", '[{"id": "a", "n": 1}, {"id": "b", "n": 2}]'.encode("utf-16"), {"n": "int"}),
    "utf16 json without a mark": ("a.json", '[{"id": "a", "n": 1}]'.encode("utf-16-be"), {"n": "int"}),
    "parquet": ("facts.parquet", parquet(), {"id": "string", "day": "date"}),
}  # fmt: skip


class Desk:
    """A project of one's own, and files that people sent."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = Settings(root / "landing", root / "warehouse", root / "shop", memory_mb=512)
        self.shop = root / "shop"
        new_project(self.shop, None)

    def made(self, name: str, data: bytes, feed: str | None = None) -> tuple[Feed, Path]:
        file = self.root / name
        file.write_bytes(data)
        return new_feed(self.settings, self.shop, file, feed)[0], file

    def read(self, name: str) -> str:
        return (self.shop / name).read_text(encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_is_made_of_a_sample_validates_and_takes_every_record_of_it(kind: str, desk: Desk) -> None:
    name, data, types = SAMPLES[kind]
    feed, file = desk.made(name, data, "made")
    found = validate(desk.shop)
    assert found.ok, found.problems
    project = load_project(desk.shop)
    contract = project.table("silver.made").contract
    assert {name: contract.types.get(name) for name in types} == types
    trial = attempt(desk.settings, project, "made", file)
    assert trial.ok, trial
    assert trial.tables[0].accepted == trial.read > 0
    assert [column.name for column in feed.key] or contract.key == ("row_id",)


def test_a_feed_runs_at_once_and_a_mart_after_it(desk: Desk) -> None:
    feed, file = desk.made(*SAMPLES["csv"][:2])
    new_mart(desk.shop, "agg_orders_daily", "silver.orders")
    target = desk.settings.landing_place
    landed = Path(target, "orders", "ingest_date=2026-03-01", file.name)
    landed.parent.mkdir(parents=True)
    landed.write_bytes(file.read_bytes())
    with open_context(desk.settings, load_project(desk.shop)) as context:
        report = flow.run(context, flow.Options())
    assert report.ok
    assert {table.name: table.rows for table in report.tables} == {"silver.orders": 2, "gold.agg_orders_daily": 2}
    assert [column.name for column in feed.key] == ["order_id"]


def test_a_mart_of_a_table_with_a_time_only_is_of_its_days_in_the_zone_of_the_project(desk: Desk) -> None:
    zoned = "settings: {our_zone: Europe/Berlin}\nallowed: {our_zone: {timezone: true}}\n"
    with (desk.shop / "project.yaml").open("a") as file:
        file.write(zoned)
    text = b"id,sold_at\na,2026-03-01T22:30:00Z\nb,2026-03-01T23:30:00Z\n"
    _, sample = desk.made("tills.csv", text)
    new_mart(desk.shop, "agg_tills_daily", "silver.tills")
    landed = Path(desk.settings.landing_place, "tills", "ingest_date=2026-03-01", sample.name)
    landed.parent.mkdir(parents=True)
    landed.write_bytes(text)
    with open_context(desk.settings, load_project(desk.shop)) as context:
        assert flow.run(context, flow.Options()).ok
        landed.with_name("more.csv").write_bytes(b"id,sold_at\nc,2026-03-02T10:00:00Z\nd,\n")
        assert flow.run(context, flow.Options()).ok
        rows = rows_of(context, "gold.agg_tills_daily", "order by all")
    assert [(str(row["sold_date"]), row["row_count"]) for row in rows] == [("2026-03-01", 1), ("2026-03-02", 2)]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"id,day\n1,03/04/2026\n2,05/06/2026\n", "is '03/04/2026' dd/MM/yyyy or MM/dd/yyyy"),
        (b"id;day\n1;03.04.2026\n2;05.06.2026\n", "is '03.04.2026' dd.MM.yyyy or MM.dd.yyyy"),
        (b"id;price\n1;1.234\n2;5.678\n", "is '1.234' a thousand and more, or one and a bit"),
        (b"id;price;cost\n1;1,50;1.50\n2;2,50;2.50\n", "numbers are written in several ways"),
        (b"id,day\n1,03/04/26\n", "a year of two digits"),
        (b"id,at\n1,2026-01-01 10:00:00\n", "says no time zone"),
        ("id,name\n1,Müller\n".encode("cp1252"), "read as cp1252"),
        (zipped(a_zip=zipped(x_csv=b"a\n1\n"), b_csv=b"id,n\na,1\n"), "a.zip is not read"),
        (b"a,b\nx,y\nx,y\n", "each row is kept under its own place"),
        (b"id,share\n1,12%\n2,13%\n", "share: looks like numbers, dates or times"),
        (b"id,made\n1,31.01.2026\n2,2026-02-01\n", "made: looks like numbers, dates or times"),
        (b"id,created_at\na,1772359200\nb,1772359300\n", "timestamp_seconds(try_cast(created_at as bigint))"),
        (b"id,n\n1,2\nTotal,2\n", "its last line is taken for a sum"),
        (b"id,n\n1,2\n,Summe\n", "its last line is taken for a sum"),
        (b"id,n\n1,2\n2\n", "1 records cannot be read: 1 columns instead of 2"),
        (
            b'{"id": 1, "tags": ["x"], "lines": [{"a": 1}], "a": {"b": {"c": {"d": 1}}}}\n{"id": 2}\n',
            "a.b.c is in no column",
        ),
        (b'{"id": 1, "tags": ["x"], "lines": [{"a": 1}]}\n{"id": 2}\n', "--records 'lines[*]' --name some_lines"),
        (
            b'{"page": 1, "data": [{"id": 1, "lines": [{"a": 1}]}, {"id": 2}]}',
            "--records 'data[*].lines[*]' --name some_",
        ),
        (b'{"data": [{"id": 1}, {"id": 2}], "page": 1}\n', "the elements of data are taken as the records"),
        (b'{"id": 1, "d": "31.01.2026"}\n', "written as dd.MM.yyyy, which this format cannot say"),
        ("编号,n\n1,2\n".encode(), "'编号' is called column_1 here"),
    ],
)
def test_what_cannot_be_known_is_asked_and_stays_a_text(data: bytes, told: str, desk: Desk) -> None:
    feed, file = desk.made("some.csv", data)
    assert any(told in doubt for doubt in feed.doubts), feed.doubts
    types = load_project(desk.shop).table("silver.some").contract.types
    assert {types.get(name, "string") for name in ("day", "price", "share", "made", "d")} == {"string"}
    of_columns = [doubt for doubt in feed.doubts if doubt.partition(": ")[0] in types]
    assert desk.read("silver/some/contract.yaml").count("# ASK: ") == len(of_columns)
    trial = attempt(desk.settings, load_project(desk.shop), "some", file)
    assert trial.tables[0].accepted == trial.read - trial.malformed


def test_people_are_marked_by_name_and_by_what_values_look_like(desk: Desk) -> None:
    text = (
        "order_id,customer_id,Phone,first_name,contact,origin,product_name\n"
        "1,C-1,+49 30 1234567,Ada,a@example.com,10.0.0.1,Lamp\n2,C-2,+49 30 7654321,Max,b@example.com,10.0.0.2,Cup\n"
    )
    desk.made("orders.csv", text.encode())
    contract = load_project(desk.shop).table("silver.orders").contract
    marked = {column.name: column.identifies for column in contract.personal}
    assert marked == {
        "customer_id": ("customer",),
        "phone": ("phone",),
        "first_name": (),
        "contact": ("email",),
        "origin": (),
    }


def test_each_guess_has_its_reason_beside_it(desk: Desk) -> None:
    desk.made("auftraege.csv", GERMAN)
    source, contract = desk.read("sources/auftraege.yaml"), desk.read("silver/auftraege/contract.yaml")
    assert 'decimal: ","   # 1.234,50 of betrag can be read in no other way' in source
    assert "date: dd.MM.yyyy" in source
    assert 'nulls: ["", n/a]' in source
    assert "key: auftragsnr   # no two of the 2 rows" in contract


def test_nothing_is_written_over(desk: Desk) -> None:
    desk.made("orders.csv", ORDERS.encode())
    before = desk.read("sources/orders.yaml")
    with pytest.raises(UsageError, match="there is a feed or table orders already"):
        desk.made("orders.csv", ORDERS.encode())
    path = desk.root / "shop/silver/other/contract.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n")
    with pytest.raises(UsageError, match="is there already"):
        desk.made("orders.csv", ORDERS.encode(), "other")
    assert not (desk.root / "shop/sources/other.yaml").exists()
    assert (desk.read("sources/orders.yaml"), path.read_text()) == (before, "# mine\n")
    with pytest.raises(UsageError, match="is there already"):
        new_project(desk.shop, None)
    new_mart(desk.shop, "mart_orders", "silver.orders")
    with pytest.raises(UsageError, match=r"gold\.mart_orders already"):
        new_mart(desk.shop, "mart_orders", "silver.orders")


def test_backslashes_before_quotes_are_an_escape_where_all_can_be_read_so(desk: Desk) -> None:
    desk.made("pipes.csv", b'id,name\n1,"Pipe 3\\" steel"\n2,"a, b"\n')
    assert 'escape: "\\\\"' in desk.read("sources/pipes.yaml")
    desk.made("broken.csv", b'id,name\n1,"Pipe 3\\" steel"\n2,"a" b\n3,c\n')
    assert "escape" not in desk.read("sources/broken.yaml")


def test_of_a_workbook_the_sheet_that_is_asked_for_is_looked_at(desk: Desk) -> None:
    book = openpyxl.Workbook()
    (notes := book.active).title = "Notes"
    notes.append(["for", "whom"])
    notes.append(["x", "y"])
    prices = book.create_sheet("Prices")
    for row in (["sku", "price"], ["A-1", 12.5], ["B-2", 7.25]):
        prices.append(row)
    book.save(path := desk.root / "list.xlsx")
    new_feed(desk.settings, desk.shop, path, "prices", Wish("Prices"))
    assert "sheet: Prices" in desk.read("sources/prices.yaml")
    project = load_project(desk.shop)
    assert {"sku", "price"} <= set(project.tables["silver.prices"].contract.types)
    with pytest.raises(UsageError, match=r"Notes.*Prices"):
        new_feed(desk.settings, desk.shop, path, "other", Wish("Price"))
    (lines := desk.root / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="nobody says an encoding"):
        new_feed(desk.settings, desk.shop, path, "other", Wish("Prices", "cp1252"))
    with pytest.raises(UsageError, match="has no records inside"):
        new_feed(desk.settings, desk.shop, path, "other", Wish("Prices", records="a"))
    with pytest.raises(UsageError, match="has no sheets"):
        new_feed(desk.settings, desk.shop, lines, "other", Wish("Prices"))


def test_a_text_is_read_in_the_encoding_that_is_said(desk: Desk) -> None:
    (path := desk.root / "sales.csv").write_bytes("日期,数量\n2026-03-02,3\n2026-03-03,5\n".encode("gb18030"))
    (told,) = look(path.read_bytes(), is_whole=True).doubts
    assert "as gb18030 '日期,数量'" in told
    assert "--encoding gb18030" in told
    feed, _ = new_feed(desk.settings, desk.shop, path, None, Wish(encoding="gb18030"))
    assert [(column.header, column.type) for column in feed.sample.columns] == [("日期", "date"), ("数量", "int")]
    assert "encoding: gb18030" in desk.read("sources/sales.yaml")
    for wrong, message in {"utf-8": "is no utf-8", "nonsense": "unknown encoding"}.items():
        with pytest.raises(UsageError, match=message):
            new_feed(desk.settings, desk.shop, path, "other", Wish(encoding=wrong))


@pytest.mark.parametrize(
    ("name", "data", "path", "around"),
    [
        ("a.json", b'{"data": [{"id": 7, "total": 9, "lines": [{"id": 1, "n": 2}, {"id": 2, "n": 3}]}, {"id": 8}]}',
         "data[*].lines[*]", "data_total"),
        ("a.parquet", parquet(total=[9, 8, 7], lines=[[{"sku": "a"}, {"sku": "b"}], [], None]), "lines", "total"),
    ],
)  # fmt: skip
def test_lists_in_records_are_a_feed_of_their_own(name: str, data: bytes, path: str, around: str, desk: Desk) -> None:
    heads, file = desk.made(name, data, "heads")
    assert any("lines holds objects: marketpulse new feed" in doubt for doubt in heads.doubts)
    feed, _ = new_feed(desk.settings, desk.shop, file, "lines", Wish(records=path))
    columns = {column.name: column for column in feed.sample.columns}
    assert (columns["line_number"].values, columns["line_number"].type) == (["1", "2"], "int")
    assert any("counts it several times" in ask for ask in columns[around].asks)
    trial = attempt(desk.settings, load_project(desk.shop), "lines", file)
    assert (trial.ok, trial.tables[0].accepted) == (True, 2)
    with pytest.raises(UsageError, match="has no list at other" if name == "a.json" else "other"):
        new_feed(desk.settings, desk.shop, file, "more", Wish(records="other"))


#: What is wrong: what is done, and what is told.
USAGE: dict[str, tuple[Callable[[Desk], object], str]] = {
    "no file": (lambda desk: new_feed(desk.settings, desk.shop, desk.root / "none.csv", None), "there is no file"),
    "empty": (lambda desk: desk.made("a.csv", b"\n"), "the file holds nothing"),
    "header only": (lambda desk: desk.made("a.csv", b"a,b\n"), "no record .* it holds none"),
    "formulas": (lambda desk: desk.made("a.xlsx", workbook(["id", "n"], ["a", "=1+1"])), "no record .* not computed"),
    "bytes": (lambda desk: desk.made("a.csv", bytes(range(256)) * 10), "the file is no text"),
    "a pdf": (lambda desk: desk.made("a.csv", b"%PDF-1.7 x"), "the file is a PDF"),
    "fixed": (lambda desk: desk.made("a.txt", (b"A" * 30 + b"\n") * 3), "30 characters wide"),
    "zip in a zip": (lambda desk: desk.made("a.zip", zipped(b_zip=zipped(x_csv=b"a\n1\n"))), "b.zip: .* is a zip file"),
    "twice packed": (lambda desk: desk.made("a.gz", gzip.compress(gzip.compress(b"a,b\n1,2\n"))), "gzip"),
    "name": (lambda desk: desk.made("a.csv", b"a,b\n1,2\n", "A b"), "nothing can be called 'A b'"),
    "no project": (lambda desk: new_feed(desk.settings, desk.root, desk.root / "x", None), "holds no project.yaml"),
    "no table": (lambda desk: new_mart(desk.shop, "m", "silver.x"), "there is no table 'silver.x'"),
    "no from": (lambda desk: new_mart(desk.shop, "m", None), "say what it reads"),
    "no pack": (lambda desk: new_project(desk.root / "p2", "nowhere"), "there is no pack or project 'nowhere'"),
}


@pytest.mark.parametrize("kind", USAGE)
def test_what_nobody_can_read_or_write_is_a_wrong_usage(kind: str, desk: Desk) -> None:
    act, told = USAGE[kind]
    with pytest.raises(UsageError, match=told):
        act(desk)
    assert [path.name for path in (desk.shop).rglob("*")] == ["project.yaml"]


def test_names_of_files_lose_their_days_and_endings() -> None:
    names = ["Orders_2026-03-01.csv.gz", "preisliste 7.xlsx", "orders-20260301T0400.json", "2026-03-01 sales.csv"]
    assert [name_of(Path(name)) for name in names] == ["orders", "preisliste", "orders", "sales"]


def test_what_a_file_says_stays_in_its_comment_and_its_description(desk: Desk) -> None:
    desk.made("a # b.csv", b'id,"x\n evil: 1","""y"" #: z"\n1,2,3\n', "some")
    assert validate(desk.shop).ok
    contract = load_project(desk.shop).table("silver.some").contract
    assert contract.columns[2].description == 'In the file: "y" #: z.'


def test_what_is_measured_is_no_key_however_it_is_written(desk: Desk) -> None:
    rows = ["2026-03-01,a,0.25%,€ 5", "2026-03-01,b,1.25%,€ 6", "2026-03-02,a,2.25%,€ 7", "2026-03-02,b,3.25%,€ 8"]
    text = "\n".join(["day,campaign,effect,paid", *rows, "Total,,1.00%,€ 26", ""])
    feed, _ = desk.made("report.csv", text.encode())
    assert [column.name for column in feed.key] == ["day", "campaign"]
    assert {column.name: column.type for column in feed.sample.columns}["day"] == "date"
    assert "footer: 1" in desk.read("sources/report.yaml")


def test_amounts_of_an_order_are_not_filled_down(desk: Desk) -> None:
    lines = [
        "name,mail,freight_in,surcharge,sku",
        "1,a@b.test,4.50,1.25,x",
        "1,,,,y",
        "2,c@d.test,5.50,2.25,x",
        "2,,,,z",
    ]
    feed, _ = desk.made("orders.csv", "\n".join([*lines, ""]).encode())
    assert feed.groups is not None
    assert [column.name for column in feed.groups.filled] == ["mail"]
    assert [column.name for column in feed.groups.kept] == ["freight_in", "surcharge"]
