"""From UTC to the clock of a place and back. A zone is a name of the list of `marketpulse.sql.zones`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from marketpulse.sql.function import made
from marketpulse.sql.zones import duckdb_zone

_MOMENT = "cast({} as timestamp)"
_UTC = "'UTC'"


def _from_utc(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    return _local(_MOMENT.format(texts[0]), duckdb_zone(arguments[1], texts[1]))


def _to_utc(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    return _utc(_MOMENT.format(texts[0]), duckdb_zone(arguments[1], texts[1]))


def _convert(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    zones = [duckdb_zone(*pair) for pair in zip(arguments[:-1], texts[:-1], strict=True)]
    moment = _MOMENT.format(texts[-1])
    return _local(_utc(moment, zones[0]) if len(zones) == 2 else moment, zones[-1])


def _local(utc: str, zone: str) -> str:
    return utc if zone == _UTC else f"timezone({zone}, timezone({_UTC}, {utc}))"


def _utc(local: str, zone: str) -> str:
    """An hour that a zone has twice (in autumn) is the earlier of the two, as in Java; ICU takes the later.

    The earlier one goes by the offset of the day before.
    """
    if zone == _UTC:
        return local
    late = f"timezone({_UTC}, timezone({zone}, {local}))"
    early = f"(timezone({_UTC}, timezone({zone}, {local} - interval 25 hours)) + interval 25 hours)"
    return f"case when {_local(early, zone)} = {local} then {early} else {late} end"


ZONES = {
    "convert_timezone": made(_convert, 2, 3, note="(from, to, timestamp), or (to, timestamp in UTC)"),
    "from_utc_timestamp": made(_from_utc, 2, note="null where the zone is no name of one"),
    "to_utc_timestamp": made(_to_utc, 2, note="null as above; of an hour that is twice the earlier"),
}
