"""The base of everything that is read from a file of the project."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """An unknown key is an error that lists the known ones."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)
