"""Functions of numbers."""

from decimal import Decimal

CASES: dict[str, list[tuple[str, object]]] = {
    "abs": [("abs(-2)", 2), ("abs(cast(-2.5 as decimal(3, 1)))", Decimal("2.5"))],
    "ceil": [("ceil(cast(-1.5 as double))", -1), ("ceil(7)", 7)],
    "ceiling": [("ceiling(cast(1.2 as double))", 2)],
    "exp": [("round(exp(0), 12)", 1.0)],
    "floor": [("floor(cast(1.5 as double))", 1), ("floor(cast(-1.2 as double))", -2)],
    "isnan": [("isnan(cast('NaN' as double))", True), ("isnan(cast(null as double))", False)],
    "ln": [("round(ln(1), 12)", 0.0), ("round(ln(0), 12)", None), ("round(ln(-1), 12)", None)],
    "log": [("round(log(10, 100), 12)", 2.0), ("round(log(1), 12)", 0.0), ("round(log(0), 12)", None)],
    "log10": [("round(log10(1000), 12)", 3.0), ("round(log10(-1), 12)", None)],
    "mod": [("mod(-7, 3)", -1), ("mod(7, 0)", None)],
    "nanvl": [("nanvl(cast('NaN' as double), 1.5)", 1.5)],
    "negative": [("negative(3)", -3)],
    "pmod": [("pmod(-7, 3)", 2), ("pmod(7, 3)", 1), ("pmod(7, 0)", None)],
    "pow": [("round(pow(2, 3), 12)", 8.0)],
    "power": [("round(power(2, 0.5), 12)", round(2**0.5, 12))],
    "round": [
        ("round(cast(1.005 as double), 2)", 1.01),
        ("round(cast(1.1326055 as double), 6)", 1.132606),
        ("round(coalesce(cast(0.1234565 as double), 0), 6)", 0.123457),
        ("round(cast(2.5 as double))", 3.0),
        ("round(cast(-2.5 as double))", -3.0),
        ("round(125, -1)", 130),
        ("round(cast(2.675 as decimal(10, 3)), 2)", Decimal("2.68")),
        ("round(cast('NaN' as double), 2) = cast('NaN' as double)", True),
    ],
    "sign": [("sign(-2)", -1.0)],
    "signum": [("signum(0)", 0.0)],
    "sqrt": [("sqrt(9)", 3.0)],
    "try_divide": [("try_divide(7, 2)", 3.5), ("try_divide(1, 0)", None)],
}
