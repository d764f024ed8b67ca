"""A YAML file knows the line of every value, so that every error can say where."""

from __future__ import annotations

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
        ("kind: date", "kind: [date]", 7, "columns.1.kind: "),
        ("kind: date", "sort: date", 7, "(known here: kind, name)"),
        ("name: sales", "names: sales", 1, "name: Field required"),
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
