"""The numbers a project is proud of: queries of `headlines.yaml`, answered from the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from marketpulse.errors import UsageError
from marketpulse.project.project import project_folders
from marketpulse.project.yamlfile import read_yaml
from marketpulse.run.context import Context
from marketpulse.serving.query import stream
from marketpulse.strict import Strict


class HeadlineModel(Strict):
    """One entry: a title and a query over the warehouse; `bar` names a column to draw as well."""

    title: str = Field(min_length=1)
    bar: str | None = None
    query: str = Field(min_length=1)


class HeadlinesFile(Strict):
    """`headlines.yaml` of a project folder."""

    headlines: list[HeadlineModel]


@dataclass(frozen=True)
class Headline:
    """One answered query; `bar` is the column to draw, `problem` says why there is no answer."""

    title: str
    columns: list[str]
    rows: list[tuple[Any, ...]]
    problem: str | None = None
    bar: str | None = None


def headlines(context: Context) -> list[Headline]:
    """Answer the queries of the project's `headlines.yaml` (its own, else that of the project it extends)."""
    for folder in reversed(project_folders(context.project.path)):
        path = folder / "headlines.yaml"
        if path.is_file():
            return [_answer(context, item) for item in read_yaml(path).into(HeadlinesFile).headlines]
    return []


def _answer(context: Context, item: HeadlineModel) -> Headline:
    try:
        table = stream(context, item.query).read_all()
    except UsageError as error:
        return Headline(item.title, [], [], error.message)
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    if item.bar and item.bar not in table.column_names:
        return Headline(item.title, [], [], f"bar: {item.bar} is no column of the query")
    return Headline(item.title, table.column_names, rows, bar=item.bar)
