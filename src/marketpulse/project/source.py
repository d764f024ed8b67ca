"""What a feed is: where its files land and how their bytes are read (docs/sources.md)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field

from marketpulse.landing.format import Format
from marketpulse.landing.formats import formats
from marketpulse.landing.records import Wanted
from marketpulse.project.owned import owned
from marketpulse.project.yamlfile import YamlFile, read_yaml
from marketpulse.strict import Strict


class SourceModel(Strict):
    """What every source file says; what only one format knows stands under the format's name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    owner: str
    landing: str | None = None
    pattern: str = "*"
    format: str
    required: list[str] = []


@dataclass(frozen=True)
class Source:
    """One feed. Its bronze table is `bronze.<name>`; `reader` is its format, with what the file says of it."""

    name: str
    description: str
    owner: str
    folder: str
    pattern: str
    format: str
    required: tuple[str, ...]
    reader: Format

    @property
    def table(self) -> str:
        """Bronze table that keeps the feed."""
        return f"bronze.{self.name}"

    @property
    def wanted(self) -> Wanted:
        """What the feed asks of its files."""
        return Wanted(self.required, f"sources/{self.name}.yaml")

    @property
    def known_columns(self) -> tuple[str, ...]:
        """Columns of its records that are known before a file landed."""
        return tuple(dict.fromkeys([*self.reader.known_columns(), *self.required]))


def load_source(path: Path) -> Source:
    """Read one source file; raise DefinitionError (file, line, field) when it is wrong."""
    file = read_yaml(path)
    common, reader = _parts(file)
    if common.name != path.stem:
        raise file.error(f"name is {common.name!r}", ("name",), f"the file name says {path.stem!r}")
    if f"bronze.{common.name}" in owned():
        raise file.error(f"bronze.{common.name} is the platform's own table", ("name",), "choose another name")
    folder = common.landing or common.name
    if Path(folder).is_absolute() or ".." in Path(folder).parts:
        raise file.error(f"landing {folder!r} leaves the landing zone", ("landing",))
    if common.required and reader.columns_given:
        told = ", ".join(reader.columns_given)
        raise file.error(f"a {common.format} feed has no columns to require", ("required",), f"it always gives {told}")
    for option, message, hint in reader.problems():
        raise file.error(message, (common.format, option), hint)
    names = (common.name, common.description, common.owner, folder, common.pattern, common.format)
    return Source(*names, tuple(common.required), reader)


def _parts(file: YamlFile) -> tuple[SourceModel, Format]:
    """What every feed says, and what its format reads under its own name."""
    known = formats()
    name = file.data.get("format") if isinstance(file.data, dict) else None
    blocks = [key for key in known if isinstance(file.data, dict) and key in file.data]
    common = file.without(blocks).into(SourceModel)
    if common.format not in known:
        close = get_close_matches(common.format, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "known: " + ", ".join(sorted(known))
        raise file.error(f"unknown format {common.format!r}", ("format",), hint)
    for block in blocks:
        if block != name:
            raise file.error(f"{block}: the format of this feed is {name}", (block,), f"take it out, or write {name}:")
    return common, file.at((common.format,)).into(known[common.format])
