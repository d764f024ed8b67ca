"""A YAML file knows the line of every value, so that every error can say where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.odcs import Strict
from marketpulse.project.yamlfile import read_yaml

TEXT = """\
name: sales
csv:
  delimiter: ";"
columns:
  - {name: id}
  - name: day
    kind: date
"""


class Column(Strict):
    name: str
    kind: str = "string"


class Feed(Strict):
    name: str
    csv: dict[str, str]
    columns: list[Column]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "sales.yaml"
    found.write_text(TEXT, encoding="utf-8")
    return found


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ((), 1),
        (("name",), 1),
        (("csv",), 3),
        (("csv", "delimiter"), 3),
        (("columns", 0, "name"), 5),
        (("columns", 1, "kind"), 7),
        (("columns", 1, "no such"), 6),
        (("columns", 9), 5),
        (("no such", "at all"), 1),
    ],
)
def test_a_value_or_what_is_nearest_to_it_has_its_line(path: Path, location: tuple[str | int, ...], line: int) -> None:
    assert read_yaml(path).line(location) == line
    assert read_yaml(path).where(location) == f"{path}:{line}"


def test_a_file_becomes_its_model(path: Path) -> None:
    assert read_yaml(path).into(Feed).columns == [Column(name="id"), Column(name="day", kind="date")]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kind: date", "kind: [date]", 7, "columns.kind is a list, not a text"),
        ("kind: date", "sort: date", 7, "there is no field columns.sort (known here: kind, name)"),
        ("name: sales", "names: sales", 1, "name is missing"),
    ],
)
def test_what_does_not_fit_is_refused_with_line_and_known_keys(
    path: Path, old: str, new: str, line: int, words: str
) -> None:
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_yaml(path).into(Feed)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"a: [1\nb: 2\n", ":2: not valid YAML"), (b"a: \xff\n", "not UTF-8 text (byte 3)"), (None, "does not exist")],
)
def test_a_file_that_is_no_yaml_is_refused(path: Path, data: bytes | None, words: str) -> None:
    path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(DefinitionError) as caught:
        read_yaml(path)
    assert words in str(caught.value)


DEEP = b"name: " + b"[" * 400_000 + b"]" * 400_000
BOMB = b"a: &a [x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n" % (new, new, *[old] * 8)
    for old, new in zip(b"abcdefg", b"bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"- a\n", "the file is a list"),
        (b"name: a\0b\n", ":1: holds the control character U+0000"),
        (b'csv: {}\nname: "a\\0b"\n', ":2: holds the character U+0000"),
        (b"name: a\ncsv:\n\tb: c\n", ":3: not valid YAML"),
        (b"csv: {}\nname: 2026-02-30\n", ":2: not valid YAML: '2026-02-30' is no timestamp"),
        (b"name: " + b"9" * 5_000, "is no int"),
        (b"2026-01-01: x\n", "2026-01-01 is a timestamp where a name belongs"),
        (b"name: a\ncsv: {}\nname: b\n", ":3: 'name' is given twice, first in line 1"),
        (b"name: &a [*a]\n", "nested more than 40 levels deep"),
        (DEEP, "nest"),
        (BOMB, "aliases make more than 200,000 values"),
        (b"name: " + b"x" * 1_100_000, "is larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_would_break_its_reader_is_one_readable_error(path: Path, data: bytes, words: str) -> None:
    path.write_bytes(data)
    with pytest.raises(DefinitionError) as caught:
        read_yaml(path).into(Feed)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for name, words in (("folder", "is a folder"), ("pipe", "is no regular file"), ("loop", "cannot be read")):
        with pytest.raises(DefinitionError, match=words):
            read_yaml(tmp_path / f"{name}.yaml")


def test_a_character_of_a_text_has_its_place_however_the_text_is_written(path: Path) -> None:
    text = "plain: select a from t\nblock: |\n  select a\n  from t\nfolded: select a\n    from t\n"
    text += "quoted: 'select a from t'\n"
    path.write_text(text, encoding="utf-8")
    file = read_yaml(path)
    for name, (line, column) in {"plain": (1, 10), "block": (2, 1), "folded": (1, 10), "quoted": (1, 10)}.items():
        place = file.text_at([name])(line, column)
        assert text.splitlines()[(place.line or 0) - 1][(place.column or 0) - 1 :].startswith("from t"), name
