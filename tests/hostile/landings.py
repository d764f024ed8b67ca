"""Anything at all in a landing zone: a run brings in the good files, tells of the others, and so does the next one."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.landed import GOOD, HEADER
from tests.shop import MiniShop

CLICK = b'{"id":"c","ts":"2026-01-01T00:00:01Z"}\n'
_ODD = (0, -(1 << 40), (1 << 62) // 1_000_000_000, 10_000_000_000, 253_402_300_800)
Kind = Callable[[Path, bytes], None]


def _packed(rows: list[str]) -> bytes:
    raw = io.BytesIO()
    pq.write_table(pa.table({"id": rows, "day": ["2026-01-01"] * len(rows), "note": [[r] for r in rows]}), raw)
    return raw.getvalue()


def _linked(target: str) -> Kind:
    return lambda path, _: path.symlink_to(target)


def _outside(path: Path) -> Path:
    """A file that is none of the landing zone's, and none of this machine's either: who writes there is found out."""
    landing = next(folder for folder in path.parents if folder.name == "landing")
    return landing.parent / "project" / "project.yaml"


def _write(path: Path, data: bytes) -> None:
    """Never into what lies there: a pipe would wait for a reader for ever, and a link leads out of the test."""
    with path.open("xb") as file:
        file.write(data)


#: What something in a folder may be.
KINDS: dict[str, Kind] = {
    "file": _write,
    "pipe": lambda path, _: os.mkfifo(path),
    "folder": lambda path, _: path.mkdir(),
    "dangling": _linked("nowhere"),
    "circle": lambda path, _: path.symlink_to(path.name),
    "out": lambda path, _: path.symlink_to(_outside(path)),
    "device": _linked("/dev/zero"),
    "above": _linked(".."),
    "closed": lambda path, data: (_write(path, data), path.chmod(0))[1],
}


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file of which some bytes are others, which is cut, or said twice."""
    data = bytearray(whole)
    for place in draw(st.lists(st.integers(0, max(0, len(data) - 1)), max_size=6)):
        data[place] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, len(data)))
    return draw(st.sampled_from([bytes(data), bytes(data[:cut]), bytes(data[cut:] + data), bytes(data) * 2]))


TEXTS = st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
PIECES = [CLICK, b"1,2026-01-01,1,1\n", b'{"batch":[', b'"', b"\r"]
RECORDS = st.lists(st.one_of(TEXTS, st.binary(max_size=40), st.sampled_from(PIECES)), max_size=20)
SEEDS = [GOOD * 3, CLICK * 20, gzip.compress(GOOD), gzip.compress(CLICK * 50), _packed(["1", "2"] * 50)]
CONTENTS = st.one_of(
    st.binary(max_size=400),
    RECORDS.map(b"".join),
    RECORDS.map(lambda records: HEADER + b"".join(records)),
    st.sampled_from(SEEDS).flatmap(damaged),
)
NAMES = st.one_of(
    st.binary(min_size=1, max_size=60).filter(lambda name: not set(name) & set(b"/\0") and name not in (b".", b"..")),
    st.text("abc=-_.{}*?[]'\"\\%é\u202e \n", min_size=1, max_size=40).map(str.encode).filter(lambda n: n.strip(b".")),
    st.sampled_from([b"ingest_date=2026-02-30", b"ingest_date=2026-01-01", b"hour=99", b"_SUCCESS", b"a.csv.gz"]),
)
THINGS = st.tuples(
    st.sampled_from(["sales", "clicks", "packed"]),
    st.lists(NAMES, min_size=1, max_size=3),
    st.sampled_from(sorted(KINDS)),
    CONTENTS,
    st.one_of(st.none(), st.sampled_from(_ODD), st.integers(-(1 << 40), 1 << 40)),
)
Thing = tuple[str, list[bytes], str, bytes, int | None]


def trying(examples: int) -> settings:
    """So many landing zones, as they come: a run takes what it takes."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )


def land(shop: MiniShop, thing: Thing) -> None:
    """Put something into the landing zone, as far as the system lets anybody."""
    feed, names, kind, data, moment = thing
    path = Path(os.fsdecode(b"/".join([os.fsencode(shop.landing), feed.encode(), *names])))
    with suppress(OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
        KINDS[kind](path, data)
        if moment is not None:
            os.utime(path, (moment, moment), follow_symlinks=False)


def survives(things: list[Thing], *select: str) -> None:
    """Bring in a landing zone with these and a good file; twice, and once more with news."""
    root = Path(tempfile.mkdtemp())
    try:
        shop = MiniShop(root)
        text = (shop.project_dir / "sources/sales.yaml").read_text()
        packed = text.replace("name: sales", "name: packed").replace("format: csv", "format: parquet")
        shop.write("sources/packed.yaml", packed)
        shop.write("silver/sales/from_packed.sql", "select id, day, 1 as qty, 1 as amount from bronze.packed")
        for thing in things:
            land(shop, thing)
        shop.land("sales/zz/good.csv", HEADER + b"good,2026-01-01,1,1\n")
        first = _ingested(shop, select)
        assert "good" in first
        assert _ingested(shop, select) == first
        shop.land("sales/zz/more.csv", HEADER + b"more,2026-01-01,1,1\n")
        assert "more" in _ingested(shop, select)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _ingested(shop: MiniShop, select: tuple[str, ...]) -> list[str]:
    """Keys of bronze after a run that ends with what it found, and no other way."""
    report = shop.run(*select)
    assert all(blocked["file"] and blocked["message"] for feed in report.feeds for blocked in feed.blocked)
    assert [(table.name, table.message) for table in report.tables if table.status == "failed"] == []
    with shop.open() as context:
        table = context.lake.find("bronze.sales")
        assert table is not None
        view = context.engine.bind("back", {"id": "string"}, [file.path for file in table.files()])
        return sorted(row[0] for row in context.engine.rows(f"select id from {view} where id is not null"))
