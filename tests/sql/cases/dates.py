"""Functions of dates and times."""

from datetime import date, datetime

T = datetime

CASES: dict[str, list[tuple[str, object]]] = {
    "add_months": [
        ("add_months(date '2024-02-29', 12)", date(2025, 2, 28)),
        ("add_months(date '2024-02-29', 1)", date(2024, 3, 29)),
        ("add_months(date '2024-01-31', -2)", date(2023, 11, 30)),
    ],
    "date": [("date('2024-01-02')", date(2024, 1, 2))],
    "date_add": [("date_add(timestamp '2024-01-15 10:00:00', 3)", date(2024, 1, 18))],
    "date_diff": [("date_diff(date '2024-01-03', date '2024-01-01')", 2)],
    "date_format": [
        ("date_format(timestamp '2024-01-02 03:04:05.678', 'yyyy-MM-dd HH:mm:ss.SSS')", "2024-01-02 03:04:05.678"),
        ("date_format(date '2024-01-02', 'yyyyMM')", "202401"),
        ("date_format(date '2024-01-02', \"yyyy'T'MM\")", "2024T01"),
    ],
    "date_sub": [("date_sub(date '2024-01-01', 1)", date(2023, 12, 31))],
    "date_trunc": [
        ("date_trunc('month', date '2024-01-15')", T(2024, 1, 1)),
        ("date_trunc('week', timestamp '2024-01-17 10:00:00')", T(2024, 1, 15)),
        ("date_trunc('HOUR', timestamp '2024-01-17 10:20:00')", T(2024, 1, 17, 10)),
    ],
    "datediff": [
        ("datediff(timestamp '2024-01-02 00:01:00', timestamp '2024-01-01 23:59:00')", 1),
        ("datediff(hour, timestamp '2024-01-01 00:59:00', timestamp '2024-01-01 02:00:00')", 1),
    ],
    "day": [("day(date '2024-01-05')", 5)],
    "dayofmonth": [("dayofmonth(timestamp '2024-01-05 10:00:00')", 5)],
    "dayofweek": [("dayofweek(date '2024-01-07')", 1), ("dayofweek(date '2024-01-06')", 7)],
    "dayofyear": [("dayofyear(date '2024-05-01')", 122)],
    "extract": [
        ("extract(year from date '2024-05-01')", 2024),
        ("extract(hour from timestamp '2024-05-01 07:00:00')", 7),
    ],
    "from_unixtime": [("from_unixtime(1700)", "1970-01-01 00:28:20")],
    "hour": [("hour(timestamp '2024-01-01 05:00:00')", 5)],
    "last_day": [("last_day(timestamp '2024-02-03 10:00:00')", date(2024, 2, 29))],
    "make_date": [("make_date(2024, 2, 29)", date(2024, 2, 29)), ("make_date(2024, 13, 1)", None)],
    "minute": [("minute(timestamp '2024-01-01 05:06:00')", 6)],
    "month": [("month(date '2024-02-03')", 2)],
    "quarter": [("quarter(date '2024-05-01')", 2)],
    "second": [("second(timestamp '2024-01-01 05:06:07.9')", 7)],
    "timestamp_micros": [("timestamp_micros(1700000)", T(1970, 1, 1, 0, 0, 1, 700000))],
    "timestamp_millis": [("timestamp_millis(1700)", T(1970, 1, 1, 0, 0, 1, 700000))],
    "timestamp_seconds": [("timestamp_seconds(1.5)", T(1970, 1, 1, 0, 0, 1, 500000))],
    "timestampdiff": [
        *[
            (f"timestampdiff({unit}, timestamp '{start}', timestamp '{end}')", value)
            for unit, start, end, value in [
                ("hour", "2024-01-01 00:59:00", "2024-01-01 02:00:00", 1),
                ("hour", "2024-01-01 02:00:00", "2024-01-01 00:59:00", -1),
                ("minute", "2024-01-01 00:00:30", "2024-01-01 00:01:00", 0),
                ("second", "2024-01-01 00:00:00.9", "2024-01-01 00:00:02", 1),
                ("day", "2024-01-01 02:00:00", "2024-01-02 00:59:00", 0),
                ("month", "2024-01-31 00:00:00", "2024-02-29 00:00:00", 0),
                ("month", "2024-02-29 00:00:00", "2024-01-31 00:00:00", 0),
                ("month", "2024-01-15 10:00:00", "2024-03-15 09:00:00", 1),
                ("month", "2024-03-15 09:00:00", "2024-01-15 10:00:00", -1),
                ("year", "2024-02-29 00:00:00", "2025-02-28 00:00:00", 0),
                ("quarter", "2024-02-29 00:00:00", "2025-02-28 00:00:00", 3),
                ("week", "2024-02-29 00:00:00", "2025-02-28 00:00:00", 52),
            ]
        ],
        ("timestampdiff(day, date '2024-01-01', date '2024-01-03')", 2),
    ],
    "to_date": [
        ("to_date('2024-01-02')", date(2024, 1, 2)),
        ("to_date('x')", None),
        ("to_date('01/02/2024', 'dd/MM/yyyy')", date(2024, 2, 1)),
        ("to_date('2024-13-01', 'yyyy-MM-dd')", None),
        ("to_date('2024-02-30', 'yyyy-MM-dd')", None),
        ("to_date(timestamp '2024-01-02 10:00:00')", date(2024, 1, 2)),
    ],
    "to_timestamp": [
        ("to_timestamp('2024-01-01 10:00:00', 'yyyy-MM-dd HH:mm:ss')", T(2024, 1, 1, 10)),
        ("to_timestamp('2024-01-01T10:00:00Z')", T(2024, 1, 1, 10)),
        ("to_timestamp('x')", None),
    ],
    "trunc": [
        ("trunc(timestamp '2024-01-15 10:00:00', 'MM')", date(2024, 1, 1)),
        ("trunc(date '2024-01-17', 'WEEK')", date(2024, 1, 15)),
        ("trunc(date '2024-05-17', 'quarter')", date(2024, 4, 1)),
    ],
    "unix_micros": [("unix_micros(timestamp '1970-01-01 00:00:01')", 1_000_000)],
    "unix_millis": [("unix_millis(timestamp '1969-12-31 23:59:58.7777')", -1223)],
    "unix_seconds": [("unix_seconds(timestamp '1969-12-31 23:59:58.7')", -2)],
    "unix_timestamp": [
        ("unix_timestamp(timestamp '1970-01-01 00:00:01.7')", 1),
        ("unix_timestamp(timestamp '1969-12-31 23:59:58.7')", -1),
    ],
    "weekday": [("weekday(date '2024-01-07')", 6)],
    "weekofyear": [("weekofyear(date '2024-12-30')", 1)],
    "year": [("year(date '2024-12-30')", 2024)],
}
