"""A large damaged CSV: lines without quotes are read together, and each one is what it would be alone."""

from __future__ import annotations

import random

import pytest

from marketpulse.landing.files import find_files
from marketpulse.landing.opened import opened
from tests.shop import MiniShop

HEADER = b"id,day,qty,amount\n"
ODD = [b"1,2026-01-01,3\n", b"\n", b"\xff,2026-01-01,3,4\n", b"a,b,c,d,e\n", b"\r\n", "é,ü,,∅\r\n".encode(), b",,,\n"]
QUOTED = b'"q,1","two\nlines",3,4\n'


def lines(quoted: bool) -> list[bytes]:
    """Some four megabytes, one line in twenty odd."""
    dice = random.Random(7)
    found = []
    for number in range(140_000):
        found.append(f"k{number},2026-01-01,{number % 9},{number / 100}\n".encode())
        if dice.random() < 0.05:
            found.append(dice.choice(ODD))
        if quoted and number % 30_000 == 29_999:
            found.append(QUOTED)
    return found


def expected(found: list[bytes]) -> tuple[dict[int, list[str | None]], dict[int, str]]:
    """Rows and reasons by record number, one line at a time."""
    rows: dict[int, list[str | None]] = {}
    bad: dict[int, str] = {}
    for number, line in enumerate((line for line in found if line.strip(b"\r\n")), start=1):
        if line == QUOTED:
            rows[number] = ["q,1", "two\nlines", "3", "4"]
            continue
        try:
            row = [value or None for value in line.decode().rstrip("\r\n").split(",")]
        except UnicodeDecodeError:
            bad[number] = "not valid utf-8 (byte 1 of the line)"
            continue
        if len(row) == 4:
            rows[number] = row
        else:
            bad[number] = f"{len(row)} columns instead of 4"
    return rows, bad


@pytest.mark.parametrize("quoted", [False, True])
def test_every_line_of_a_large_damaged_file_is_what_it_is_alone(shop: MiniShop, quoted: bool) -> None:
    written = lines(quoted)
    shop.land("sales/large.csv", HEADER + b"".join(written))
    source = shop.project().sources["sales"]
    file = find_files(str(shop.landing), source.folder, source.pattern)[0][0]
    with opened(file, shop.root) as data:
        assert data is not None
        quick = source.reader.open(data, source.wanted)
        quick.stream().read_all()
        assert quick.doubted
        assert quick.patient is not None
        batches = list(quick.patient().stream())
    rows: dict[int, list[str | None]] = {}
    bad: dict[int, str] = {}
    for batch in batches:
        for *values, number, _, error, _ in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if error:
                bad[number] = error
            else:
                rows[number] = values
    assert (rows, bad) == expected(written)
