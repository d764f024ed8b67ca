"""Tables that the platform owns: their contracts come with it and lie under every project.

    platform/bronze/landed_files/contract.yaml      which files are in bronze
    platform/silver/quarantine/contract.yaml        which rows were kept out

No project need know them. One may describe the quarantine in its own words, in its own
silver/quarantine/contract.yaml; what the table is stays the platform's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from marketpulse.errors import DefinitionError
from marketpulse.project.contract import Contract, load_contract
from marketpulse.project.yamlfile import YamlFile, read_yaml

#: The bottom folder of every project.
PLATFORM = Path(__file__).with_name("platform")
#: customProperties that say what only the platform does with its tables.
_OWN_PROPERTIES = ("managed", "runColumns")


@cache
def owned() -> Mapping[str, Contract]:
    """Contracts of the platform's own tables, by `<layer>.<table>`."""
    contracts = [load_contract(path) for path in sorted(PLATFORM.glob("*/*/contract.yaml"))]
    return MappingProxyType({contract.name: contract for contract in contracts})


def project_contract(path: Path) -> Contract:
    """Read a contract of a project, which may be the platform's.

    Raise DefinitionError, besides what `load_contract` raises, for one that says of a table what the platform says.
    """
    if path.is_relative_to(PLATFORM):
        return owned()[f"{path.parent.parent.name}.{path.parent.name}"]
    file = read_yaml(path)
    if path.parent.parent.name == "bronze":
        hint = "a bronze table has the columns of its feed: say how it is read in sources/<feed>.yaml"
        raise file.error("bronze tables have no contract", ("id",), hint)
    contract = load_contract(path)
    if contract.name in owned():
        _check_same(file, contract, owned()[contract.name])
    else:
        _check_plain(file)
    return contract


def _check_same(file: YamlFile, contract: Contract, own: Contract) -> None:
    """A project's words for a table of the platform keep its columns, types and bucket."""
    hint = "remove the file, or keep the platform's columns and change descriptions only"
    for index, column in enumerate(contract.columns):
        if own.types.get(column.name) != column.type:
            wanted = own.types.get(column.name)
            what = f"is {wanted} in the platform's table" if wanted else "is no column of the platform's table"
            raise file.error(f"{column.name} {what}", ("schema", 0, "properties", index), hint)
    if missing := [name for name in own.types if name not in contract.types]:
        raise file.error(f"lacks {', '.join(missing)}", ("schema", 0, "properties"), hint)
    if (contract.partition, contract.managed) != (own.partition, own.managed):
        raise file.error(f"{own.name} is managed, with the partition {own.partition}", ("schema", 0), hint)


def _check_plain(file: YamlFile) -> None:
    """Any other table is the project's: the platform does not write it."""
    names = [item["property"] for item in file.data.get("customProperties", [])]
    for name in _OWN_PROPERTIES:
        if name in names:
            place = ("customProperties", names.index(name))
            raise file.error(f"{name} is for the platform's own tables", place, "remove it")


def refuse_queries(contract: Contract, files: list[Path]) -> None:
    """Raise DefinitionError when a query stands beside the contract of a table that the platform writes."""
    if contract.managed and files:
        raise DefinitionError(f"the platform writes {contract.name} itself", where=files[0], hint="remove the query")
