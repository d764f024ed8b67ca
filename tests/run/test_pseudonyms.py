"""What stands for people is keyed by a secret: the same in each language, made once, and gone when it is destroyed."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from marketpulse.errors import StorageError
from marketpulse.run.pseudonyms import Pseudonyms

NAMES = ("C-17", "", "O'Brien", "ada@people.example", "Zoë Ångström", "数据", "a" * 200, "x\ny", "\u0301")


@pytest.fixture
def known(tmp_path: Path) -> Pseudonyms:
    return Pseudonyms(str(tmp_path / "secrets"))


@pytest.mark.parametrize("name", NAMES)
def test_python_and_sql_say_the_same(known: Pseudonyms, name: str) -> None:
    asked = f"select {known.duckdb('name')} from (select ? as name)"
    assert duckdb.sql(asked, params=[name]).fetchall() == [(known.of(name),)]
    assert known.of(name) == hashlib.sha256(f"{known.secret}{name}".encode()).hexdigest()
    assert known.of(name) != hashlib.sha256(name.encode()).hexdigest()


def test_nobody_has_no_pseudonym(known: Pseudonyms) -> None:
    assert duckdb.sql(f"select {known.duckdb('name')} from (select null::varchar as name)").fetchall() == [(None,)]


def test_of_many_who_need_a_secret_at_once_one_makes_it(tmp_path: Path) -> None:
    for turn in range(20):
        with ThreadPoolExecutor(8) as pool:
            found = {*pool.map(lambda _, n=turn: Pseudonyms(str(tmp_path / str(n))).secret, range(8))}
        assert len(found) == 1
        assert [file.name for file in (tmp_path / str(turn)).iterdir()] == ["pseudonyms"]


def test_two_warehouses_do_not_call_anybody_the_same(tmp_path: Path) -> None:
    assert Pseudonyms(str(tmp_path / "a")).of("C-17") != Pseudonyms(str(tmp_path / "b")).of("C-17")


def test_a_secret_is_for_who_made_it(known: Pseudonyms) -> None:
    before = os.umask(0o077)
    try:
        assert known.secret
    finally:
        os.umask(before)
    assert Path(known.place).stat().st_mode & 0o077 == 0


def test_a_new_secret_leaves_nothing_of_the_old_one(known: Pseudonyms) -> None:
    secret, ada = known.secret, known.of("ada")
    known.renew()
    assert known.of("ada") != ada
    assert Pseudonyms(str(Path(known.place).parent)).of("ada") == known.of("ada")
    assert all(secret not in file.read_text() for file in Path(known.place).parent.iterdir())


@pytest.mark.parametrize("text", ["", "0123", "+" * 19, "0" * 20])
def test_a_damaged_secret_is_told_and_a_new_one_mends_it(known: Pseudonyms, text: str) -> None:
    Path(known.place).parent.mkdir()
    Path(known.place).write_text(text)
    with pytest.raises(StorageError, match="the secret for pseudonyms is damaged") as caught:
        known.of("ada")
    assert "marketpulse secret renew" in (caught.value.hint or "")
    known.renew()
    assert known.of("ada")


def test_who_may_not_make_one_is_told_who_does(tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    with pytest.raises(StorageError, match="there is no secret for pseudonyms yet") as caught:
        Pseudonyms(str(tmp_path / "no folder")).of("ada")
    assert caught.value.hint == "whoever may write there runs: marketpulse run"
