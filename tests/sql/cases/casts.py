"""Casts, and what a text must look like to be one."""

from datetime import date, datetime
from decimal import Decimal

T = datetime

CASES: dict[str, list[tuple[str, object]]] = {
    "cast": [
        ("cast('12.7' as int)", 12),
        ("cast(cast(12.7 as double) as int)", 12),
        ("cast(cast(-12.7 as double) as int)", -12),
        ("cast(12.7 as int)", 12),
        ("cast(true as int)", 1),
        ("cast(1.50 as string)", "1.50"),
        ("cast(timestamp '2024-01-01 00:00:00.5' as string)", "2024-01-01 00:00:00.5"),
        ("cast(timestamp '2024-01-01 10:00:00' as date)", date(2024, 1, 1)),
        ("cast('x' as int)", None),
        ("cast(true as string)", "true"),
    ],
    "try_cast": [
        *[
            (f"try_cast({text} as int)", value)
            for text, value in {
                "' 12 '": 12,
                "'12.7'": None,
                "'1e3'": None,
                "'+5'": 5,
                "'5.'": None,
                "''": None,
                "'1_000'": None,
                "'0x1F'": None,
                "'99999999999'": None,
                "cast(12.7 as double)": 12,
                "'-7'": -7,
            }.items()
        ],
        *[
            (f"try_cast({text} as decimal(18, 2))", value if value is None else Decimal(value))
            for text, value in {
                "'1.005'": "1.01",
                "'-1.005'": "-1.01",
                "'1e3'": "1000.00",
                "'.5'": "0.50",
                "'5.'": "5.00",
                "' 7 '": "7.00",
                "'1_0.5'": None,
                "'1,000'": None,
                "cast(1.005 as double)": "1.01",
                "''": None,
                "12345678901234567890": None,
            }.items()
        ],
        *[
            (f"try_cast('{text}' as boolean)", value)
            for text, value in {
                " true ": True,
                "Y": True,
                "yes": True,
                "t": True,
                "1": True,
                "f": False,
                "NO": False,
                "0": False,
                "off": None,
                "2": None,
                "": None,
            }.items()
        ],
        *[
            (f"try_cast('{text}' as timestamp)", value)
            for text, value in {
                "2024-01-01T10:00:00Z": T(2024, 1, 1, 10),
                "2024-01-01T10:00:00+02:00": T(2024, 1, 1, 8),
                "2024-01-01T10:00:00+0200": T(2024, 1, 1, 8),
                "2024-01-01 10:00:00 UTC": T(2024, 1, 1, 10),
                "2024-01-01 10:00:00 +02:00": T(2024, 1, 1, 8),
                "2024-01-01T10:00": T(2024, 1, 1, 10),
                "2024-1-1 1:2:3": T(2024, 1, 1, 1, 2, 3),
                " 2024-01-01 ": T(2024, 1, 1),
                "2024-01-01 10:00:00.1234567": T(2024, 1, 1, 10, 0, 0, 123456),
                "2024-02-30": None,
                "2024-01-01 10:00:00.": T(2024, 1, 1, 10),
                "2024-01-01T24:00:00": None,
                "infinity": None,
                "2024/01/01": None,
                "junk": None,
                "": None,
                "2024-01-01 10": T(2024, 1, 1, 10),
                "2024-01": T(2024, 1, 1),
                "2024": T(2024, 1, 1),
                "2024-01-01T10:00:00 Europe/Berlin": T(2024, 1, 1, 9),
            }.items()
        ],
        *[
            (f"try_cast('{text}' as date)", value)
            for text, value in {
                "2024-01-01": date(2024, 1, 1),
                "2024-1-1": date(2024, 1, 1),
                "2024-01-01T10:00:00Z": date(2024, 1, 1),
                "2024-01-01 junk": date(2024, 1, 1),
                "2024-01-01x": None,
                "2024/01/01": None,
                "20240101": None,
                "2024-02-30": None,
                " 2024-01-01 ": date(2024, 1, 1),
                "2024-01": date(2024, 1, 1),
                "2024": date(2024, 1, 1),
                "infinity": None,
                "": None,
            }.items()
        ],
        ("try_cast(' 1.5 ' as double)", 1.5),
        ("try_cast('1e3' as double)", 1000.0),
        ("try_cast('1_0' as double)", None),
        ("try_cast('1d' as double)", 1.0),
        ("try_cast('x' as double)", None),
    ],
}
