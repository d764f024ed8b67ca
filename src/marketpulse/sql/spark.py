"""Spark's dialect: an authored tree as the SQL that runs, what the author wrote, without numbers that wrap around.

Spark (ANSI off, which the lenient reading of text needs) lets whole numbers overflow silently. Here such a result
is null, which rules can see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from sqlglot import exp

from marketpulse.sql.authored import STOPS, TRIED, name_of
from marketpulse.sql.dialect import Dialect
from marketpulse.sql.exact import keeps_digits, scale_of
from marketpulse.sql.kinds import is_double, is_text, is_whole
from marketpulse.sql.zones import spark_zone

_SAFE: dict[type[exp.Expr], str] = {exp.Add: "try_add", exp.Sub: "try_subtract", exp.Mul: "try_multiply"}
#: Every whole number of a contract, as a decimal: `3.0` is one too.
_WHOLE_DECIMAL = "decimal(38,0)"
_SMALL = (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT)


def spark_text(tree: exp.Expr, *, pretty: bool = False) -> str:
    """Spark's text of an authored tree.

    >>> from marketpulse.sql import parse
    >>> spark_text(parse("select sum(a * 2) as b, cast('7' as bigint) as c from gold.x"))
    "SELECT TRY_SUM(TRY_MULTIPLY(a, 2)) AS b, CAST('7' AS BIGINT) AS c FROM gold.x"
    """
    root = exp.Paren(this=tree.copy())
    for node in list(root.find_all(exp.Anonymous)):
        if name_of(node) == STOPS:
            node.replace(_stops(node.expressions[0]))
    for node in reversed(list(root.this.walk())):
        safe = _safe(node)
        if safe is not node:
            node.replace(safe)
    for name in root.find_all(exp.Identifier):
        if not name.name.isascii():  # Spark reads such a name in quotes only
            name.set("quoted", True)
    return str(root.this.sql("spark", pretty=pretty, comments=False))


def _stops(value: exp.Expr) -> exp.Expr:
    """Condition that numbers would wrap around: there is a value, but none without that."""
    wrapped = exp.Paren(this=value.copy())
    for node in reversed(list(wrapped.this.walk())):
        if type(node) is exp.Cast:
            node.replace(_whole(node))
    there = exp.Not(this=exp.Is(this=exp.Var(this=wrapped.sql("spark", comments=False)), expression=exp.Null()))
    gone = exp.Is(this=exp.Paren(this=value.copy()), expression=exp.Null())
    return exp.Paren(this=exp.And(this=there, expression=gone))


def _safe(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and name_of(node) == TRIED:
        value: exp.Expr = node.expressions[0].copy()
        return value
    name = _SAFE.get(type(node))
    if name and _may_overflow(node):
        return exp.Anonymous(this=name, expressions=[node.this.copy(), node.expression.copy()])
    if isinstance(node, exp.Anonymous):
        return _CALLS.get(name_of(node), _same)(node)
    if type(node) is exp.Cast:
        return _whole(node)
    return node


def _same(node: exp.Anonymous) -> exp.Expr:
    return node


def _sum(node: exp.Anonymous) -> exp.Expr:
    return exp.Anonymous(this="try_sum", expressions=[e.copy() for e in node.expressions])


def _zoned(node: exp.Anonymous) -> exp.Expr:
    """A zone that is none is null; Spark would end the query."""
    moment, zone = node.expressions
    return exp.Anonymous(this=node.name, expressions=[moment.copy(), spark_zone(zone)])


def _converted(node: exp.Anonymous) -> exp.Expr:
    """The two functions it is made of: they keep the kind of timestamp that everything else has."""
    *source, target, moment = node.expressions
    if source:
        moment = exp.Anonymous(this="to_utc_timestamp", expressions=[moment.copy(), spark_zone(source[0])])
    return exp.Anonymous(this="from_utc_timestamp", expressions=[moment.copy(), spark_zone(target)])


def _decoded(node: exp.Anonymous) -> exp.Expr:
    """Spark's own fails the whole query at one wrong value: null instead, as in DuckDB."""
    rest = _call("regexp_replace", node.expressions[0], exp.Literal.string("%[0-9A-Fa-f]{2}"), exp.Literal.string(""))
    well = exp.not_(_call("contains", rest, exp.Literal.string("%")))
    text = exp.not_(_call("contains", node, exp.Literal.string("\ufffd")))
    return _call("if", exp.and_(well, _call("if", well, text, exp.false())), node, exp.null())


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


_CALLS: dict[str, Callable[[exp.Anonymous], exp.Expr]] = {
    "convert_timezone": _converted,
    "from_utc_timestamp": _zoned,
    "sum": _sum,
    "to_utc_timestamp": _zoned,
    "url_decode": _decoded,
}


def _may_overflow(node: exp.Expr) -> bool:
    sides = (node.this, node.expression)
    if any(isinstance(side, exp.Interval) for side in sides) or all(isinstance(side, exp.Literal) for side in sides):
        return False
    return not is_double(node)


def _whole(node: exp.Cast) -> exp.Expr:
    """A cast to a whole number: null for what does not fit."""
    operand, kind = node.this, node.to.this
    if kind in _SMALL:
        return exp.TryCast(this=_long(operand), to=node.to.copy(), safe=True)
    return _long(operand) if kind == exp.DType.BIGINT else node


def _long(operand: exp.Expr) -> exp.Expr:
    plain = exp.cast(operand.copy(), "bigint")
    if is_text(operand) or is_whole(operand):
        return plain
    # The optimizer knows the type of the operand and keeps one branch; text is read as Spark's cast reads it.
    kind = exp.Anonymous(this="typeof", expressions=[operand.copy()])
    checked = exp.TryCast(this=operand.copy(), to=exp.DataType.build("bigint"), safe=True)
    return exp.Anonymous(
        this="if", expressions=[exp.EQ(this=kind, expression=exp.Literal.string("string")), plain, checked]
    )


class SparkDialect(Dialect):
    """See `Dialect`. Whoever speaks Spark SQL may use it."""

    label: ClassVar[str] = "spark"
    mark: ClassVar[str] = "`"
    is_strict: ClassVar[bool] = False
    other_types: ClassVar[Mapping[str, str]] = {"long": "bigint"}

    def text(self, value: str) -> str:
        r"""See `Dialect.text`; a backslash begins an escape.

        >>> print(SPARK.text("it's a \\"))
        'it\'s a \\'
        """
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def json_object(self, members: Mapping[str, str]) -> str:
        """See `Dialect.json_object`."""
        pairs = ", ".join(f"{self.text(key)}, {value}" for key, value in members.items())
        return f"to_json(named_struct({pairs}), map('ignoreNullFields', 'false'))"

    def key_hash(self, columns: Sequence[str]) -> str:
        """See `Dialect.key_hash`."""
        return f"xxhash64({self.names(columns)})"

    def in_part(self, column: str, part: int, parts: int) -> str:
        """See `Dialect.in_part`.

        >>> SPARK.in_part("visitor_id", 0, 3)
        'pmod(xxhash64(`visitor_id`), 3) = 0'
        """
        return f"pmod({self.key_hash([column])}, {parts}) = {part}"

    def replaced(self, value: str, pattern: str, by: str) -> str:
        """See `Dialect.replaced`."""
        return f"regexp_replace({value}, {self.text(pattern)}, {self.text(by.replace(chr(92), '$'))})"

    def matches(self, value: str, pattern: str) -> str:
        """See `Dialect.matches`."""
        return f"explode(regexp_extract_all({value}, {self.text(pattern)}, 1))"

    def may_stop(self, tree: exp.Expr) -> bool:
        """See `Dialect.may_stop`."""
        return any(type(node) in _SAFE and _may_overflow(node) for node in tree.walk())

    def stops(self, condition: str) -> str:  # noqa: ARG002 - a comparison with null is null
        """See `Dialect.stops`."""
        return "false"

    def tried(self, value: str) -> str:
        """See `Dialect.tried`."""
        return value

    def typed(self, value: str, kind: str) -> str:
        """See `Dialect.typed`."""
        cast, scale = f"try_cast({value} as {self.type(kind)})", scale_of(kind)
        if kind in ("int", "long"):
            exact = f"try_cast({self.typed(value, _WHOLE_DECIMAL)} as {self.type(kind)})"
            digits = f"typeof({value}) in ('double', 'float') or typeof({value}) like 'decimal%'"
            return f"case when {digits} then {exact} else coalesce({cast}, {exact}) end"
        if scale is None:
            return cast
        # Spark also reads the digits of other scripts.
        fits = f"octet_length({value}) = char_length({value}) and {keeps_digits(f'cast({value} as string)', scale)}"
        return f"case when {fits} then {cast} end"

    def stop(self, message: str) -> str:
        """See `Dialect.stop`."""
        return f"raise_error({self.text(message)})"

    def write(self, tree: exp.Expr, *, pretty: bool = False) -> str:
        """See `Dialect.write`."""
        return spark_text(tree, pretty=pretty)


SPARK = SparkDialect()
