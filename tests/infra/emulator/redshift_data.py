"""Redshift's Data API: a statement ends, and times are seconds. SQL itself is not run."""

from __future__ import annotations

import json
import time
from typing import Any

from moto.redshiftdata.models import Statement
from moto.redshiftdata.responses import RedshiftDataAPIServiceResponse as Response

_init = Statement.__init__
_show = Statement.__iter__
_execute = Response.execute_statement


def init(self: Any, *given: Any, **named: Any) -> None:
    """Every statement is done at once and succeeds."""
    _init(self, *given, **named)
    self.created_at = self.updated_at = time.time()
    self.status, self.result_rows, self.result_size = "FINISHED", 0, 0


def show(self: Any) -> Any:
    """AWS leaves out what is not set."""
    return ((field, value) for field, value in _show(self) if value is not None)


def execute_statement(self: Any) -> Any:
    """The answer has no empty fields either, and names the workgroup."""
    status, headers, body = _execute(self)
    answer = json.loads(body) | {"WorkgroupName": self._get_param("WorkgroupName")}
    return status, headers, json.dumps({field: value for field, value in answer.items() if value is not None})


Statement.__init__ = init
Statement.__iter__ = show
Response.execute_statement = execute_statement
