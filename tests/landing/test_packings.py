"""Packed bytes: what comes out is what went in, whatever it was packed with; a damage costs what stands behind it."""

from __future__ import annotations

import io
import random
import tarfile

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from marketpulse.errors import GateError
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.pieces import Pieces, pieces_of
from tests.landed import HEADER
from tests.landing.corpus import Corpus
from tests.landing.packs import PACKERS, zipped
from tests.shop import MiniShop
from tests.tables import sale_ids


def lines(kind: str) -> bytes:
    return HEADER + b"".join(b"%s%d,2026-01-01,1,1\n" % (kind.encode(), n) for n in range(10_000))


EVERY = pytest.mark.parametrize("kind", PACKERS)


def unpacked(data: bytes, limits: Limits | None = None) -> tuple[bytes, Pieces]:
    pieces = pieces_of(io.BytesIO(data), limits or Limits())
    return b"".join(pieces), pieces


@EVERY
@settings(max_examples=15)
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_streams_one_after_the_other_are_one_file(kind: str, parts: list[bytes]) -> None:
    found, pieces = unpacked(b"".join(PACKERS[kind](part) for part in parts))
    assert (found, pieces.damage) == (b"".join(parts), None)


@EVERY
def test_a_stream_that_is_cut_gives_what_was_there(kind: str) -> None:
    data = PACKERS[kind](random.Random(1).randbytes(1_500_000))
    found, pieces = unpacked(data[:-20_000])
    assert "ends too early" in str(pieces.damage)
    assert random.Random(1).randbytes(1_500_000).startswith(found)
    assert len(found) > (300_000 if kind in ("xz", "bz2") else 1_300_000)


@EVERY
def test_of_a_stream_that_is_damaged_nothing_is_taken_but_what_was_checked(kind: str) -> None:
    whole = random.Random(1).randbytes(1_500_000)
    data = bytearray(PACKERS[kind](whole) + PACKERS[kind](whole[:5000]))
    data[-400:-200] = b"\xff" * 200
    if kind != "bz2":
        with pytest.raises(GateError, match="stream is damaged"):
            unpacked(bytes(data))
        return
    found, pieces = unpacked(bytes(data))
    assert "stream is damaged" in str(pieces.damage)
    assert found.startswith(whole)


@EVERY
def test_no_bit_of_a_packed_file_can_change_without_a_word(kind: str) -> None:
    whole = "".join(f"{number},2026-01-{number % 28 + 1:02},{number * 7}\n" for number in range(300)).encode()
    packed, dice, blocked = PACKERS[kind](whole), random.Random(2), 0
    for _ in range(60):
        data = bytearray(packed)
        data[dice.randrange(6, len(data))] ^= 1 << dice.randrange(8)
        try:
            found, pieces = unpacked(bytes(data))
        except GateError:
            blocked += 1
        else:
            assert whole.startswith(found), "bytes that were never packed"
            assert found == whole or pieces.damage
    assert (blocked > 40) == (kind != "bz2")


@EVERY
def test_what_unpacks_to_more_than_it_may_is_not_unpacked(kind: str) -> None:
    with pytest.raises(GateError, match="more than the 1 MB of unpacked_mb"):
        unpacked(PACKERS[kind](bytes(50 * MB)), Limits(MB, MB))


def test_frames_that_are_to_be_skipped_are_skipped_and_zeros_behind_a_stream_are_none() -> None:
    skipped = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"size"
    frames = skipped + PACKERS["zst"](b"one ") + skipped + PACKERS["zst"](b"two")
    assert unpacked(frames)[0] == b"one two"
    found, pieces = unpacked(PACKERS["gz"](b"one") + bytes(600_000))
    assert (found, pieces.damage) == (b"one", None)


def test_a_frame_whose_window_takes_too_much_memory_is_not_read() -> None:
    long = zstandard.ZstdCompressionParameters(window_log=30, enable_ldm=True)
    with pytest.raises(GateError, match="stream is damaged"):
        unpacked(zstandard.ZstdCompressor(compression_params=long).compressobj().compress(bytes(1 << 20)) + b"")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    files: dict[str, bytes] = {}
    for kind, pack in PACKERS.items():
        files[f"sales/whole.csv.{kind}"] = pack(HEADER + kind.encode() + b",2026-01-01,1,1\n")
        files[f"sales/cut.{kind}"] = pack(lines(kind))[:-200]
        files[f"sales/twice.{kind}"] = pack(PACKERS["gz"](lines(kind)))
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"), io.BytesIO())
    files |= {"sales/a.tar.gz": target.getvalue(), "sales/z.gz": PACKERS["gz"](zipped({"a.csv": HEADER}))}
    return Corpus(tmp_path_factory.mktemp("packed"), files)


def test_every_record_is_accounted_for_once(corpus: Corpus) -> None:
    corpus.assert_conserved("silver.sales")


@EVERY
def test_a_file_that_is_packed_is_known_by_its_first_bytes(corpus: Corpus, kind: str) -> None:
    assert corpus.accepted(f"sales/whole.csv.{kind}") == [kind]


@EVERY
def test_the_end_of_what_is_cut_is_told_as_a_record(corpus: Corpus, kind: str) -> None:
    file = f"sales/cut.{kind}"
    told = corpus.blocked(file) or corpus.rejected(file)[-1][1]
    assert "ends too early" in told


@pytest.mark.parametrize(
    ("file", "what"),
    [*((f"twice.{k}", "a gzip file") for k in PACKERS), ("a.tar.gz", "a tar archive"), ("z.gz", "a zip file")],
)
def test_what_is_packed_twice_is_refused_by_name(corpus: Corpus, file: str, what: str) -> None:
    assert corpus.blocked(f"sales/{file}") == f"what is packed in it is {what}"


def test_a_bomb_is_left_out_and_the_others_come_in(shop: MiniShop) -> None:
    for kind, pack in PACKERS.items():
        shop.land(f"sales/bomb.{kind}", pack(HEADER + b"1,2026-01-01,1,1\n" * 200_000))
    shop.land("sales/good.csv", HEADER + b"good,2026-01-01,1,1\n")
    report = shop.run(unpacked_mb=2)
    assert len(report.feeds[1].blocked) == 4
    assert sale_ids(shop) == ["good"]
