"""What is asked of the connection itself, and known without any table: who asks, of which database, settings."""

from __future__ import annotations

import re

from sqlglot import exp

from marketpulse.wire.catalogue.rewriting import Known
from marketpulse.wire.settings import VERSION, SessionSettings

#: Without one of these words a text is no query over the catalogue, and is not taken apart.
_WORDS = re.compile(
    r"pg_|information_schema|current_|session_user|version\s*\(|set_config|format_type|_description\s*\(|has_\w{1,40}_privilege"
    r"|\buser\b|inet_|txid_|reg(?:class|type|namespace|proc|role)\b|quote_(?:ident|literal)",
    re.IGNORECASE,
)
_CALLS: dict[type[exp.Expr], str] = {
    exp.CurrentSchema: "current_schema", exp.CurrentDatabase: "current_database", exp.CurrentUser: "current_user",
    exp.CurrentCatalog: "current_catalog", exp.SessionUser: "session_user", exp.CurrentVersion: "version",
    exp.CurrentSchemas: "current_schemas",
}  # fmt: skip
_SCHEMA = "gold"


class Session:
    """What one connection knows of itself."""

    def __init__(self, database: str, user: str, settings: SessionSettings) -> None:
        self._settings = settings
        self._texts = {
            "current_schema": _SCHEMA, "current_database": database, "current_catalog": database,
            "current_user": user, "session_user": user, "user": user, "current_role": user,
            "version": f"PostgreSQL {VERSION}, read-only",
        }  # fmt: skip

    def may_be(self, text: str) -> bool:
        """Whether a text may be about the catalogue or the connection, by its words."""
        return _WORDS.search(text) is not None

    def knows(self, call: exp.Expr) -> Known | None:
        """The name and the value of a call that is about the connection; None for any other."""
        name = _CALLS.get(type(call)) or (call.name.lower() if _is_plain(call) else "")
        if name == "current_schemas":
            return name, exp.array(exp.Literal.string(_SCHEMA))
        if name in self._texts:
            return name, exp.Literal.string(self._texts[name])
        if name == "pg_backend_pid":
            return name, exp.Literal.number(1)
        if name in ("current_setting", "set_config") and isinstance(call, exp.Anonymous):
            return self._setting(name, call.expressions)
        return None

    def _setting(self, name: str, given: list[exp.Expr]) -> Known | None:
        if not given or not isinstance(given[0], exp.Literal):
            return None
        setting = given[0].name
        if name == "set_config":
            if len(given) > 1 and isinstance(given[1], exp.Literal):
                self._settings.set(setting, given[1].name)
                return name, given[1].copy()
            return None
        return name, exp.Literal.string(self._settings.get(setting))


def _is_plain(call: exp.Expr) -> bool:
    """A call without a class of its own, or a word that Postgres takes for one."""
    if isinstance(call, exp.Anonymous):
        return True
    return isinstance(call, exp.Column) and not call.table and not call.this.quoted and call.name.lower() in _BARE


_BARE = frozenset({"user", "session_user", "current_role", "current_user", "current_catalog", "current_schema"})
