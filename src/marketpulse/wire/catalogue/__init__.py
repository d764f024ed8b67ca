"""What there is, as Postgres would say it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


class Catalogue:
    """Nothing is asked of it yet: every query is one over the warehouse."""

    def __init__(self, *_: Any) -> None: ...

    def asked(self, text: str) -> str | None:  # noqa: ARG002
        """None: a query is not about the catalogue."""
        return None

    def schema(self, *_: Any) -> pa.Schema:
        """Columns of an answer."""
        raise NotImplementedError

    def stream(self, *_: Any) -> pa.RecordBatchReader:
        """An answer."""
        raise NotImplementedError
