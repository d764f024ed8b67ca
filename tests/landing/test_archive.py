"""Zip archives: each member is a delivery of its own, and damaged on its own."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.errors import GateError
from marketpulse.landing import archive
from marketpulse.landing.archive import members
from marketpulse.landing.limits import MB, Limits
from tests.landed import HEADER
from tests.landing.corpus import Corpus
from tests.landing.packs import PACKERS, zipped
from tests.shop import MiniShop
from tests.tables import sale_ids


def sale(*ids: str) -> bytes:
    return HEADER + "".join(f"{each},2026-01-01,1,1\n" for each in ids).encode()


def encrypted(data: bytes) -> bytes:
    """The archive with the mark of encryption on its first member."""
    found = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found[found.index(mark) + at] |= 1
    return bytes(found)


def damaged(data: bytes, text: bytes) -> bytes:
    return data.replace(text, b"\0" * len(text), 1)


SEVERAL = {
    "south/a.csv": sale("s1", "s2"),
    "north/": b"",
    "north/a.csv": sale("n1"),
    "__MACOSX/north/._a.csv": b"\0\5\x16\7",
    "north/.DS_Store": b"\0",
    "../up.csv": sale("up"),
    "/etc/abs.csv": sale("abs"),
    "new\nline\x1b.csv": sale("ctl"),
    "Z\u00fcrich.csv": sale("zh"),
}
FILES = {
    "sales/several.zip": zipped(SEVERAL),
    "sales/stored.zip": zipped({"a.csv": sale("st")}, zipfile.ZIP_STORED),
    "sales/bzip2.zip": zipped({"a.csv": sale("bz")}, zipfile.ZIP_BZIP2),
    "sales/lzma.zip": zipped({"a.csv": sale("lz"), "b.csv": sale("lz2")}, zipfile.ZIP_LZMA),
    "sales/one_bad.zip": damaged(
        zipped({"a.csv": sale("ok1"), "b.csv": sale("bad1"), "c.csv": sale("ok2")}, zipfile.ZIP_STORED), b"bad1,2026"
    ),
    "sales/secret.zip": encrypted(zipped({"a.csv": sale("hidden"), "b.csv": sale("open")})),
    "sales/nested.zip": zipped(
        {"in.zip": zipped({"a.csv": sale("no")}), "in.gz": PACKERS["gz"](sale("no")), "b.csv": sale("beside")}
    ),
    "sales/cut.zip": zipped({"a.csv": sale("cut")})[:-30],
    "sales/empty.zip": zipped({}),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("zip"), FILES)


@pytest.mark.parametrize(
    ("member", "ids"),
    [
        ("several.zip!/south/a.csv", ["s1", "s2"]),
        ("several.zip!/north/a.csv", ["n1"]),
        ("several.zip!/../up.csv", ["up"]),
        ("several.zip!//etc/abs.csv", ["abs"]),
        ("several.zip!/new\nline\x1b.csv", ["ctl"]),
        ("several.zip!/Z\u00fcrich.csv", ["zh"]),
        ("stored.zip!/a.csv", ["st"]),
        ("bzip2.zip!/a.csv", ["bz"]),
        ("one_bad.zip!/a.csv", ["ok1"]),
        ("one_bad.zip!/c.csv", ["ok2"]),
        ("secret.zip!/b.csv", ["open"]),
        ("nested.zip!/b.csv", ["beside"]),
    ],
)
def test_each_member_is_a_file_of_its_own(corpus: Corpus, member: str, ids: list[str]) -> None:
    assert corpus.accepted(f"sales/{member}") == ids


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("lzma.zip!/b.csv", "it is packed with LZMA, which is not read: pack it with Deflate"),
        ("secret.zip!/a.csv", "it is encrypted"),
        ("nested.zip!/in.zip", "what is packed in it is a zip file"),
        ("nested.zip!/in.gz", "what is packed in it is a gzip file"),
        ("one_bad.zip!/b.csv", "the member is damaged: its checksum is another"),
        ("cut.zip", "the zip archive is damaged or not whole: File is not a zip file"),
    ],
)
def test_what_is_not_read_is_told_by_its_name(corpus: Corpus, file: str, reason: str) -> None:
    assert corpus.blocked(f"sales/{file}") == reason


def test_an_archive_without_members_is_no_fault(corpus: Corpus) -> None:
    assert corpus.blocked("sales/empty.zip") is None


def test_nothing_of_an_archive_is_written_outside_of_the_warehouse(corpus: Corpus) -> None:
    assert not list(corpus.shop.root.rglob("up.csv"))
    assert not Path("/etc/abs.csv").exists()


def ledger(shop: MiniShop) -> dict[str, int]:
    with shop.open() as context:
        table = context.lake.find("bronze.landed_files")
        assert table
        back = context.engine.bind("back", table.types, [file.path for file in table.files()])
        return dict(context.engine.rows(f"select source_file, record_count from {back} where not is_duplicate"))


def test_the_ledger_has_the_archive_and_each_of_its_files(shop: MiniShop) -> None:
    shop.land("sales/a.zip", zipped({"x.csv": sale("1", "2"), "y.csv": sale("3")}))
    report = shop.run()
    assert (report.feeds[1].files, report.feeds[1].records) == (2, 3)
    assert ledger(shop) == {"sales/a.zip": 0, "sales/a.zip!/x.csv": 2, "sales/a.zip!/y.csv": 1}
    again = shop.run()
    assert (again.feeds[1].files, again.feeds[1].duplicates) == (0, 0)


def test_what_is_no_news_in_a_new_archive_adds_nothing(shop: MiniShop) -> None:
    shop.land("sales/ingest_date=2026-01-01/plain.csv", sale("1"))
    shop.land("sales/ingest_date=2026-01-01/a.zip", zipped({"x.csv": sale("1"), "y.csv": sale("2")}))
    shop.run()
    assert sale_ids(shop) == ["1", "2"]
    shop.land("sales/ingest_date=2026-01-01/a.zip", zipped({"x.csv": sale("1"), "y.csv": sale("2", "3")}))
    report = shop.run()
    assert (report.feeds[1].files, report.feeds[1].records) == (1, 2)
    shop.land("sales/ingest_date=2026-01-01/copy.zip", zipped({"x.csv": sale("1"), "y.csv": sale("2", "3")}))
    assert shop.run().feeds[1].files == 0
    assert len(shop.rows("bronze.sales")) == 4


def test_the_same_bytes_in_an_archive_of_another_day_are_news(shop: MiniShop) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        shop.land(f"sales/ingest_date={day}/a.zip", zipped({"x.csv": sale("1")}))
        shop.land(f"sales/stock_{day}.zip", zipped({"x.csv": sale("2")}))
    assert shop.run().feeds[1].files == 4


def test_an_archive_that_is_mended_brings_what_was_missing_once(shop: MiniShop) -> None:
    good, bad = {"x.csv": sale("1"), "y.csv": sale("2")}, {"x.csv": sale("1"), "y.csv": b"no,header\n"}
    shop.land("sales/a.zip", zipped(bad))
    for _ in range(2):  # it is told until it is put right
        report = shop.run()
        assert [each["file"] for each in report.feeds[1].blocked] == ["sales/a.zip!/y.csv"]
        assert sale_ids(shop) == ["1"]
    shop.land("sales/a.zip", zipped(good))
    report = shop.run()
    assert (report.feeds[1].blocked, report.feeds[1].files) == ([], 1)
    assert (sale_ids(shop), len(shop.rows("bronze.sales"))) == (["1", "2"], 2)


def test_names_that_an_archive_has_twice_are_read_neither_time(shop: MiniShop) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as found:
        found.writestr("x.csv", sale("1"))
        with pytest.warns(UserWarning, match="Duplicate name"):
            found.writestr("x.csv", sale("2"))
        found.writestr("y.csv", sale("3"))
    shop.land("sales/a.zip", target.getvalue())
    report = shop.run()
    assert [each["message"] for each in report.feeds[1].blocked] == ["the archive names it 2 times"]
    assert sale_ids(shop) == ["3"]


def test_an_archive_unpacks_to_as_much_as_a_file_may_all_members_together(shop: MiniShop) -> None:
    large = HEADER + b"1,2026-01-01,1,1\n" * 40_000
    files = {"a.csv": sale("1"), "b.csv": large, "c.csv": large, "d.csv": large, "e.csv": sale("2")}
    shop.land("sales/a.zip", zipped(files))
    report = shop.run(unpacked_mb=1)
    assert [each["file"] for each in report.feeds[1].blocked] == ["sales/a.zip!/c.csv", "sales/a.zip!/d.csv"]
    assert sale_ids(shop) == ["1", "2"]


def test_a_member_that_unpacks_to_more_than_is_said_is_cut_and_told() -> None:
    data = bytearray(zipped({"a.csv": b"x" * 5000}))
    data[data.index(b"PK\x01\x02") + 24 : data.index(b"PK\x01\x02") + 28] = (10).to_bytes(4, "little")
    ((member,), raw) = (members(io.BytesIO(data), Limits()) or [], io.BytesIO(data))
    pieces = member.pieces(raw, Limits())
    assert b"".join(pieces) == b"x" * 10
    assert pieces.damage == "the member unpacks to more than its archive says"


def test_a_member_whose_place_is_none_is_told() -> None:
    data = bytearray(zipped({"a.csv": sale("1")}))
    data[-5] ^= 0x20  # where the list begins: farther behind than the file is long
    raw = io.BytesIO(data)
    ((member,),) = [members(raw, Limits()) or []]
    with pytest.raises(GateError, match="its place in the zip archive is damaged"):
        member.pieces(raw, Limits())


def test_an_archive_whose_list_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(zipped({f"{n}": b"" for n in range(30)}))
    monkeypatch.setattr(archive, "_MOST_MEMBERS", 20)
    with pytest.raises(GateError, match="it holds 30 files, more than 20"):
        members(data, Limits())
    monkeypatch.setattr(archive, "_MOST_LISTED", 100)
    with pytest.raises(GateError, match="its list of members has"):
        members(data, Limits())


def test_a_workbook_is_no_archive() -> None:
    assert members(io.BytesIO(zipped({"docProps/app.xml": b"", "[Content_Types].xml": b""})), Limits()) is None


_NAMES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\\"), min_size=1, max_size=8)


@settings(max_examples=25)
@given(
    files=st.dictionaries(_NAMES.filter(lambda name: not name.endswith("/")), st.binary(max_size=50), max_size=4),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]),
)
def test_members_are_what_python_reads(files: dict[str, bytes], method: int) -> None:
    raw = io.BytesIO(zipped(files, method))
    with zipfile.ZipFile(raw) as reference:
        right = {name: reference.read(name) for name in reference.namelist()}
    found = {each.name: b"".join(each.pieces(raw, Limits(MB))) for each in members(raw, Limits()) or []}
    litter = {name for name in right if archive._is_litter(name)}
    assert found == {name: data for name, data in right.items() if name not in litter}


def test_a_folder_that_is_called_as_an_archive_before_its_files_is_told(shop: MiniShop) -> None:
    shop.land("sales/a.zip!/x.csv", sale("1"))
    report = shop.run()
    assert "ends in !" in report.feeds[1].blocked[0]["message"]


@pytest.mark.engines(always=False)
def test_archives_are_read_on_every_engine(shop: MiniShop) -> None:
    shop.land("sales/a.zip", zipped({"x.csv": sale("1"), "y.csv": sale("2")}))
    assert shop.run().ok
    assert sale_ids(shop) == ["1", "2"]
