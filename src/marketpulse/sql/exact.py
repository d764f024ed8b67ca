"""Whether a number keeps all its digits in a type with a scale: what does not fit is told, never rounded."""

from __future__ import annotations

#: Patterns that both engines read alike, without a backslash.
_WHOLE, _FRACTION, _EXPONENT = "^[^0-9.]*([0-9]*)", "[.]([0-9]*)", "[eE]([+-]?[0-9]+)"


def scale_of(kind: str) -> int | None:
    """Digits after the point of a contract's decimal; 0 of a whole number, None of any other type.

    >>> scale_of("decimal(18,4)"), scale_of("long"), scale_of("double")
    (4, 0, None)
    """
    if kind in ("int", "long"):
        return 0
    return int(kind.rstrip(")").split(",")[1]) if kind.startswith("decimal") else None


def keeps_digits(text: str, scale: int) -> str:
    """Condition, in the SQL of both engines, that the number written as `text` has at most `scale` digits to keep.

    Zeros at the end count for nothing and an exponent moves the point: `0.50` has one digit, `1.5e-3` has four. Most
    numbers are known by the place of their point; the rest is for exponents and long fractions.
    """
    whole, fraction = f"regexp_extract({text}, '{_WHOLE}', 1)", f"regexp_extract({text}, '{_FRACTION}', 1)"
    kept = f"regexp_replace(concat({whole}, {fraction}), '0+$', '')"
    power = f"regexp_extract({text}, '{_EXPONENT}', 1)"
    moved = f"case when {power} = '' then 0 else try_cast({power} as int) end"
    needed = f"length({kept}) - length({whole}) - {moved}"
    return f"""case
        when instr(lower({text}), 'e') = 0
            and (instr({text}, '.') = 0 or length({text}) - instr({text}, '.') <= {scale}) then true
        else {kept} = '' or coalesce({needed} <= {scale}, false) end"""
