"""Copies of the heaviest tables inside Redshift: made, refreshed, unloaded and restored.

Rows come from the external table, which shows one snapshot; `copy` of a folder of the lake would also load files that
no snapshot names any more. `copy` restores what `unload` wrote.
"""

from __future__ import annotations

from marketpulse.project.contract import Contract
from marketpulse.serving.redshift.access import Place
from marketpulse.serving.redshift.names import name, text
from marketpulse.serving.redshift.types import redshift_type


def create(place: Place, contract: Contract, suffix: str = "", exists: str = " if not exists") -> str:
    """`create table`: spread by the first column of the key that is not the bucket, sorted by the bucket.

    Facts are joined and counted by what their key names, and its values are many, so that no node has more than its
    share. Queries ask for some days, and blocks of other days are passed by.
    """
    columns = [
        f"{name(c.name)} {redshift_type(c, contract)}{' not null' if c.required else ''}" for c in contract.columns
    ]
    key = f"primary key ({', '.join(name(column) for column in contract.key)})"
    spread = next((column for column in contract.key if column != contract.partition), None)
    order = dict.fromkeys([*([contract.partition] if contract.partition else []), *contract.key])
    return (
        f"create table{exists} {_table(place, contract, suffix)} ({', '.join([*columns, key])}) "
        + (f"diststyle key distkey ({name(spread)}) " if spread else "diststyle even ")
        + f"compound sortkey ({', '.join(name(column) for column in order)})"
    )


def grants(place: Place, contract: Contract) -> list[str]:
    """Analysts see the columns that are no personal data."""
    public = ", ".join(name(c.name) for c in contract.columns if c.classification == "public")
    analysts = [f"grant select ({public}) on {_table(place, contract)} to group {place.analysts}"] if public else []
    return [*analysts, f"grant select on {_table(place, contract)} to group {place.stewards}"]


def refresh(place: Place, contract: Contract) -> list[str]:
    """Statements that make the copy anew beside the old one and put it in its place: right whatever changed."""
    fresh, columns = _table(place, contract, "__new"), _columns(contract)
    return [
        f"drop table if exists {fresh}",
        create(place, contract, "__new", exists=""),
        f"insert into {fresh} ({columns}) select {columns} from {place.external}.{name(_short(contract))}",
        f"drop table if exists {_table(place, contract)}",
        f"alter table {fresh} rename to {name(_short(contract))}",
        *grants(place, contract),
    ]


def unload(place: Place, contract: Contract, exports: str) -> str:
    """Write the copy to S3 as Parquet, in place of an earlier one."""
    query = f"select {_columns(contract)} from {_table(place, contract)}"
    return f"unload ({text(query)}) to {text(_folder(contract, exports))} {place.iam_role} format as parquet cleanpath"


def restore(place: Place, contract: Contract, exports: str) -> list[str]:
    """Statements that fill the copy from what `unload` wrote."""
    return [
        f"delete from {_table(place, contract)}",
        f"copy {_table(place, contract)} from {text(_folder(contract, exports))} {place.iam_role} format as parquet",
    ]


def _folder(contract: Contract, exports: str) -> str:
    return f"{exports.rstrip('/')}/{_short(contract)}/"


def _short(contract: Contract) -> str:
    return contract.name.split(".")[1]


def _table(place: Place, contract: Contract, suffix: str = "") -> str:
    return f"{place.marts}.{name(_short(contract) + suffix)}"


def _columns(contract: Contract) -> str:
    return ", ".join(name(column) for column in contract.types)
