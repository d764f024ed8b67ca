"""The list of erased people: it knows names by keyed hashes, and is missed when it is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketpulse.errors import StorageError, UsageError
from marketpulse.people.erased import LIST, Erased


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "erasures")


def test_a_name_is_known_by_its_hash_and_written_nowhere(place: str) -> None:
    Erased.read(place).begin("buyer", [("buyer", "ada@1815"), ("browser", "b-1")])
    found = Erased.read(place)
    assert found.has("buyer", "ada@1815")
    assert found.has_any(("browser", "buyer"), "b-1")
    assert not found.has("browser", "ada@1815")
    assert "ada@" not in "".join(file.read_text() for file in Path(place).iterdir())


def test_the_same_name_has_another_hash_under_another_secret(place: str, tmp_path: Path) -> None:
    first = Erased.read(place).begin("buyer", [("buyer", "ada")])
    other = Erased.read(str(tmp_path / "other")).begin("buyer", [("buyer", "ada")])
    assert first.keyring.keyed("buyer", "ada") != other.keyring.keyed("buyer", "ada")


def test_erasures_have_numbers_and_come_to_an_end_or_wait(place: str) -> None:
    begun = Erased.read(place).begin("buyer", [("buyer", "ada")])
    assert (begun.number, begun.at_work is not None) == (1, True)
    waiting = begun.finish(["gold.x"])
    assert (waiting.at_work, Erased.read(place).waits) == (None, ("gold.x",))
    done = waiting.finish().begin("buyer", [("buyer", "bob")]).finish()
    assert (done.number, done.waits, Erased.read(place).erasures[0].done_at is None) == (2, (), False)


def test_nobody_is_on_a_list_that_is_not_there(place: str) -> None:
    assert (Erased.read(place).number, Erased.read("").number) == (0, 0)
    assert not Erased.read(place).has("buyer", "ada")


def test_a_list_without_its_secret_or_with_another_one_is_refused(place: str) -> None:
    Erased.read(place).begin("buyer", [("buyer", "ada")])
    (Path(place) / "secret-1").write_text("other")
    with pytest.raises(UsageError, match="secret 1 of the list of erased people is not there, or is another one"):
        Erased.read(place)
    (Path(place) / "secret-1").unlink()
    with pytest.raises(UsageError, match="bring it back"):
        Erased.read(place)


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"erasures": [{"no": 1}], "secrets": []})])
def test_a_damaged_list_is_refused(place: str, text: str) -> None:
    Erased.read(place).begin("buyer", [("buyer", "ada")])
    (Path(place) / LIST).write_text(text)
    with pytest.raises(StorageError, match="cannot be read"):
        Erased.read(place)


def test_the_list_and_its_secret_are_written_whole(place: str) -> None:
    Erased.read(place).begin("buyer", [("buyer", "ada")])
    assert sorted(file.name for file in Path(place).iterdir()) == [LIST, "pseudonyms", "secret-1"]
