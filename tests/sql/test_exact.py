"""A text is the number it says or none: what Python's exact decimals say, both engines say."""

from __future__ import annotations

import random
from decimal import Decimal, InvalidOperation, localcontext

import pytest

from marketpulse.engines import Engine

EDGES = [
    "0.00375", "0.333333", "1.00005", "1.0000500", "-1.00005", "1.0000", "3.0", "3.", ".5", " 7 ", "+1.50", "-0",
    "0.00", "1e3", "1E+2", "12.30e1", "1.5e-3", "1.23456e-3", "0.1e-4", "10e-5", "1e-4", "1e-5", "-1.2340e-1", "0e-99",
    "1e-99999999999", "1e99999999999", "0." + "0" * 43 + "1", "1." + "0" * 43, "99999999999999.9999",
    "99999999999999.99995", "100000000000000", "NaN", "Infinity", "-inf", "nan.0", "x", "", "1_0.5", "1,5", "0x10",
    "e5", "٣.٥",
]  # fmt: skip


def texts() -> list[str]:
    """The edges, and many made of few digits so that zeros, points and exponents meet."""
    chance = random.Random(3)
    found = list(EDGES)
    for _ in range(600):
        text = chance.choice(["", "-", "+"]) + "".join(chance.choices("0012", k=chance.randint(0, 4)))
        text += "." + "".join(chance.choices("0001", k=chance.randint(0, 8))) if chance.random() < 0.7 else ""
        text += f"{chance.choice('eE')}{chance.choice(['', '-', '+'])}{chance.randint(0, 9)}" * (chance.random() < 0.4)
        found.append(text)
    return found


def exact(text: str, digits: int, scale: int) -> Decimal | None:
    """The number that a text is, if it is one with so many digits."""
    try:
        number = Decimal(text.strip()) if text.isascii() and "_" not in text else Decimal("NaN")
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return number * 0 if number.is_finite() and number == 0 else None
    with localcontext(prec=400):
        fits = number == (rounded := number.quantize(Decimal(1).scaleb(-scale)))
        return rounded if fits and abs(rounded) < Decimal(10) ** (digits - scale) else None


@pytest.mark.engines
def test_a_decimal_keeps_every_digit_or_is_none(asked: Engine) -> None:
    values = ", ".join(f"({place}, {asked.dialect.text(text)})" for place, text in enumerate(texts()))
    for digits, scale in ((18, 4), (18, 6), (38, 0)):
        typed = asked.dialect.typed("v", f"decimal({digits},{scale})")
        rows = asked.rows(f"select {typed} from (values {values}) as t(n, v) order by n")
        for text, (found,) in zip(texts(), rows, strict=True):
            assert found == exact(text, digits, scale), (text, scale)


@pytest.mark.engines
def test_a_whole_number_may_be_written_with_zeros_after_the_point(asked: Engine) -> None:
    values = ", ".join(f"({place}, {asked.dialect.text(text)})" for place, text in enumerate(texts()))
    rows = asked.rows(f"select {asked.dialect.typed('v', 'int')} from (values {values}) as t(n, v) order by n")
    for text, (found,) in zip(texts(), rows, strict=True):
        number = exact(text, 38, 0)
        assert found == (None if number is None or abs(number) > 2**31 - 1 else int(number)), text


@pytest.mark.engines
@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("cast(7.5 as double)", "int", None),
        ("cast(7 as double)", "int", 7),
        ("cast(12345678 as double)", "long", 12345678),
        ("cast(7.5 as decimal(5,2))", "long", None),
        ("cast(7 as decimal(5,2))", "long", 7),
        ("cast(0.3 as double)", "decimal(18,4)", "0.3000"),
        ("cast(0.1 as double) + cast(0.2 as double)", "decimal(18,4)", None),
        ("cast(0.00001 as double)", "decimal(18,4)", None),
        ("cast(0.00001 as double)", "decimal(18,6)", "0.000010"),
        ("cast('0.00375' as decimal(18,10))", "decimal(18,4)", None),
        ("cast('0.0037' as decimal(18,10))", "decimal(18,4)", "0.0037"),
        ("cast('0' as decimal(38,18))", "decimal(18,4)", "0.0000"),
    ],
)
def test_a_number_that_a_mapping_computes_is_held_to_the_same(
    asked: Engine, value: str, kind: str, expected: object
) -> None:
    ((found,),) = asked.rows(f"select {asked.dialect.typed('v', kind)} from (select {value} as v) as t")
    assert (str(found) if isinstance(expected, str) else found) == expected
