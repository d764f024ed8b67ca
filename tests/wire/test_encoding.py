"""Values on the wire are those of the engine, in text and in binary, there and back."""

from __future__ import annotations

import struct
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.string import TextLoader

from marketpulse.errors import UsageError
from marketpulse.wire import types
from marketpulse.wire.encoding import array_text, encoded, numeric
from marketpulse.wire.types import column, number_of
from marketpulse.wire.values import value
from tests.wire.house import Wire

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
EVERY = """
select [1, 2, null]::int[] as a, ['x', 'y "z', null, 'NULL', ''] as b, {'a': 1.5, 'b': [date '2026-01-01']} as c,
  'NaN'::double as d, '-infinity'::double as e, 1.5::float as f, time '10:00:01.5' as g, 'x\\x00'::blob as h,
  interval '1 month -2 days 3 hours' as i, 10000::decimal(9, 2) as j, 0::decimal(9, 4) as k, sum(x)::hugeint as l,
  timestamp '2026-01-01 00:00:00.123456' as m, date '0001-01-01' as n, true as o, null as p, 'ü' as q,
  18446744073709551615::ubigint as r, [[1], [2]] as s, ['1.50'::decimal(5, 2)] as t, 'x'::enum('x', 'y') as u,
  [timestamp '2026-01-01'] as v, 1::tinyint as w, -170141183460469231731687303715884105727::hugeint as x,
  []::int[] as y, map {'k': 1} as z
from range(5) r(x)
"""


def test_text_and_binary_say_the_same_of_every_type(wire: Wire) -> None:
    assert str(wire.rows(EVERY)) == str(wire.rows(EVERY, binary=True))  # as text, since nan is not itself
    (row,) = wire.rows(EVERY)
    assert row[:3] == ([1, 2, None], ["x", 'y "z', None, "NULL", ""], {"a": "1.5", "b": ["2026-01-01"]})
    assert (row[9], row[10], row[17]) == (Decimal("10000.00"), Decimal("0.0000"), Decimal(2**64 - 1))
    assert (row[19], row[23], row[24]) == ([Decimal("1.50")], Decimal(1 - 2**127), [])


FAR = """
select date 'infinity' as a, [date '-infinity', '1066-10-14', null] as b, timestamp 'infinity' as c,
  [timestamp '-infinity'] as d, timestamp_ns '2026-01-01 00:00:00.123456789' as e, [interval '1 day'] as f,
  {'n': 'NaN'::double, 'd': date 'infinity', 'b': 'a'::blob} as g, date '0044-03-15 (BC)' as h, date '32131-01-22' as i
"""


def test_what_no_calendar_of_python_has_is_written_as_postgres_does(wire: Wire) -> None:
    with wire.connect() as connection:
        connection.adapters.register_loader("date", TextLoader)
        connection.adapters.register_loader("timestamptz", TextLoader)
        row = connection.execute(FAR).fetchone()
        assert row
        assert row[:5] == (
            "infinity", ["-infinity", "1066-10-14", None], "infinity", ["-infinity"], "2026-01-01 00:00:00.123456+00",
        )  # fmt: skip
        assert row[5:7] == ([timedelta(1)], {"n": "NaN", "d": "infinity", "b": "\\x61"})
        assert row[7:] == ("0044-03-15 BC", "32131-01-22")
    packed = [struct.pack("!i", each) for each in (2**31 - 1, -(2**31), 0)]
    days = pa.array([2**31 - 1, -(2**31 - 1), 10_957], pa.date32())
    assert encoded(days, True) == [struct.pack("!i", 4) + each for each in packed]
    moments = pa.array([2**63 - 1, -(2**63 - 1)], pa.timestamp("us"))
    assert encoded(moments, True) == [struct.pack("!iq", 8, 2**63 - 1), struct.pack("!iq", 8, -(2**63))]


@pytest.mark.parametrize("what", ["1::bignum", "time_ns '10:00:00.1'", "date '-290000-01-01'", "timestamp '-infinity'"])
def test_whatever_the_engine_gives_one_goes_on(wire: Wire, what: str) -> None:
    for binary in (False, True):
        with wire.connect() as connection:
            with suppress(psycopg.Error):
                connection.execute(f"select {what}", binary=binary)
            assert connection.execute("select 1").fetchall() == [(1,)]


@given(DECIMALS)
def test_a_decimal_loses_no_digit(amount: Decimal) -> None:
    assert value(numeric(amount), types.NUMERIC, True) == amount
    assert value(numeric(amount), types.NUMERIC, True).as_tuple().exponent == -6


LONG = ["1" * 38, f"-{'9' * 35}.125", f"0.{'0' * 36}7", f"1.{'3' * 37}", "0.000", f"{'1' * 30}.5", "1E37"]


@pytest.mark.parametrize("amount", LONG)
def test_no_digit_of_the_longest_decimals_is_lost_either(wire: Wire, amount: str) -> None:
    exact = Decimal(amount)
    assert value(numeric(exact), types.NUMERIC, True) == value(amount.encode(), types.NUMERIC, False) == exact
    assert wire.rows("select %b", exact, binary=True) == [(exact,)]


@pytest.mark.parametrize("amount", ["1" * 39, f"0.{'0' * 37}1", "1E999999999", "NaN", "-Infinity"])
def test_a_number_that_the_engine_would_round_is_refused(amount: str) -> None:
    exact = Decimal(amount)
    with pytest.raises(UsageError, match="numeric"):
        value(amount.encode(), types.NUMERIC, False)
    if exact.is_finite() and exact.adjusted() < 100:
        with pytest.raises(UsageError, match="numeric"):
            value(numeric(exact), types.NUMERIC, True)


@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))))
def test_an_array_of_texts_comes_back(texts: list[str | None]) -> None:
    assert value(array_text(texts).encode(), types.TYPES[types.TEXT].array, False) == texts


@pytest.mark.parametrize(
    ("given_", "kind"),
    [
        (b"1.5", types.INT4),
        (b"x", types.DATE),
        (b"{1,2", types.TYPES[types.INT4].array),
        (b"{1}x", types.TYPES[types.INT4].array),
        (b"{" + b" " * 100_000 + b'"x}', types.TYPES[types.INT4].array),
        (b"1_000", types.INT8),
        (b"9" * 5_000, types.INT8),
        (b"1_0.5", types.NUMERIC),
        (b"2026-W01-1", types.DATE),
        (b"maybe", types.BOOL),
        (b"\xff", types.TEXT),
        (b"00", types.BYTEA),
    ],
)
def test_a_parameter_that_is_none_of_its_type_is_refused(given_: bytes, kind: int) -> None:
    with pytest.raises(UsageError) as caught:
        value(given_, kind, False)
    assert caught.value.sqlstate == "22P02"
    with pytest.raises(UsageError):
        value(b"\0", kind if kind != types.TEXT else types.INT8, True) if kind not in (types.BYTEA, types.BOOL) else (
            value(struct.pack("!hhHh", 1, 0, 0xC000, 0), types.NUMERIC, True)
        )


def test_an_array_of_arrays_is_refused_however_deep() -> None:
    inner, array = b"", types.TYPES[types.INT8].array
    for _ in range(5_000):
        inner = struct.pack("!iiiiii", 1, 0, array, 1, 1, len(inner)) + inner
    with pytest.raises(UsageError, match="several dimensions"):
        value(inner, array, True)


def test_money_is_numeric_with_its_digits_and_times_are_utc() -> None:
    amount = column(pa.field("amount", pa.decimal128(18, 4)))
    assert (amount.type, amount.modifier) == (types.NUMERIC, ((18 << 16) | 4) + 4)
    assert number_of(pa.timestamp("us")) == number_of(pa.timestamp("us", "UTC")) == types.TIMESTAMPTZ
    assert encoded(pa.array([None, 1]), False) == [struct.pack("!i", -1), struct.pack("!i", 1) + b"1"]
