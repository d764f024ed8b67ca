"""Pages of questions that belong together: `boards/<name>.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from marketpulse.project.folders import overlay
from marketpulse.project.headlines import Entry, Question, question
from marketpulse.project.problems import ByName
from marketpulse.project.yamlfile import read_yaml
from marketpulse.strict import Strict

FOLDER = "boards"


class _File(Strict):
    """One board: what it is for, and its rows, each as an entry of `headlines.yaml`."""

    title: str = Field(min_length=1)
    description: str = ""
    rows: list[Entry] = Field(min_length=1)


@dataclass(frozen=True)
class Board:
    """A board by its `name`, which is that of its file: `questions` are its rows, from the top."""

    name: str
    title: str
    description: str
    questions: tuple[Question, ...]

    @property
    def file(self) -> str:
        """Where it is said, inside of the project."""
        return f"{FOLDER}/{self.name}.yaml"


def read_boards(folders: Sequence[Path], known: Collection[str], problems: ByName) -> dict[str, Board]:
    """Every board that can be read, by its name; `known` are all tables there may be."""
    boards: dict[str, Board] = {}
    for place, path in overlay(folders, f"{FOLDER}/*.yaml").items():
        with problems.told(place):
            boards[path.stem] = _board(path, known)
    return boards


def _board(path: Path, known: Collection[str]) -> Board:
    file = read_yaml(path)
    model = file.into(_File)
    rows = tuple(question(file, ("rows", index), row, known) for index, row in enumerate(model.rows))
    return Board(path.stem, model.title, model.description, rows)
