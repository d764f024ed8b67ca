"""Functions of time zones: both edges of summer time, zones east and west, of half hours and without summer time."""

from datetime import date, datetime

T = datetime

#: (UTC, zone, clock of the place): each moment has one clock.
CLOCKS = [
    # Spring: the clock jumps over an hour.
    ("2026-03-08 09:59:59", "America/Los_Angeles", T(2026, 3, 8, 1, 59, 59)),
    ("2026-03-08 10:00:00", "America/Los_Angeles", T(2026, 3, 8, 3)),
    ("2026-03-29 00:59:59", "Europe/Berlin", T(2026, 3, 29, 1, 59, 59)),
    ("2026-03-29 01:00:00", "Europe/Berlin", T(2026, 3, 29, 3)),
    # Autumn: two moments have one clock.
    ("2025-11-02 08:30:00", "America/Los_Angeles", T(2025, 11, 2, 1, 30)),
    ("2025-11-02 09:30:00", "America/Los_Angeles", T(2025, 11, 2, 1, 30)),
    ("2025-10-26 00:30:00", "Europe/Berlin", T(2025, 10, 26, 2, 30)),
    ("2025-10-26 01:30:00", "Europe/Berlin", T(2025, 10, 26, 2, 30)),
    # South of the equator, half an hour beside the others, and a summer time of half an hour.
    ("2026-04-04 16:29:00", "Australia/Adelaide", T(2026, 4, 5, 2, 59)),
    ("2026-04-04 16:30:00", "Australia/Adelaide", T(2026, 4, 5, 2)),
    ("2026-04-04 14:59:59", "Australia/Lord_Howe", T(2026, 4, 5, 1, 59, 59)),
    ("2026-04-04 15:00:00", "Australia/Lord_Howe", T(2026, 4, 5, 1, 30)),
    ("2025-10-04 15:30:00", "Australia/Lord_Howe", T(2025, 10, 5, 2, 30)),
    # No summer time; quarters of an hour; the farthest east and west.
    ("2026-07-01 18:30:00.000001", "Asia/Kolkata", T(2026, 7, 2, 0, 0, 0, 1)),
    ("2026-01-01 18:30:00", "Asia/Calcutta", T(2026, 1, 2)),
    ("2026-07-01 12:00:00", "America/Phoenix", T(2026, 7, 1, 5)),
    ("2026-07-01 18:15:00", "Asia/Kathmandu", T(2026, 7, 2)),
    ("2026-07-01 10:00:00", "Pacific/Kiritimati", T(2026, 7, 2)),
    ("2026-07-01 10:59:59", "Pacific/Pago_Pago", T(2026, 6, 30, 23, 59, 59)),
    ("2026-07-01 11:00:00", "Etc/GMT+12", T(2026, 6, 30, 23)),
    # A day that was left out, the summer time of a war, and the time of the sun before the railways.
    ("2011-12-30 09:59:59", "Pacific/Apia", T(2011, 12, 29, 23, 59, 59)),
    ("2011-12-30 10:00:00", "Pacific/Apia", T(2011, 12, 31)),
    ("1943-01-15 12:00:00", "America/New_York", T(1943, 1, 15, 8)),
    ("1945-07-01 12:00:00", "Europe/Berlin", T(1945, 7, 1, 15)),
    ("1969-12-31 23:59:59", "Europe/London", T(1970, 1, 1, 0, 59, 59)),
    ("1883-11-18 12:00:00", "America/New_York", T(1883, 11, 18, 7, 3, 58)),
    # Years to come follow the last rule.
    ("2068-07-01 12:00:00", "Europe/Paris", T(2068, 7, 1, 14)),
    ("2026-07-01 12:00:00", "UTC", T(2026, 7, 1, 12)),
]
#: (clock of the place, zone, UTC) where there is not one moment: skipped, or twice.
EDGES = [
    ("2026-03-08 02:30:00", "America/Los_Angeles", T(2026, 3, 8, 10, 30)),
    ("2026-03-29 02:00:00", "Europe/Berlin", T(2026, 3, 29, 1)),
    ("2026-03-29 02:59:59", "Europe/Berlin", T(2026, 3, 29, 1, 59, 59)),
    ("2025-10-05 02:15:00", "Australia/Lord_Howe", T(2025, 10, 4, 15, 45)),
    ("2011-12-30 12:00:00", "Pacific/Apia", T(2011, 12, 30, 22)),
    ("2025-11-02 01:30:00", "America/Los_Angeles", T(2025, 11, 2, 8, 30)),
    ("2025-10-26 02:00:00", "Europe/Berlin", T(2025, 10, 26)),
    ("2025-10-26 02:59:59", "Europe/Berlin", T(2025, 10, 26, 0, 59, 59)),
    ("2025-10-26 03:00:00", "Europe/Berlin", T(2025, 10, 26, 2)),
    ("2026-04-05 01:45:00", "Australia/Lord_Howe", T(2026, 4, 4, 14, 45)),
    ("2026-04-05 02:00:00", "Australia/Lord_Howe", T(2026, 4, 4, 15, 30)),
    ("1969-09-30 12:00:00", "Pacific/Kwajalein", T(1969, 9, 30, 1)),
]
#: Clocks of `CLOCKS` that stand for an earlier moment too.
_TWICE = [T(2025, 11, 2, 1, 30), T(2025, 10, 26, 2, 30), T(2026, 4, 5, 2), T(2026, 4, 5, 1, 30)]
_ZONE = "from (select '{}' as zone) as t"
#: What one engine or the other takes for a zone, and the list does not.
_NONE = ["Mars/Olympus", "europe/berlin", "+05:30", "Z", "EST", "IST", "UTC+2", "GMT+5", "", " Europe/Berlin"]

CASES: dict[str, list[tuple[str, object]]] = {
    "from_utc_timestamp": [
        *[(f"from_utc_timestamp(timestamp '{utc}', '{zone}')", clock) for utc, zone, clock in CLOCKS],
        *[
            (f"from_utc_timestamp(timestamp '{utc}', zone) {_ZONE.format(zone)}", clock)
            for utc, zone, clock in CLOCKS[:4]
        ],
        *[(f"from_utc_timestamp(timestamp '2026-07-01 12:00:00', zone) {_ZONE.format(name)}", None) for name in _NONE],
        ("from_utc_timestamp(timestamp '2026-07-01 12:00:00', cast(null as string))", None),
        ("from_utc_timestamp(cast(null as timestamp), 'Europe/Berlin')", None),
        ("from_utc_timestamp('2026-07-01 12:00:00', 'Europe/Berlin')", T(2026, 7, 1, 14)),
        ("from_utc_timestamp(date '2026-07-01', 'Europe/Berlin')", T(2026, 7, 1, 2)),
        ("to_date(from_utc_timestamp(timestamp '2026-03-03 02:30:00', 'US/Pacific'))", date(2026, 3, 2)),
    ],
    "to_utc_timestamp": [
        *[(f"to_utc_timestamp(timestamp '{clock}', '{zone}')", utc) for clock, zone, utc in EDGES],
        *[(f"to_utc_timestamp(timestamp '{clock}', zone) {_ZONE.format(zone)}", utc) for clock, zone, utc in EDGES],
        *[
            (f"to_utc_timestamp(timestamp '{clock}', '{zone}')", T.fromisoformat(utc))
            for utc, zone, clock in CLOCKS
            if clock not in _TWICE
        ],
        *[(f"to_utc_timestamp(timestamp '2026-07-01 12:00:00', zone) {_ZONE.format(name)}", None) for name in _NONE],
    ],
    "convert_timezone": [
        ("convert_timezone('US/Pacific', 'Asia/Kolkata', timestamp '2025-11-02 01:30:00')", T(2025, 11, 2, 14)),
        ("convert_timezone('Europe/Berlin', 'UTC', timestamp '2026-03-29 02:30:00')", T(2026, 3, 29, 1, 30)),
        ("convert_timezone('Asia/Kolkata', timestamp '2026-07-01 18:30:00')", T(2026, 7, 2)),
        (f"convert_timezone(zone, 'Asia/Kolkata', timestamp '2026-07-01 12:00:00') {_ZONE.format('no')}", None),
        (f"convert_timezone('UTC', zone, timestamp '2026-07-01 12:00:00') {_ZONE.format('Japan')}", T(2026, 7, 1, 21)),
        (f"convert_timezone(zone, timestamp '2026-07-01 12:00:00') {_ZONE.format('no')}", None),
    ],
}
