"""customProperties of a contract: how rows merge, history, which buckets depend on which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from marketpulse import sql
from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.contract import Contract, History, InputRule, Merge, Rule
from marketpulse.project.fields import mended, sentence
from marketpulse.project.history import unknown_column, wrong_history
from marketpulse.project.odcs import CustomValues, Document, InputModel, days
from marketpulse.project.yamlfile import Location, YamlFile
from marketpulse.strict import Strict

#: Layers in which each property means something; the others mean something everywhere.
_LAYERS = {
    **dict.fromkeys(("merge", "history", "rejectedShareLimit", "deleted", "removedShareLimit", "keep"), "silver"),
    **dict.fromkeys(("inputs", "apart"), "gold"),
}
#: A capital letter inside a name begins a word.
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: What stands for a wrong value that a property may not be without, so that the rest is looked at.
_STAND_INS = {"policy": "latest"}


@dataclass(frozen=True)
class Extensions:
    """The properties, and where the value of each stands."""

    values: CustomValues
    places: dict[str, Location]

    @property
    def merge(self) -> Merge | None:
        """See `Merge`."""
        found = self.values.merge
        return Merge(**_fields(found)) if found else None

    @property
    def keep(self) -> int | None:
        """Days that rows are kept; None for ever."""
        return days(self.values.keep)

    @property
    def history(self) -> History | None:
        """See `History`."""
        found = self.values.history
        return History(**_fields(found)) if found else None

    def deleted(self, source: YamlFile) -> Rule | None:
        """The condition of a row that says that its key is no more."""
        text = self.values.deleted
        where = source.text_at(self.places["deleted"]) if text else None
        return Rule("deleted", "warn", "says that it is deleted", condition=text, where=where) if text else None

    def inputs(self, source: YamlFile) -> tuple[InputRule, ...]:
        """See `InputRule`."""
        place = self.places.get("inputs", ())
        return tuple(
            InputRule(
                **item.model_dump(), where=source.text_at((*place, index, *(["touches"] if item.touches else [])))
            )
            for index, item in enumerate(self.values.inputs)
        )


def _fields(model: Strict) -> dict[str, Any]:
    """What a model of the file says, by the names of the contract: `orderBy` is `order_by`, a list a tuple."""
    said = {_CAPITAL.sub("_", name).lower(): value for name, value in model}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


def read_extensions(source: YamlFile, document: Document, problems: Problems) -> Extensions | None:
    """Read them all, as far as they are right; None where too little of them is. What is wrong goes to `problems`."""
    layer = document.id.split(".")[0]
    places: dict[str, Location] = {}
    for index, item in enumerate(document.customProperties):
        here: Location = ("customProperties", index)
        if item.property in places:
            problems.add([source.error(f"customProperty {item.property} is given twice", here, "keep one of them")])
        elif _LAYERS.get(item.property, layer) != layer:
            what = f"customProperty {item.property} is for {_LAYERS[item.property]} tables"
            problems.add([source.error(what, here, "take it out")])
        places.setdefault(item.property, (*here, "value"))
    nameless = "-"  # stands for a name that is wrong already
    given = {item.property: item.value for item in document.customProperties if item.property != nameless}
    values: CustomValues | None
    try:
        values = CustomValues.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems.add(_told(source, each, places) for each in found)
        values = _without(given, [each["loc"] for each in found])
    if values is None:
        return None
    problems.add(_wrong_inputs(source, values.inputs, places.get("inputs", ())))
    return Extensions(values, places)


def _without(given: dict[str, Any], wrong: Sequence[Location]) -> CustomValues | None:
    """The values without what is wrong in them; None where nothing can be made of the rest."""
    try:
        return CustomValues.model_validate(mended(given, wrong, _STAND_INS))
    except ValidationError:
        return None


def _told(source: YamlFile, error: Any, places: dict[str, Location]) -> DefinitionError:
    name, *steps = error["loc"]
    message, hint = sentence(CustomValues, error)
    if not steps and error["type"] == "extra_forbidden":
        return source.error(f"there is no customProperty {name}", places[str(name)][:-1], hint)
    return source.error(message, (*places[str(name)], *steps), hint)


def _wrong_inputs(source: YamlFile, inputs: Sequence[InputModel], place: Location) -> Iterator[DefinitionError]:
    seen: set[str] = set()
    for index, item in enumerate(inputs):
        here = (*place, index)
        about = f"input {item.table}"
        if item.table in seen:
            yield source.error(f"inputs: {item.table} is given twice", here, "keep one of them", about)
        seen.add(item.table)
        if item.column is None and item.touches is None:
            yield source.error(f"inputs: {item.table} needs column or touches", here, None, about)
        elif item.column is None and (item.before or item.after):
            what = f"inputs: {item.table} says before or after, and no column"
            yield source.error(what, here, "say the column that holds its buckets, or take them out", about)


def check_extensions(source: YamlFile, contract: Contract, found: Extensions) -> Iterator[DefinitionError]:
    """What is wrong between the properties and the columns."""
    if contract.merge is None and contract.layer == "silver" and not contract.managed:
        yield source.error("a silver table says how rows with one key merge", (), "add the customProperty merge")
    for index, name in enumerate(contract.run_columns):
        if name not in contract.types:
            yield unknown_column(source, contract, name, (*found.places["runColumns"], index))
    if contract.merge:
        yield from _wrong_order(source, contract, contract.merge, found.places["merge"])
    if contract.history:
        yield from wrong_history(source, contract, contract.history, found.places["history"])
    if contract.keep:
        yield from _wrong_keep(source, contract, found.places["keep"])
    if contract.deleted:
        yield from _wrong_deleted(source, contract, contract.deleted, found.places["deleted"])
    if contract.inputs:
        yield from _wrong_buckets(source, contract, found.places["inputs"])
    if contract.apart:
        yield from _wrong_apart(source, contract, contract.apart, found.places["apart"])


def _wrong_keep(source: YamlFile, contract: Contract, place: Location) -> Iterator[DefinitionError]:
    if contract.managed:
        yield source.error("keep is for tables that a project builds", place, "take it out")
    elif contract.history:
        what = "keep: of a history the last version of each entity is how it is now, however old"
        yield source.error(what, place, "say keep of the feed, if its records may go")
    elif contract.partition is None or contract.types[contract.partition] != "date":
        yield source.error("keep needs a day by which rows are old", place, "partition the table by a date")


def _wrong_order(source: YamlFile, contract: Contract, merge: Merge, place: Location) -> Iterator[DefinitionError]:
    filled = set(contract.types) - set(contract.given)
    for index, name in enumerate(merge.order_by):
        here = (*place, "orderBy", index)
        if name in filled:
            what = f"orderBy {name}: the platform fills it after merging"
            yield source.error(what, here, "order by columns of the feed", f"column {name}")
        elif name not in contract.types:
            yield unknown_column(source, contract, name, here)


def _wrong_deleted(source: YamlFile, contract: Contract, rule: Rule, place: Location) -> Iterator[DefinitionError]:
    if contract.merge and contract.merge.policy == "first":
        what = "where the first row stays, none that comes later can say that it is deleted"
        yield source.error(what, place, "merge: {policy: latest}")
    try:
        given = {name: contract.types[name] for name in contract.given}
        sql.check_condition(rule.condition or "", given, rule.where)
    except DefinitionError as error:
        yield from error.each


def _wrong_buckets(source: YamlFile, contract: Contract, place: Location) -> Iterator[DefinitionError]:
    if not contract.partition:
        yield source.error("inputs are for partitioned tables", place, "mark a column partitioned")
    for index, rule in enumerate(contract.inputs):
        if contract.types.get(contract.partition or "") == "string" and (rule.before or rule.after):
            what = f"inputs: {rule.table} counts days, and the bucket {contract.partition} is a text"
            yield source.error(what, (*place, index), "take before and after out", f"input {rule.table}")


def _wrong_apart(source: YamlFile, contract: Contract, name: str, place: Location) -> Iterator[DefinitionError]:
    if name not in contract.types:
        yield unknown_column(source, contract, name, place)
    elif not any(rule.apart for rule in contract.inputs):
        yield source.error(f"no input comes apart by what {name} has", place, "say apart of inputs too")
