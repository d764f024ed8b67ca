"""Write keys: shown once, kept hashed, taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.door.keys import add_key, hashed, read_keys, remove_keys
from marketpulse.errors import DefinitionError, UsageError


def test_a_key_is_kept_as_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "collect.yaml"
    key = add_key(file, "website", ["https://shop.example"], 5)
    again = add_key(file, "website", [], 0)
    assert key != again
    text = file.read_text(encoding="utf-8")
    assert key not in text
    found = read_keys(file).keys
    assert [(each.source, each.hash, each.origins, each.rate) for each in found] == [
        ("website", hashed(key), ["https://shop.example"], 5),
        ("website", hashed(again), [], 0),
    ]


def test_a_key_that_clients_have_already_is_taken_once(tmp_path: Path) -> None:
    file = tmp_path / "collect.yaml"
    assert add_key(file, "website", [], 0, "wk_test") == "wk_test"
    with pytest.raises(UsageError, match="such a key already"):
        add_key(file, "app", [], 0, "wk_test")


def test_settings_beside_the_keys_stay(tmp_path: Path) -> None:
    file = tmp_path / "collect.yaml"
    file.write_text("addresses: none\nconsent: analytics\n", encoding="utf-8")
    add_key(file, "website", [], 0)
    found = read_keys(file)
    assert (found.addresses, found.consent, len(found.keys)) == ("none", "analytics", 1)


def test_keys_of_a_source_go_together(tmp_path: Path) -> None:
    file = tmp_path / "collect.yaml"
    for source in ("website", "website", "app"):
        add_key(file, source, [], 0)
    assert remove_keys(file, "website") == 2
    assert [key.source for key in read_keys(file).keys] == ["app"]
    with pytest.raises(UsageError, match="no key is of 'website'"):
        remove_keys(file, "website")


@pytest.mark.parametrize("source", ["Web Site", "", "-x", "a/b"])
def test_a_source_that_is_no_name_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageError, match="cannot be a source"):
        add_key(tmp_path / "collect.yaml", source, [], 0)


@pytest.mark.parametrize("text", ["keys: 5", "keys: [{source: a}]", "secrets: x", "addresses: all"])
def test_a_file_that_is_wrong_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "collect.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"collect\.yaml:1"):
        read_keys(file)
