"""The few phrases of the platform's own SQL that engines spell differently.

Everything else the platform says is written in words that all engines read alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def name(identifier: str, dialect: str) -> str:
    """An identifier, whatever it is called.

    >>> name("order", "spark"), name("order", "duckdb")
    ('`order`', '"order"')
    """
    mark = "`" if dialect == "spark" else '"'
    return mark + identifier.replace(mark, mark * 2) + mark


def text(value: str, dialect: str) -> str:
    r"""A text literal; in Spark a backslash begins an escape.

    >>> print(text("it's a \\", "duckdb"), text("it's a \\", "spark"))
    'it''s a \' 'it\'s a \\'
    """
    if dialect == "spark":
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + value.replace("'", "''") + "'"


def json_object(members: Mapping[str, str], dialect: str) -> str:
    """A JSON object as text, from SQL of its members; nulls are kept."""
    if dialect == "spark":
        pairs = ", ".join(f"{text(key, dialect)}, {value}" for key, value in members.items())
        return f"to_json(named_struct({pairs}), map('ignoreNullFields', 'false'))"
    pairs = ", ".join(f"{text(key, dialect)}: {value}" for key, value in members.items())
    return f"cast(to_json({{{pairs}}}) as string)"


def bytes_in_url(value: str) -> str:
    """How long a text is where each byte but letters, digits and `-_.~` is written as `%XX`."""
    alike = f"replace(replace(replace(url_encode({value}), '+', '%20'), '*', '%2A'), '%7E', '~')"
    return f"length({alike})"


def key_hash(columns: Sequence[str], dialect: str) -> str:
    """A number of 64 bits made of some columns: the same for equal values, rarely for others. An engine's own."""
    function = "hash" if dialect == "duckdb" else "xxhash64"
    return f"{function}({', '.join(name(column, dialect) for column in columns)})"


def in_part(column: str, part: int, parts: int, dialect: str) -> str:
    """Condition of one of `parts` parts of a table; rows with one value of a column are in one part, null too.

    >>> in_part("visitor_id", 0, 3, "spark"), in_part("visitor_id", 0, 3, "duckdb")
    ('pmod(xxhash64(`visitor_id`), 3) = 0', 'hash("visitor_id") % 3 = 0')
    """
    number = key_hash([column], dialect)
    return f"{f'pmod({number}, {parts})' if dialect == 'spark' else f'{number} % {parts}'} = {part}"
