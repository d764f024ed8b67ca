"""What a feed is: where its files land and how their bytes are read (docs/sources.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import Field

from marketpulse.errors import DefinitionError, Problems
from marketpulse.landing.format import Format
from marketpulse.landing.formats import format_called, format_names
from marketpulse.landing.headers import snake_case
from marketpulse.landing.naming import day_of, occasion
from marketpulse.landing.records import Wanted
from marketpulse.names import LANDED
from marketpulse.project.expected import Expected, ExpectModel
from marketpulse.project.groups import GroupsModel, wrong_groups
from marketpulse.project.odcs import Days, days
from marketpulse.project.owned import owned
from marketpulse.project.streamed import StreamModel, wrong_stream
from marketpulse.project.terms import USUAL, Terms, TermsModel, wrong_terms
from marketpulse.project.yamlfile import Location, YamlFile, read_yaml
from marketpulse.sql import Groups

#: What clients speak at the door (`marketpulse collect`), and what was no event.
Dialect = Literal["segment", "snowplow", "posthog", "ga4", "otlp", "rejects"]


class SourceModel(TermsModel):
    """What every source file says; what only one format knows stands under the format's name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    owner: str
    landing: str | None = None
    pattern: str = "*"
    format: str
    required: list[str] = []
    optional: list[str] = []
    erase: list[str] = []
    keep: Days | None = None
    expect: ExpectModel | None = None
    groups: GroupsModel | None = None
    collect: list[Dialect] = []
    stream: StreamModel | None = None


@dataclass(frozen=True)
class Source:
    """One feed. Its bronze table is `bronze.<name>`; `reader` is its format, with what the file says of it.

    Its files may have the columns `optional` or not: to the SQL of a table one that never came is null. Of a person who
    is erased the columns `erase` are emptied and the rest of a record stays; without any the whole record goes.
    `keep` are the days after which that happens to every record. `groups` says which lines of a file belong together,
    `collect` what the door keeps here, `stream` what fills it beside the files that land.
    """

    name: str
    description: str
    owner: str
    folder: str
    pattern: str
    format: str
    required: tuple[str, ...]
    reader: Format
    optional: tuple[str, ...] = ()
    erase: tuple[str, ...] = ()
    keep: int | None = None
    terms: Terms = USUAL
    expected: Expected | None = None
    groups: Groups | None = None
    collect: tuple[str, ...] = ()
    stream: StreamModel | None = None

    @property
    def table(self) -> str:
        """Bronze table that keeps the feed."""
        return f"bronze.{self.name}"

    def occasion(self, name: str) -> str:
        """What a file is delivered for, by its name: its day, where the source says how names tell it."""
        said = self._said(name)
        return " ".join(said) if said else occasion(name)

    def day(self, name: str) -> date | None:
        """The day that a file's name says, if it says one."""
        said = self._said(name)
        return date.fromisoformat(said[0]) if said else day_of(name)

    def undated(self, name: str) -> str | None:
        """What is wrong with a file's name, where each should say its day."""
        if self.terms.date is None or self._said(name):
            return None
        return f"its name says no day: sources/{self.name}.yaml looks for {self.terms.date.pattern}"

    def _said(self, name: str) -> tuple[str, str] | None:
        return self.terms.date.of(name.removeprefix(f"{self.folder}/")) if self.terms.date else None

    @property
    def wanted(self) -> Wanted:
        """What the feed asks of its files."""
        return Wanted(self.required, f"sources/{self.name}.yaml")

    @property
    def known_columns(self) -> tuple[str, ...]:
        """Columns of its records that are known before a file landed."""
        return tuple(dict.fromkeys([*self.reader.known_columns(), *self.required]))

    def with_optional(self, types: Mapping[str, str]) -> dict[str, str]:
        """The columns of a bronze table, and those that no file had: the engine reads these as null.

        They are the optional ones, and what releases before did not write.
        """
        return {**dict.fromkeys(self.optional, "string"), **LANDED, **types}

    @property
    def made(self) -> dict[str, str]:
        """Columns that no file has and a mapping may read, with their types."""
        return self.groups.made if self.groups else {}

    @property
    def every_column(self) -> tuple[str, ...] | None:
        """All columns of its records; None when its files name them."""
        return self.reader.every_column()


#: What a feed does not have whose records are one text.
_LACKS = {
    "required": "columns to require",
    "optional": "optional columns",
    "erase": "columns to empty alone",
    "groups": "columns to group by",
}
#: What stands for a wrong field that a feed may not be without, so that the rest is looked at.
_STAND_INS = {"description": "-", "owner": "-", "format": ""}


def load_source(path: Path) -> Source:
    """Read one source file; raise DefinitionError (file, line, field) for all that is wrong with it."""
    file = read_yaml(path)
    problems = Problems()
    common, reader = _parts(file, problems)
    if common:
        problems.add(_wrong(file, common))
        problems.add(wrong_terms(file, common.terms))
        problems.add(wrong_groups(file, common.groups, common.erase) if common.groups else ())
    if common and reader:
        problems.add(_wrong_columns(file, common, reader))
        problems.add(_uncollected(file, common, reader))
        problems.add(wrong_stream(file, common.stream, common.terms, reader, grouped=bool(common.groups)))
        problems.add(file.error(said, (common.format, option), hint) for option, said, hint in reader.problems())
    problems.stop()
    if common is None or reader is None:
        raise file.error("says too little to be a feed")
    folder = common.landing or common.name
    names = (common.name, common.description, common.owner, folder, common.pattern, common.format)
    expected = common.expect.expected if common.expect else None
    optional, erase = tuple(common.optional), tuple(common.erase)
    groups = common.groups.groups if common.groups else None
    required, keep = tuple(common.required), days(common.keep)
    own = (common.terms, expected, groups, tuple(common.collect), common.stream)
    return Source(*names, required, reader, optional, erase, keep, *own)


def _wrong(file: YamlFile, common: SourceModel) -> Iterator[DefinitionError]:
    """What no field can say alone."""
    if common.name != file.path.stem:
        yield file.error(f"name is {common.name!r}", ("name",), f"the file name says {file.path.stem!r}")
    if f"bronze.{common.name}" in owned():
        yield file.error(f"bronze.{common.name} is the platform's own table", ("name",), "choose another name")
    if common.landing is not None:
        folder = Path(common.landing)
        if folder.is_absolute() or ".." in folder.parts:
            yield file.error(f"landing {common.landing!r} leaves the landing zone", ("landing",))
        elif not folder.parts:
            what = f"landing {common.landing!r} is the whole landing zone"
            yield file.error(what, ("landing",), f"name a folder in it, for example {common.name}")


def _uncollected(file: YamlFile, common: SourceModel, reader: Format) -> Iterator[DefinitionError]:
    """What keeps the door from filling a feed: it writes lines of JSON."""
    if common.collect and not reader.json_columns:
        hint = "the door writes lines of JSON: format: json, and records: batch where events are collected"
        yield file.error(f"collect: a {common.format} feed cannot be filled by the door", ("collect",), hint)


def _wrong_columns(file: YamlFile, common: SourceModel, reader: Format) -> Iterator[DefinitionError]:
    for place, asked in _asked(common):
        if asked and reader.columns_given:
            told = ", ".join(reader.columns_given)
            lacks = _LACKS[str(place[0])]
            what = f"a {common.format} feed has no {lacks}"
            yield file.error(what, place, f"it always gives {told}")
            continue
        yield from _unknown_columns(file, place, asked, reader)
    for name in sorted(set(common.required) & set(common.optional)):
        index = common.optional.index(name)
        yield file.error(f"{name} is required and optional", ("optional", index), "say one of them", f"column {name}")


def _asked(common: SourceModel) -> Iterator[tuple[Location, list[str]]]:
    """Lists of columns that the file names, with their places."""
    yield from ((("required",), common.required), (("optional",), common.optional), (("erase",), common.erase))
    yield from common.groups.named() if common.groups else ()


def _unknown_columns(file: YamlFile, place: Location, asked: list[str], reader: Format) -> Iterator[DefinitionError]:
    every, verb = reader.every_column(), "requires" if place == ("required",) else "names"
    for index, name in enumerate(asked):
        if snake_case(name) != name:
            what = f"no column is called {name!r}: names of columns are made snake_case"
            yield file.error(what, (*place, index), f"write {snake_case(name)}", f"column {name}")
        elif every is not None and name not in every:
            has = "the feed has " + ", ".join(every)
            yield file.error(f"{verb} {name}, which is no column of it", (*place, index), has, f"column {name}")


def _parts(file: YamlFile, problems: Problems) -> tuple[SourceModel | None, Format | None]:
    """What every feed says, and what its format reads under its own name; None for what cannot be read."""
    known = format_names()
    blocks = [key for key in known if isinstance(file.data, dict) and key in file.data]
    common, wrong = file.without(blocks).read(SourceModel, None, {**_STAND_INS, "name": file.path.stem})
    problems.add(error for _, error in wrong)
    if common is None or not common.format:
        return common, None
    if common.format not in known:
        close = get_close_matches(common.format, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "known: " + ", ".join(known)
        problems.add([file.error(f"unknown format {common.format!r}", ("format",), hint)])
        return common, None
    for block in blocks:
        if block != common.format:
            what = f"{block}: the format of this feed is {common.format}"
            problems.add([file.error(what, (block,), f"take it out, or write {common.format}:")])
    reader, wrong = file.at((common.format,)).read(format_called(common.format))
    problems.add(error for _, error in wrong)
    return common, reader
