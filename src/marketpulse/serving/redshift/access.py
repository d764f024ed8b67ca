"""Who may see what: schemas, groups and grants.

Analysts see views without personal data, and the columns of marts that are none. Stewards see the external schema,
that is everything in gold. A view reads with the rights of its owner, so analysts need none on the external schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketpulse.serving.redshift.names import name, text
from marketpulse.serving.redshift.statement import Statement, procedure


@dataclass(frozen=True)
class Place:
    """Names in Redshift: `schema` for the views, and beside it one for the external tables and one for the marts."""

    database: str
    role_arn: str
    schema: str

    @property
    def iam_role(self) -> str:
        """The clause that says with which role S3 is read and written."""
        return "iam_role default" if self.role_arn == "default" else f"iam_role {text(self.role_arn)}"

    @property
    def external(self) -> str:
        """Schema of the tables in the lake."""
        return name(f"{self.schema}_external")

    @property
    def views(self) -> str:
        """Schema of the views."""
        return name(self.schema)

    @property
    def marts(self) -> str:
        """Schema of the tables inside Redshift."""
        return name(f"{self.schema}_internal")

    @property
    def analysts(self) -> str:
        """Group that sees no personal data."""
        return name(f"{self.schema}_analysts")

    @property
    def stewards(self) -> str:
        """Group that sees everything."""
        return name(f"{self.schema}_stewards")


def schemas(place: Place) -> list[Statement]:
    """The external schema over the Glue database, and the two inside Redshift."""
    external = (
        f"create external schema if not exists {place.external} from data catalog "
        f"database {text(place.database)} {place.iam_role}"
    )
    return [
        Statement("external_schema", "setup", external, "The tables of gold as they are in the lake; no copy."),
        Statement("view_schema", "setup", f"create schema if not exists {place.views}", "What analysts use."),
        Statement("mart_schema", "setup", f"create schema if not exists {place.marts}", "Copies of heavy tables."),
    ]


def groups(place: Place, version: str) -> list[Statement]:
    """Groups, which Redshift cannot create `if not exists`, and what they may use."""
    made = [
        f"if not exists (select 1 from pg_group where groname = {text(group.strip(chr(34)))}) then "
        f"execute {text(f'create group {group}')}; end if"
        for group in (place.analysts, place.stewards)
    ]
    granted = [
        f"grant usage on schema {place.views} to group {place.analysts}, group {place.stewards}",
        f"grant usage on schema {place.marts} to group {place.analysts}, group {place.stewards}",
        f"grant usage on schema {place.external} to group {place.stewards}",
    ]
    return called(place, "make_groups", [*made, *granted], version, "setup", "Who may use which schema.")


def called(place: Place, short: str, body: Sequence[str], version: str, when: str, reason: str) -> list[Statement]:
    """A procedure and the call that runs it; `version` changes the text of the call when the body changes."""
    signature = f"{place.views}.{short}(version varchar(64))"
    call = f"call {place.views}.{short}({text(version)})"
    return [
        Statement(f"procedure_{short}", "setup", procedure(signature, body), reason),
        Statement(short, "setup" if when == "setup" else "load", call, reason),
    ]
