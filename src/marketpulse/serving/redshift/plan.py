"""Everything Redshift needs for the gold of a project, in the order in which it runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marketpulse.errors import UsageError
from marketpulse.project.contract import Contract
from marketpulse.project.project import Project
from marketpulse.serving.masking import shown
from marketpulse.serving.redshift import copies
from marketpulse.serving.redshift.access import Place, called, groups, schemas, secret
from marketpulse.serving.redshift.metrics import metric_views
from marketpulse.serving.redshift.names import LONGEST, name
from marketpulse.serving.redshift.statement import Statement, procedure

#: The Data API takes 100 kB a statement.
_LONGEST_BODY = 60_000
_ROLE = re.compile(r"default|arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_DATABASE = re.compile(r"[a-z0-9_]{1,255}")
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]*")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+")
_EXPORTS = re.compile(r"s3://[a-z0-9][a-z0-9.-]+(/[^'\s]*)?")


@dataclass(frozen=True)
class Options:
    """Where gold is and who reads it; `role_arn` may be `default`, that of the namespace.

    `tables` names tables to copy; None means all of gold.

    `exports` is the S3 folder that `unload` writes, encrypted with `key`; without it nothing is unloaded.
    """

    database: str
    role_arn: str
    schema: str = "marketpulse"
    tables: tuple[str, ...] | None = None
    exports: str | None = None
    key: str | None = None


def ddl(project: Project, options: Options) -> list[Statement]:
    """Statements in order. Raise UsageError for a name that Redshift does not take."""
    _check(options)
    place = Place(options.database, options.role_arn, options.schema)
    chosen = _chosen(project, options.tables)
    refreshed = [copies.refresh(place, contract) for contract in chosen]
    numbers = list(metric_views(place, project.metrics[0].metrics, chosen))
    found = [*schemas(place), *groups(place, _digest([place.schema])), *secret(place)]
    for number, part in enumerate(_parts(refreshed), start=1):
        found += called(place, f"refresh_copies_{number}", part, _digest(part), "load", _REFRESH)
    for number, part in enumerate(_parts(numbers), start=1):
        found += called(place, f"make_metrics_{number}", part, _digest(part), "setup", _METRICS)
    if options.exports:
        found += _exports(place, [each for each in chosen if shown(each)], options.exports, options.key)
    return found


_REFRESH = "Copies without personal data; each is one snapshot and takes the place of the old one, as often as it runs."
_METRICS = "One view a metric, by day: what does not add up is of the whole day, and no smaller part of it."


def _exports(place: Place, chosen: Sequence[Contract], exports: str, key: str | None) -> Iterator[Statement]:
    for contract in chosen:
        short = contract.name.split(".")[1]
        filling = f"{place.copies}.{name(f'restore_{short}')}()"
        sql = copies.unload(place, contract, exports, key)
        yield Statement(f"unload_{short}", "demand", sql, "Parquet in S3, in place of the last export.")
        body = copies.restore(place, contract, exports)
        yield Statement(
            f"procedure_restore_{short}",
            "setup",
            procedure(filling, body),
            "Deletes and copies in one transaction.",
        )
        yield Statement(f"restore_{short}", "demand", f"call {filling}", "From the last export.")


def _chosen(project: Project, names: tuple[str, ...] | None) -> list[Contract]:
    if names is None:
        return [table.contract for table in project.tables.values() if table.contract.layer == "gold"]
    for wrong in (table for table in names if not table.startswith("gold.")):
        raise UsageError(f"{wrong} is not in gold", hint="what is copied are gold tables")
    return [project.table(table).contract for table in names]


def _parts(groups: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Groups of statements put together up to the length that one statement may have."""
    part: list[str] = []
    for group in groups:
        if part and sum(len(line.encode()) for line in (*part, *group)) > _LONGEST_BODY:
            yield part
            part = []
        part += group
    if part:
        yield part


def _digest(body: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(body).encode()).hexdigest()[:16]


def _check(options: Options) -> None:
    for value, pattern, what, example in (
        (options.role_arn, _ROLE, "role", "arn:aws:iam::123456789012:role/redshift"),
        (options.database, _DATABASE, "database of the Glue catalog", "lake_dev_gold"),
        (options.schema, _SCHEMA, "schema", "marketpulse"),
        (options.exports or "s3://none", _EXPORTS, "S3 folder", "s3://lake-dev-gold/exports"),
        (options.key or "arn:aws:kms:r:000000000000:key/k", _KEY, "key", "arn:aws:kms:us-east-2:123456789012:key/…"),
    ):
        if not pattern.fullmatch(value):
            raise UsageError(f"{value!r} is no {what}", hint=f"for example {example}")
    if len(options.schema) > LONGEST - len("_external"):
        raise UsageError(f"{options.schema[:40]}… is too long for a schema", hint=f"at most {LONGEST - 9} letters")
