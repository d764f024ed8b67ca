"""What analysts see: a copy of each gold table inside Redshift, made, refreshed, unloaded and restored.

A reader of a view over the lake would need the right to use its whole schema, and with it every personal column. So
there is no view: the copy holds what analysts may see and nothing else. Identifiers that are personal are pseudonyms,
the same everywhere (`run.pseudonyms`), so that tables can still be joined and people counted.

Rows come from the external table, which shows one snapshot; `copy` of a folder of the lake would also load files that
no snapshot names any more. `copy` restores what `unload` wrote.
"""

from __future__ import annotations

from marketpulse.project.contract import Column, Contract
from marketpulse.serving.masking import shown
from marketpulse.serving.redshift.access import Place
from marketpulse.serving.redshift.names import name, text
from marketpulse.serving.redshift.types import PSEUDONYM, redshift_type


def create(place: Place, contract: Contract, suffix: str = "") -> str:
    """`create table`: spread by the first column of the key that is not the bucket, sorted by the bucket.

    Facts are joined and counted by what their key names, and its values are many, so that no node has more than its
    share. Queries ask for some days, and blocks of other days are passed by.
    """
    columns = shown(contract)
    names = {column.name for column in columns}
    key = [column for column in contract.key if column in names]
    parts = [f"{name(c.name)} {_type(c, contract)}{' not null' if c.required else ''}" for c in columns]
    if key and len(key) == len(contract.key):
        parts.append(f"primary key ({', '.join(name(column) for column in key)})")
    spread = next((column for column in key if column != contract.partition), None)
    order = dict.fromkeys([*([contract.partition] if contract.partition in names else []), *key])
    return (
        f"create table {_table(place, contract, suffix)} ({', '.join(parts)}) "
        + (f"diststyle key distkey ({name(spread)})" if spread else "diststyle even")
        + (f" compound sortkey ({', '.join(name(column) for column in order if column)})" if order else "")
    )


def refresh(place: Place, contract: Contract) -> list[str]:
    """Statements that make the copy anew beside the old one and put it in its place: right whatever changed.

    A table that has nothing to show has no copy, and loses the one it had.
    """
    target, source = _table(place, contract), f"{place.external}.{name(_short(contract))}"
    if not shown(contract):
        return [f"drop table if exists {target}"]
    fresh, columns = _table(place, contract, "__new"), _columns(contract)
    needed = [_needed(place)] if any(column.classification != "public" for column in shown(contract)) else []
    return [
        *needed,
        f"drop table if exists {fresh}",
        create(place, contract, "__new"),
        f"insert into {fresh} ({columns}) select {', '.join(_values(place, contract))} from {source}",
        f"drop table if exists {target}",
        f"alter table {fresh} rename to {name(_short(contract))}",
        f"comment on table {target} is {text(contract.grain)}",
        f"grant select on {target} to group {place.analysts}, group {place.stewards}",
    ]


def unload(place: Place, contract: Contract, exports: str, key: str | None) -> str:
    """Write the copy to S3 as Parquet, in place of an earlier one.

    Without a key the files would be encrypted with S3's own, also where the bucket's default is another; a bucket that
    takes its own key only refuses them.
    """
    query = f"select {_columns(contract)} from {_table(place, contract)}"
    encrypted = f" kms_key_id {text(key)} encrypted" if key else ""
    folder = text(_folder(contract, exports))
    return f"unload ({text(query)}) to {folder} {place.iam_role} format as parquet cleanpath{encrypted}"


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
    return f"{place.copies}.{name(_short(contract) + suffix)}"


def _columns(contract: Contract) -> str:
    return ", ".join(name(column.name) for column in shown(contract))


def _values(place: Place, contract: Contract) -> list[str]:
    keyed = f"sha2((select secret from {place.secret}) || {{}}, 256)"
    return [name(c.name) if c.classification == "public" else keyed.format(name(c.name)) for c in shown(contract)]


def _needed(place: Place) -> str:
    """Stops where there is no secret: its pseudonyms would all be null."""
    told = text(f"{place.secret} is empty: what keys pseudonyms is put there before copies are made")
    return f"if not exists (select 1 from {place.secret}) then raise exception {told}; end if"


def _type(column: Column, contract: Contract) -> str:
    return redshift_type(column, contract) if column.classification == "public" else PSEUDONYM
