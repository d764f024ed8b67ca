"""Settings of a session, as Postgres has them: what drivers set and ask for. Most change nothing here."""

from __future__ import annotations

import re

from marketpulse.errors import UsageError
from marketpulse.version import __version__

#: The release whose catalogue and messages these are.
VERSION = f"15.0 (MarketPulse {__version__})"
#: What is said of the server to whoever connects.
TOLD = {
    "server_version": VERSION,
    "server_encoding": "UTF8",
    "client_encoding": "UTF8",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "integer_datetimes": "on",
    "standard_conforming_strings": "on",
    "is_superuser": "off",
    "default_transaction_read_only": "on",
    "in_hot_standby": "off",
}
_OTHERS = {
    "transaction_isolation": "repeatable read",
    "transaction_read_only": "on",
    "default_transaction_isolation": "repeatable read",
    "search_path": "gold",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "extra_float_digits": "1",
    "application_name": "",
    "bytea_output": "hex",
    "max_identifier_length": "63",
    "max_index_keys": "32",
    "server_version_num": "150000",
    "lc_collate": "C",
    "lc_ctype": "C",
    "lc_messages": "C",
    "row_security": "on",
    "jit": "off",
    "ssl": "off",
    "data_checksums": "on",
    "block_size": "8192",
    "wal_level": "minimal",
    "default_table_access_method": "heap",
    "max_connections": "64",
    "client_min_messages": "notice",
    "datestyle": "ISO, MDY",
}
#: What has one value here, whatever somebody asks for: another would change what is read.
_FIXED = {
    "client_encoding": ("utf8", "utf-8", "unicode"),
    "standard_conforming_strings": ("on", "true", "1"),
    "bytea_output": ("hex",),
}
_UNIT = {"": 1, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000}
_DURATION = re.compile(r"(\d{1,9})\s*(ms|s|min|h)?")


class SessionSettings:
    """Settings by name. Times are told in UTC and the server can be read only, whatever is set."""

    def __init__(self, given: dict[str, str]) -> None:
        known = {name.lower(): value for name, value in {**_OTHERS, **TOLD}.items()}
        self._start = dict(known)
        self._now = known
        for name in ("application_name", "client_encoding", "search_path", "statement_timeout", "extra_float_digits"):
            if name in given:
                self.set(name, given[name])
        self._start = dict(self._now)

    def get(self, name: str) -> str:
        """The value of a setting. Raise UsageError where there is none of this name."""
        if name.lower() not in self._now:
            raise UsageError(f"there is no setting {name[:60]}", sqlstate="42704")
        return self._now[name.lower()]

    @property
    def all(self) -> dict[str, str]:
        """Every setting."""
        return dict(self._now)

    def set(self, name: str, value: str) -> None:
        """Set one. Raise UsageError for what would change how answers are to be read."""
        name = name.lower()
        allowed = _FIXED.get(name)
        if allowed and value.strip("'\" ").lower() not in (*allowed, "default"):
            raise UsageError(f"{name} is {self._start[name]} here, and nothing else", sqlstate="0A000")
        if name == "statement_timeout":
            self._seconds(value)
        if name not in ("timezone", "transaction_read_only", "default_transaction_read_only", *_FIXED):
            self._now[name] = value

    def reset(self) -> None:
        """Set all as they were."""
        self._now = dict(self._start)

    @property
    def seconds(self) -> float:
        """Seconds that a statement may take; 0 where nothing says so."""
        return self._seconds(self._now["statement_timeout"])

    @staticmethod
    def _seconds(value: str) -> float:
        found = _DURATION.fullmatch("0" if value.lower() == "default" else value.strip("'\" "))
        if found is None:
            raise UsageError("statement_timeout is milliseconds, or as 30s", sqlstate="22023")
        return int(found[1]) * _UNIT[found[2] or ""] / 1_000
