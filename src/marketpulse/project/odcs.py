"""The part of the Open Data Contract Standard v3 that MarketPulse reads, as pydantic models.

Source: Open Data Contract Standard v3.0.2, Bitol (Linux Foundation AI & Data).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, field_validator

from marketpulse.strict import Strict

_COMPARISONS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
)


#: Days that a bucket may reach: ten years.
MOST_DAYS = 3_660


class QualityModel(Strict):
    """One rule: `custom` with a condition, or `sql` with a query and one comparison."""

    name: str = Field(min_length=1)
    type: Literal["custom", "sql"]
    engine: Literal["marketpulse"] | None = None
    implementation: str | None = None
    query: str | None = None
    severity: Literal["warn", "quarantine", "fail"]
    description: str = Field(min_length=1)
    dimension: str | None = None
    mustBe: float | None = Field(default=None, allow_inf_nan=False)  # noqa: N815 - the standard's spelling, here and below
    mustNotBe: float | None = Field(default=None, allow_inf_nan=False)  # noqa: N815
    mustBeGreaterThan: float | None = Field(default=None, allow_inf_nan=False)  # noqa: N815
    mustBeGreaterOrEqualTo: float | None = Field(default=None, allow_inf_nan=False)  # noqa: N815
    mustBeLessThan: float | None = Field(default=None, allow_inf_nan=False)  # noqa: N815
    mustBeLessOrEqualTo: float | None = Field(default=None, allow_inf_nan=False)  # noqa: N815

    def comparisons(self) -> list[tuple[str, float]]:
        """The comparisons that are set, as (name, value)."""
        return [(name, getattr(self, name)) for name in _COMPARISONS if getattr(self, name) is not None]


class CustomProperty(Strict):
    """One extension of the standard."""

    property: str
    value: Any


class PropertyModel(Strict):
    """One column."""

    name: str
    logicalType: Literal["boolean", "integer", "number", "string", "date", "timestamp"]  # noqa: N815
    physicalType: str  # noqa: N815
    required: bool = False
    primaryKey: bool = False  # noqa: N815
    primaryKeyPosition: int | None = None  # noqa: N815
    unique: bool = False
    partitioned: bool = False
    partitionKeyPosition: int | None = None  # noqa: N815
    description: str = Field(min_length=1)
    classification: Literal["pii", "confidential", "public"] = "public"
    tags: list[str] = []
    examples: list[Any] = []
    quality: list[QualityModel] = []
    customProperties: list[CustomProperty] = []  # noqa: N815


class TableModel(Strict):
    """The one table of a contract."""

    name: str
    physicalType: Literal["table"] = "table"  # noqa: N815
    description: str | None = None
    dataGranularityDescription: str = Field(min_length=1)  # noqa: N815
    tags: list[str] = []
    properties: list[PropertyModel] = Field(min_length=1)
    quality: list[QualityModel] = []


class DescriptionModel(Strict):
    """What the table is for."""

    purpose: str = Field(min_length=1)
    usage: str | None = None
    limitations: str | None = None


class MemberModel(Strict):
    """One member of the team; the first is the owner."""

    username: str
    role: str | None = None


class NotOverModel(Strict):
    """Columns of the key over which a number does not add up."""

    notOver: list[str] = Field(min_length=1)  # noqa: N815


#: What kind of name of a person a column holds: customer, visitor, email …
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


#: How long something is kept: `400 days`.
Days = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4} days?$")]


def days(said: Days | None) -> int | None:
    """How many days that is; None for ever.

    >>> days("400 days"), days(None)
    (400, None)
    """
    return int(said.split()[0]) if said else None


class ColumnValues(Strict):
    """All customProperties of a column, by name."""

    currency: str | None = None
    unit: str | None = None
    additive: StrictBool | NotOverModel | None = None
    identifies: list[Kind] = []

    @field_validator("identifies", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class MergeModel(Strict):
    """`merge` of docs/contracts.md."""

    policy: Literal["latest", "first"]
    orderBy: list[str] = []  # noqa: N815


class HistoryModel(Strict):
    """`history` of docs/contracts.md."""

    entity: list[str] = Field(min_length=1)
    validFrom: str  # noqa: N815
    validTo: str  # noqa: N815
    isCurrent: str  # noqa: N815


class InputModel(Strict):
    """One entry of `inputs` of docs/contracts.md."""

    table: str
    column: str | None = None
    before: int = Field(default=0, ge=0, le=MOST_DAYS)
    after: int = Field(default=0, ge=0, le=MOST_DAYS)
    touches: str | None = None
    apart: str | None = None


class CustomValues(Strict):
    """All customProperties of a contract, by name."""

    merge: MergeModel | None = None
    history: HistoryModel | None = None
    rejectedShareLimit: float | None = Field(default=None, ge=0, le=1)  # noqa: N815
    deleted: str | None = Field(default=None, min_length=1)
    removedShareLimit: float | None = Field(default=None, ge=0, le=1)  # noqa: N815
    inputs: list[InputModel] = []
    apart: str | None = None
    managed: bool = False
    runColumns: list[str] = []  # noqa: N815
    keep: Days | None = None


class Document(Strict):
    """A whole contract file."""

    apiVersion: str = Field(pattern=r"^v3\.")  # noqa: N815
    kind: Literal["DataContract"]
    id: str = Field(pattern=r"^(bronze|silver|gold)\.[a-z][a-z0-9_]*$")
    name: str
    version: str = Field(min_length=1)
    status: Literal["proposed", "draft", "active", "deprecated", "retired"]
    domain: str | None = None
    dataProduct: str | None = None  # noqa: N815
    tags: list[str] = []
    description: DescriptionModel
    team: list[MemberModel] = Field(min_length=1)
    schema_: list[TableModel] = Field(alias="schema", min_length=1, max_length=1)
    customProperties: list[CustomProperty] = []  # noqa: N815
