"""What a source says of its deliveries: which is later, and what becomes of what it lacks (docs/deliveries.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field, field_validator

from marketpulse.errors import DefinitionError
from marketpulse.landing.dated import NameDate
from marketpulse.project.contract import Contract, Merge
from marketpulse.project.yamlfile import YamlFile
from marketpulse.strict import Strict

Each = Literal["file", "folder"]
Extent = Literal["file", "day", "feed", "list"]
#: Types that are compared as texts, in every engine alike.
_COMPARED = ("boolean", "int", "long", "string", "date")


@dataclass(frozen=True)
class Terms:
    """How the deliveries of one feed follow each other: `order` by their names, or by their arrival.

    A delivery says all there is of `whole` (`columns`: of each combination of their values that it has), so that what
    deliveries before it had is gone: `None` is for deliveries of changes. `each` is what one delivery is: a file, or
    all files of one ingest date and hour. `date` says where a file's name has its day, where no folder says it.
    """

    order: Literal["name", "arrival"] = "name"
    whole: Extent | Literal["columns"] | None = None
    columns: tuple[str, ...] = ()
    each: Each = "file"
    date: NameDate | None = None

    @property
    def meaning(self) -> str:
        """Changes when a table that they fill is another; of lists also when releases came to read them otherwise."""
        return repr(self) + (" 2" if self.whole in ("list", "feed") else "")

    def columns_in(self, contract: Contract) -> tuple[str, ...]:
        """Columns of a table of which a delivery is whole."""
        return (contract.partition,) if self.whole == "day" and contract.partition else self.columns

    def problems(self, contract: Contract) -> Iterator[str]:
        """What keeps a table from being filled by such deliveries."""
        if self.whole is None:
            return
        if contract.merge != Merge("latest"):
            yield "merges otherwise than {policy: latest}: which delivery is later could not decide"
        if self.whole == "day" and contract.types.get(contract.partition or "") != "date":
            yield "has no partitioned date; name the columns that say the day: deliveries: {replace: [sold_date]}"
        for name in self.columns_in(contract):
            if name not in contract.given:
                yield f"has no column {name}"
            elif contract.types[name] not in _COMPARED:
                yield f"has {name}, a {contract.types[name]}: columns to replace by are " + ", ".join(_COMPARED)


#: Deliveries of changes, ordered by name.
USUAL = Terms()


class ReplaceModel(Strict):
    """`deliveries` of a feed whose deliveries replace each other."""

    replace: Literal["file", "day", "feed"] | list[str] = Field(min_length=1)
    each: Each | None = None


class ListModel(Strict):
    """`deliveries` of a feed of whole lists."""

    list: Each


class DateModel(Strict):
    """`date` of a feed whose files say their day in their names."""

    where: Literal["name"] = Field(alias="from")
    pattern: str = Field(min_length=1)

    @field_validator("pattern")
    @classmethod
    def _is_whole(cls, pattern: str) -> str:
        if wrong := NameDate(pattern).wrong():
            raise ValueError(f"{wrong}; for example orders_{{dd.MM.yyyy}}")
        return pattern


class TermsModel(Strict):
    """The same as a source file says it."""

    order: Literal["name", "arrival"] = "name"
    deliveries: Literal["changes", "list"] | ListModel | ReplaceModel = "changes"
    date: DateModel | None = None

    @property
    def terms(self) -> Terms:
        """See `Terms`."""
        found = self._whole()
        return replace(found, date=NameDate(self.date.pattern)) if self.date else found

    def _whole(self) -> Terms:
        said = self.deliveries
        if said == "changes":
            return Terms(self.order)
        if isinstance(said, ReplaceModel):
            columns = tuple(said.replace) if isinstance(said.replace, list) else ()
            whole = "columns" if isinstance(said.replace, list) else said.replace
            usual: Each = "folder" if whole in ("day", "columns") and self.order == "name" else "file"
            return Terms(self.order, whole, columns, said.each or usual)
        return Terms(self.order, "list", each=said.list) if isinstance(said, ListModel) else Terms(self.order, "list")


def wrong_terms(file: YamlFile, terms: Terms) -> Iterator[DefinitionError]:
    """What no field says alone."""
    if terms.each == "folder" and terms.order == "arrival":
        what = "a folder is no delivery where deliveries are ordered by arrival: its files come one after the other"
        yield file.error(what, ("deliveries",), "take order: arrival out, or say file")
    if terms.each == "folder" and terms.whole == "file":
        yield file.error("a file that replaces is a delivery of its own", ("deliveries",), "take each: folder out")
