"""Who may see what: schemas, groups and grants.

Analysts see copies, in which there is no personal data. Stewards see the external schema too, that is everything in
gold: whoever may use it may read each of its tables whole. What keys pseudonyms lies in a schema that nobody may use
but its owner, who fills it and makes the copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketpulse.serving.redshift.names import name, text
from marketpulse.serving.redshift.statement import Statement, procedure

#: Parameter of the statement that is given the secret of pseudonyms.
PARAMETER = "pseudonyms"


@dataclass(frozen=True)
class Place:
    """Names in Redshift: `schema` for the copies, beside it one for the external tables and one for the secret."""

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
    def copies(self) -> str:
        """Schema of the tables inside Redshift."""
        return name(self.schema)

    @property
    def private(self) -> str:
        """Schema that nobody but its owner uses."""
        return name(f"{self.schema}_private")

    @property
    def secret(self) -> str:
        """Table of one row, what keys pseudonyms."""
        return f"{self.private}.pseudonyms"

    @property
    def analysts(self) -> str:
        """Group that sees no personal data."""
        return name(f"{self.schema}_analysts")

    @property
    def stewards(self) -> str:
        """Group that sees everything."""
        return name(f"{self.schema}_stewards")


def schemas(place: Place) -> list[Statement]:
    """The external schema over the Glue database, and the one inside Redshift."""
    external = (
        f"create external schema if not exists {place.external} from data catalog "
        f"database {text(place.database)} {place.iam_role}"
    )
    return [
        Statement("external_schema", "setup", external, "The tables of gold as they are in the lake; no copy."),
        Statement("copies_schema", "setup", f"create schema if not exists {place.copies}", "What analysts use."),
    ]


def groups(place: Place, version: str) -> list[Statement]:
    """Groups, which Redshift cannot create `if not exists`, and what they may use.

    What is granted on the external schema is a statement of its own: a transaction may refuse it.
    """
    made = [
        f"if not exists (select 1 from pg_group where groname = {text(group.strip(chr(34)))}) then "
        f"execute {text(f'create group {group}')}; end if"
        for group in (place.analysts, place.stewards)
    ]
    granted = f"grant usage on schema {place.copies} to group {place.analysts}, group {place.stewards}"
    lake = f"grant usage on schema {place.external} to group {place.stewards}"
    return [
        *called(place, "make_groups", [*made, granted], version, "setup", "Who may use what is in Redshift."),
        Statement("stewards_of_the_lake", "setup", lake, "Everything in gold, whole: for stewards only."),
    ]


def secret(place: Place) -> list[Statement]:
    """Where the secret of pseudonyms lies, and the call that puts it there; who runs it gives the parameter.

    A text would stay in what Redshift tells of the statements that it ran. It is one row, or none.
    """
    signature = f"{place.private}.key_pseudonyms(given varchar(64))"
    body = [f"delete from {place.secret}", f"insert into {place.secret} values (given)"]
    table = f"create table if not exists {place.secret} (secret varchar(64) not null)"
    filled = f"call {place.private}.key_pseudonyms(:{PARAMETER})"
    return [
        Statement(
            "private_schema",
            "setup",
            f"create schema if not exists {place.private}",
            "For its owner alone.",
        ),
        Statement("private_secret", "setup", table, "What keys pseudonyms."),
        Statement("procedure_key_pseudonyms", "setup", procedure(signature, body), "One transaction: never none."),
        Statement("key_pseudonyms", "load", filled, f":{PARAMETER} is the text of the file pseudonyms of `erasures`."),
    ]


def called(place: Place, short: str, body: Sequence[str], version: str, when: str, reason: str) -> list[Statement]:
    """A procedure and the call that runs it; `version` changes the text of the call when the body changes."""
    signature = f"{place.copies}.{short}(version varchar(64))"
    call = f"call {place.copies}.{short}({text(version)})"
    return [
        Statement(f"procedure_{short}", "setup", procedure(signature, body), reason),
        Statement(short, "setup" if when == "setup" else "load", call, reason),
    ]
