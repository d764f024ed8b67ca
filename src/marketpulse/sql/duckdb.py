"""DuckDB's dialect: an authored tree as its SQL, calls by the allow-list, operators where the engines differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from marketpulse.sql.authored import STOPS, TRIED, name_of
from marketpulse.sql.casts import cast_text
from marketpulse.sql.dialect import Dialect
from marketpulse.sql.exact import keeps_digits, scale_of
from marketpulse.sql.function import quoted
from marketpulse.sql.functions import FUNCTIONS, UnsupportedError
from marketpulse.sql.functions.text import matches
from marketpulse.sql.places import refusal
from marketpulse.sql.rewriting import expand_laterals

_RESERVED = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast",
    "check", "collate", "column", "constraint", "create", "default", "deferrable", "desc", "describe",
    "distinct", "do", "else", "end", "except", "exists", "false", "fetch", "for", "foreign", "from", "grant",
    "group", "having", "in", "initially", "intersect", "into", "lambda", "lateral", "leading", "limit", "not",
    "null", "offset", "on", "only", "or", "order", "pivot", "placing", "primary", "qualify", "references",
    "returning", "select", "show", "some", "summarize", "symmetric", "table", "then", "to", "trailing", "true",
    "union", "unique", "unpivot", "using", "variadic", "when", "where", "window", "with",
}  # fmt: skip


#: Letters that one expression may have in DuckDB's SQL.
_LONGEST = 1_000_000
#: Every whole number of a contract, as a decimal: `3.0` is one too.
_WHOLE = "decimal(38,0)"
#: A pattern of the data that ends within an escape stops no more than the row it is in: DuckDB's own error ends all.
_ENDED = (
    r"case when regexp_matches({0}, '(^|[^\\])(\\\\)*\\$')"
    " then cast(cast('a pattern that ends with a backslash: ' || {0} as int) as varchar) else {0} end"
)
#: A struct of a null is no null: what is null for itself does not stop.
_OWN = {TRIED: "try({})", STOPS: "(try({{'value': {}}}) is null)"}
#: What is as it came.
_PLAIN = (exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Star, exp.Paren, exp.Alias)
_AROUND = (exp.Window, exp.Filter, exp.IgnoreNulls, exp.RespectNulls)


def place_of(node: exp.Expr) -> int | None:
    """DuckDB's place of `array[0]`; None for a map's key."""
    index = node.expressions[0]
    if isinstance(index, exp.Literal):
        return int(index.this) + 1 if index.is_int else None
    raise UnsupportedError("an element by a computed or negative place", "use element_at(…), which counts from 1")


def _has_digits(value: str) -> str:
    """Condition that a value is a number with digits after the point, by its type."""
    return f"typeof({value}) in ('DOUBLE', 'FLOAT') or typeof({value}) like 'DECIMAL%'"


def _bounded(text: str) -> str:
    """DuckDB's form of a call may repeat an argument: calls in calls in calls would double it each time."""
    if len(text) > _LONGEST:
        raise UnsupportedError(
            "calls inside of calls become too long for an engine", "give inner ones a name in a step"
        )
    return text


class TargetGenerator(DuckDBGenerator):
    """DuckDB's text of an authored tree."""

    RESERVED_KEYWORDS = _RESERVED

    TRANSFORMS = {
        **DuckDBGenerator.TRANSFORMS,
        exp.Anonymous: lambda self, e: self.kept(e),
        exp.Window: lambda self, e: self.kept(e),
        exp.Filter: lambda self, e: self.kept(e),
        exp.IgnoreNulls: lambda self, e: f"{self.sql(e.this).removesuffix(')')} ignore nulls)",
        exp.RespectNulls: lambda self, e: self.sql(e.this),
        exp.Cast: lambda self, e: _bounded(cast_text(e.this, self.sql(e.this), e.to, strict=False)),
        exp.TryCast: lambda self, e: _bounded(cast_text(e.this, self.sql(e.this), e.to)),
        exp.Div: lambda self, e: f"(cast({self.sql(e.this)} as double) / nullif({self.sql(e.expression)}, 0))",
        exp.IntDiv: lambda self, e: (
            f"cast(trunc(({self.sql(e.this)}) // nullif({self.sql(e.expression)}, 0)) as bigint)"
        ),
        exp.Mod: lambda self, e: f"{self.sql(e.this)} % nullif({self.sql(e.expression)}, 0)",
        exp.RegexpLike: lambda self, e: matches((e.this, e.expression), (self.sql(e.this), self.sql(e.expression))),
        exp.Like: lambda self, e: self.like(e, "like"),
        exp.ILike: lambda self, e: self.like(e, "ilike"),
        exp.Bracket: lambda self, e: self.element(e),
        exp.Extract: lambda self, e: self.call(exp.Anonymous(this=e.this.name, expressions=[e.expression])),
    }

    def call(self, node: exp.Anonymous) -> str:
        """A function by its entry of the allow-list."""
        entry = FUNCTIONS[name_of(node)]
        distinct = node.expressions[0] if node.expressions else None
        if isinstance(distinct, exp.Distinct):
            return f"{name_of(node)}(distinct {self._distinct(distinct)})"
        return _bounded(entry.render(node.expressions, [self.sql(argument) for argument in node.expressions]))

    def _distinct(self, node: exp.Distinct) -> str:
        texts = [self.sql(e) for e in node.expressions]
        if len(texts) == 1:
            return texts[0]
        present = " and ".join(f"{text} is not null" for text in texts)
        fields = ", ".join(f"'_{place}': {text}" for place, text in enumerate(texts))
        return f"case when {present} then {{{fields}}} end"

    def kept(self, node: exp.Anonymous | exp.Window | exp.Filter) -> str:
        """What goes around an aggregate stands outside of its `filter` and `over`."""
        if isinstance(node, exp.Anonymous) and (own := _OWN.get(name_of(node))):
            return own.format(self.sql(node.expressions[0]))
        text = self._bare(node)
        if isinstance(node.parent, _AROUND) and node.arg_key == "this":
            return text
        base: exp.Expr = node
        while isinstance(base, _AROUND):
            base = base.this
        return FUNCTIONS[name_of(base)].around.replace("{}", text) if isinstance(base, exp.Anonymous) else text

    def _bare(self, node: exp.Anonymous | exp.Window | exp.Filter) -> str:
        if isinstance(node, exp.Anonymous):
            return self.call(node)
        return self.window_sql(node) if isinstance(node, exp.Window) else self.filter_sql(node)

    def element(self, node: exp.Bracket) -> str:
        """`array[0]` is the first element in Spark; `map['key']` is the same in both."""
        place = place_of(node)
        return f"({self.sql(node.this)})[{self.sql(node.expressions[0]) if place is None else place}]"

    def like(self, node: exp.Like | exp.ILike, operator: str) -> str:
        """Spark's patterns escape with a backslash, DuckDB's only when told."""
        pattern = self.sql(node.expression)
        operator = f"not {operator}" if node.args.get("negate") else operator
        if isinstance(node.parent, exp.Escape):
            return f"{self.sql(node.this)} {operator} {pattern}"
        if not isinstance(node.expression, exp.Literal):
            pattern = _ENDED.format(pattern)
        return f"{self.sql(node.this)} {operator} {pattern} escape '\\'"


class Target(DuckDB):
    """DuckDB, written from an authored tree."""

    Generator = TargetGenerator


class DuckDbDialect(Dialect):
    """See `Dialect`."""

    label: ClassVar[str] = "duckdb"
    mark: ClassVar[str] = '"'
    other_types: ClassVar[Mapping[str, str]] = {"long": "bigint", "string": "varchar"}

    def text(self, value: str) -> str:
        """See `Dialect.text`."""
        return quoted(value)

    def json_object(self, members: Mapping[str, str]) -> str:
        """See `Dialect.json_object`."""
        pairs = ", ".join(f"{self.text(key)}: {value}" for key, value in members.items())
        return f"cast(to_json({{{pairs}}}) as string)"

    def key_hash(self, columns: Sequence[str]) -> str:
        """See `Dialect.key_hash`."""
        return f"hash({self.names(columns)})"

    def in_part(self, column: str, part: int, parts: int) -> str:
        """See `Dialect.in_part`.

        >>> DUCKDB.in_part("visitor_id", 0, 3)
        'hash("visitor_id") % 3 = 0'
        """
        return f"{self.key_hash([column])} % {parts} = {part}"

    def replaced(self, value: str, pattern: str, by: str) -> str:
        """See `Dialect.replaced`."""
        return f"regexp_replace({value}, {self.text(pattern)}, {self.text(by)}, 'g')"

    def matches(self, value: str, pattern: str) -> str:
        """See `Dialect.matches`."""
        return f"unnest(regexp_extract_all({value}, {self.text(pattern)}, 1))"

    def may_stop(self, tree: exp.Expr) -> bool:
        """See `Dialect.may_stop`."""
        return any(not isinstance(node, _PLAIN) for node in tree.walk())

    def stops(self, condition: str) -> str:
        """See `Dialect.stops`."""
        return _OWN[STOPS].format(condition)

    def tried(self, value: str) -> str:
        """See `Dialect.tried`."""
        return _OWN[TRIED].format(value)

    def typed(self, value: str, kind: str) -> str:
        """See `Dialect.typed`."""
        to = exp.DataType.build({"long": "bigint"}.get(kind, kind), dialect="spark")
        cast = cast_text(exp.column("value"), value, to)
        scale = scale_of(kind)
        if kind in ("int", "long"):
            exact = f"try_cast({self.typed(value, _WHOLE)} as {self.type(kind)})"
            return f"case when {_has_digits(value)} then {exact} else coalesce({cast}, {exact}) end"
        return (
            cast if scale is None else f"case when {keeps_digits(f'cast({value} as varchar)', scale)} then {cast} end"
        )

    def stop(self, message: str) -> str:
        """See `Dialect.stop`."""
        return f"error({self.text(message)})"

    def write(self, tree: exp.Expr, *, pretty: bool = False) -> str:
        """See `Dialect.write`."""
        try:
            return expand_laterals(tree).sql(Target, pretty=pretty, comments=False, copy=False)
        except UnsupportedError as error:
            raise refusal(str(error), error.hint) from None


DUCKDB = DuckDbDialect()
