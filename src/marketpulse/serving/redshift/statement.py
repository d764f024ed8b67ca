"""One statement of the plan, and the procedure that makes several of them one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

When = Literal["setup", "load", "demand"]


@dataclass(frozen=True)
class Statement:
    """SQL that may run again without harm.

    `when`: at every deployment (setup), after every load (load), or when somebody asks (demand). `reason` says why it
    is as it is.
    """

    name: str
    when: When
    sql: str
    reason: str


def procedure(signature: str, body: Sequence[str]) -> str:
    """A stored procedure: its statements are one transaction, so that nobody meets half of them."""
    lines = "".join(f"  {line};\n" for line in body)
    return f"create or replace procedure {signature} as $$\nbegin\n{lines}end;\n$$ language plpgsql"
