"""Tables that the platform owns: their contracts come with it and lie under every project.

    platform/bronze/landed_files/contract.yaml      which files are in bronze
    platform/silver/quarantine/contract.yaml        which rows were kept out

No project need know them. One may describe the quarantine in its own words, in its own
silver/quarantine/contract.yaml; what the table is stays the platform's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.allowed import Columns
from marketpulse.project.contract import Contract
from marketpulse.project.contractfile import load_contract, read_contract
from marketpulse.project.short import read_definition
from marketpulse.project.yamlfile import YamlFile

#: The bottom folder of every project.
PLATFORM = Path(__file__).with_name("platform")
#: customProperties that say what only the platform does with its tables.
_OWN_PROPERTIES = ("managed", "runColumns")


@cache
def owned() -> Mapping[str, Contract]:
    """Contracts of the platform's own tables, by `<layer>.<table>`."""
    contracts = [load_contract(path) for path in sorted(PLATFORM.glob("*/*/contract.yaml"))]
    return MappingProxyType({contract.name: contract for contract in contracts})


def project_contract(path: Path, lists: Columns) -> tuple[Contract, Problems]:
    """A contract of a project, which may be the platform's, as far as it can be read, and all that is wrong with it.

    That is, besides what `read_contract` finds, what only the platform may say of a table. Raise DefinitionError for
    what is no contract at all.
    """
    if path.is_relative_to(PLATFORM):
        return owned()[f"{path.parent.parent.name}.{path.parent.name}"], Problems()
    file, _ = read_definition(path)
    if path.parent.parent.name == "bronze":
        hint = "a bronze table has the columns of its feed: say how it is read in sources/<feed>.yaml"
        raise file.error("bronze tables have no contract", ("id",), hint)
    contract, problems = read_contract(path, lists)
    own = owned().get(contract.name)
    if not own:
        problems.add(_too_much(file))
    elif not problems.errors:
        problems.add(_differing(file, contract, own))
    return contract, problems


def _differing(file: YamlFile, contract: Contract, own: Contract) -> Iterator[DefinitionError]:
    """What a project says otherwise of a table of the platform: columns, types and bucket are the platform's."""
    hint = "remove the file, or keep the platform's columns and change descriptions only"
    for index, column in enumerate(contract.columns):
        if own.types.get(column.name) != column.type:
            wanted = own.types.get(column.name)
            what = f"is {wanted} in the platform's table" if wanted else "is no column of the platform's table"
            place = ("schema", 0, "properties", index)
            yield file.error(f"{column.name} {what}", place, hint, f"column {column.name}")
    if missing := [name for name in own.types if name not in contract.types]:
        yield file.error(f"lacks {', '.join(missing)}", ("schema", 0, "properties"), hint)
    if (contract.partition, contract.managed) != (own.partition, own.managed):
        yield file.error(f"{own.name} is managed, with the partition {own.partition}", ("schema", 0), hint)
    if contract.key != own.key:
        yield file.error(f"the primary key of {own.name} is {', '.join(own.key)}", ("schema", 0), hint)
    yield from _not_obeyed(file, contract, own, hint)


def _not_obeyed(file: YamlFile, contract: Contract, own: Contract, hint: str) -> Iterator[DefinitionError]:
    """What a project promises of a table of the platform, and nobody would keep: rules, values that are there once."""
    table = ("schema", 0)
    if "quality" in file.data["schema"][0]:
        yield file.error(f"the platform checks no rules of {own.name}", (*table, "quality"), hint)
    for index, (item, column) in enumerate(zip(file.data["schema"][0]["properties"], contract.columns, strict=True)):
        place, about = (*table, "properties", index), f"column {column.name}"
        if "quality" in item:
            yield file.error(f"the platform checks no rules of {own.name}", (*place, "quality"), hint, about)
        if column.unique:
            yield file.error(
                f"the platform does not check that {column.name} is unique", (*place, "unique"), hint, about
            )
        optional = [each.name for each in own.columns if not each.required]
        if column.required and column.name in optional:
            yield file.error(f"{column.name} may be missing in {own.name}", (*place, "required"), hint, about)
    for index, item in enumerate(file.data.get("customProperties", [])):
        said = item["property"]
        if said not in _OWN_PROPERTIES or (said == "runColumns" and contract.run_columns != own.run_columns):
            what = f"{said}: the platform fills {own.name} in its own way"
            yield file.error(what, ("customProperties", index), hint)


def _too_much(file: YamlFile) -> Iterator[DefinitionError]:
    """What only the platform's own tables have: any other table is the project's, the platform does not write it."""
    said = file.data.get("customProperties") if isinstance(file.data, dict) else None
    names = [item.get("property") for item in said or () if isinstance(item, dict)] if isinstance(said, list) else []
    for name in _OWN_PROPERTIES:
        if name in names:
            place = ("customProperties", names.index(name))
            yield file.error(f"{name} is for the platform's own tables", place, "remove it")


def refuse_queries(contract: Contract, files: list[Path]) -> None:
    """Raise DefinitionError when a query stands beside the contract of a table that the platform writes."""
    if contract.managed and files:
        raise DefinitionError(f"the platform writes {contract.name} itself", where=files[0], hint="remove the query")
