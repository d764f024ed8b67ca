"""Rules of a contract: what the standard calls quality, read and checked as far as definitions alone can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from marketpulse import sql
from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.allowed import Columns
from marketpulse.project.columns import PROPERTIES
from marketpulse.project.contract import Rule
from marketpulse.project.odcs import Document, QualityModel, TableModel
from marketpulse.project.yamlfile import Location, YamlFile

#: What the platform checks by itself, and how its reasons are called.
BUILT_IN = ("type", "required", "bucket", "malformed", "computed", "lookup")
_EXAMPLE = "for example mustBeGreaterThan: 0"


def read_rules(
    source: YamlFile,
    document: Document,
    types: Mapping[str, str],
    lists: Columns,
    problems: Problems,
    aside: Sequence[Location] = (),
) -> tuple[Rule, ...]:
    """The rules of the table and of its columns that can be kept; what is wrong with the others goes to `problems`.

    `types` are the contract types of the columns that rules may read, nothing where they are not known; `lists` knows
    the reference data that their conditions have the values of. Fields at the
    places `aside` are wrong already: nothing more is told of the rules around them.
    """
    seen: dict[str, Location] = {}
    rules: list[Rule] = []
    for place, item, column in _items(document.schema_[0]):
        problems.add(_wrong_name(source, place, item, seen))
        seen.setdefault(item.name, place)
        if any(field[: len(place)] == place for field in aside):
            continue
        wrong = [*_wrong_kind(source, place, item, document.id.split(".")[0])]
        wrong = wrong or list(_wrong_sql(source, place, item, types, lists))
        problems.add(wrong)
        rules += [] if wrong else [_rule(source, place, item, column, lists)]
    return tuple(rules)


def _items(table: TableModel) -> Iterator[tuple[Location, QualityModel, str | None]]:
    """Where each rule stands, the rule, and its column."""
    for index, rule in enumerate(table.quality):
        yield ("schema", 0, "quality", index), rule, None
    for place, item in enumerate(table.properties):
        for index, rule in enumerate(item.quality):
            yield (*PROPERTIES, place, "quality", index), rule, item.name


def _rule(source: YamlFile, place: Location, item: QualityModel, column: str | None, lists: Columns) -> Rule:
    compared = next(iter(item.comparisons()), None)
    comparison = (compared[0], _bound(source, (*place, compared[0]), compared[1])) if compared else None
    where = source.text_at((*place, _text_of(item)))
    written, query = item.implementation, item.query
    condition = sql.with_lists(written, lists, where) if written else None
    reads = tuple(sql.listed(written or ""))
    return Rule(item.name, item.severity, item.description, column, condition, query, comparison, where, reads)


def _bound(source: YamlFile, place: Location, value: float) -> Decimal:
    """The number as it is written: the nearest double of it is another one."""
    try:
        return Decimal(source.written(place))
    except InvalidOperation:  # 0x10, .5e+3 and whatever else YAML takes for a number
        return Decimal(repr(value))


def _text_of(item: QualityModel) -> str:
    return "implementation" if item.type == "custom" else "query"


def _wrong_name(
    source: YamlFile, place: Location, item: QualityModel, seen: Mapping[str, Location]
) -> Iterator[DefinitionError]:
    about = f"rule {item.name}"
    if item.name in seen:
        first = source.line(seen[item.name])
        hint = f"give each its own name; the first is in line {first}"
        yield source.error(f"two rules are called {item.name!r}", (*place, "name"), hint, about)
    if item.name in BUILT_IN:
        yield source.error(f"the platform has a rule {item.name!r} of its own", (*place, "name"), "rename it", about)


def _wrong_kind(source: YamlFile, place: Location, item: QualityModel, layer: str) -> Iterator[DefinitionError]:
    """What does not belong to the type of a rule, or is missing."""

    def error(message: str, field: str, hint: str) -> DefinitionError:
        return source.error(f"rule {item.name!r} {message}", (*place, field), hint, f"rule {item.name}")

    compared = [name for name, _ in item.comparisons()]
    if item.type == "custom":
        if not item.implementation:
            yield error("has no implementation", "type", "a condition good rows meet")
        for field in (["query"] if item.query is not None else []) + compared:
            yield error(f"is of type custom and has {field}", field, "type: sql has a query and one comparison")
    else:
        if not item.query or not compared:
            yield error("needs a query and one comparison", "type", _EXAMPLE)
        for field in compared[1:]:
            yield error(f"has {len(compared)} comparisons", field, "one: make two rules of it")
        if item.implementation is not None:
            yield error("is of type sql and has an implementation", "implementation", "type: custom has one")
        if item.severity == "quarantine":
            yield error("looks at the whole table", "severity", "its severity is warn or fail")
    if layer == "gold" and item.severity == "quarantine" and item.type == "custom":
        yield error("keeps rows out of gold", "severity", "quarantine belongs to silver: gold rules warn or fail")


def _wrong_sql(
    source: YamlFile, place: Location, item: QualityModel, types: Mapping[str, str], lists: Columns
) -> Sequence[DefinitionError]:
    where = source.text_at((*place, _text_of(item)))
    try:
        if item.type == "custom":
            condition = sql.with_lists(item.implementation or "", lists, where)
            sql.check_condition(condition, types, where) if types else sql.parsed_condition(condition, where)
        else:
            sql.measure(item.query or "", where)
    except DefinitionError as error:
        return [each.of(f"rule {item.name}") for each in error.each]
    return []
