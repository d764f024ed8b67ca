"""A mapping that finds beside each record the row of a silver table: `left join silver.heads as h on h.id = r.head_id`.

Taken apart it is two queries: one joins what is looked up to the records of the feed, over which the other is a
row-wise mapping like any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import TRIED, is_parameter, name_of
from marketpulse.sql.carrying import exploding, steps_of
from marketpulse.sql.functions import FUNCTIONS
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.places import Origin, refusal
from marketpulse.sql.reading import table_name

_LAYER = "silver"
_KEY = "on h.id = r.id for each column of its key, and nothing else"


@dataclass(frozen=True)
class Lookup:
    """The row of `table` whose key `equals`, column by column, what a record says; `columns` of it are taken.

    It is the one that the query joins as `number`, from 0, and calls `alias`.
    """

    number: int
    table: str
    alias: str
    equals: Mapping[str, exp.Expr] = field(hash=False)
    columns: tuple[str, ...]

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the table that are looked at."""
        return tuple(dict.fromkeys([*self.equals, *self.columns]))

    @property
    def waits(self) -> str:
        """The mark of a record that says a key of which the table has no row."""
        return f"_waits_{self.number}"

    def key(self, column: str) -> str:
        """What a column of the key is called beside the columns of a record, as the record says it."""
        return f"_key_{self.number}_{column}"

    def value(self, column: str) -> str:
        """What a column of the table is called beside the columns of a record."""
        return f"_looked_{self.number}_{column}"


def lookups_of(query: exp.Query, table: str) -> tuple[Lookup, ...]:
    """What a mapping of the bronze table `table` looks up, as far as `check_lookups` finds nothing wrong with it.

    >>> from marketpulse.sql import parse
    >>> query = parse("select h.day from bronze.lines as r left join silver.heads as h on h.id = trim(r.head)")
    >>> [(each.table, [*each.equals], each.columns) for each in lookups_of(query, "bronze.lines")]
    [('silver.heads', ['id'], ('day',))]
    """
    found = []
    select = _reading(query, table)
    for number, join in enumerate(_joins(select)):
        name, alias = table_name(join.this), join.this.alias_or_name.lower()
        taken = [c.name.lower() for c in _outside_joins(select) if _is_of(c, join)]
        found.append(Lookup(number, name, alias, dict(_pairs(join)), tuple(dict.fromkeys(taken))))
    return tuple(found)


def without_lookups(query: exp.Query, table: str) -> exp.Query:
    """Copy of a mapping that reads what is looked up as columns of its records.

    >>> from marketpulse.sql import parse
    >>> query = parse("select h.day from bronze.lines as r left join silver.heads as h on h.id = r.head")
    >>> without_lookups(query, "bronze.lines").sql("spark")
    'SELECT _looked_0_day AS day FROM bronze.lines AS r'
    """
    found = lookups_of(query, table)
    if not found:
        return query
    copy = query.copy()
    select = _reading(copy, table)
    joins = _joins(select)
    for column in list(_outside_joins(select)):
        for lookup, join in zip(found, joins, strict=True):
            if _is_of(column, join):
                _replace(column, lookup.value(column.name.lower()))
    select.set("joins", [join for join in select.args["joins"] if join not in joins] or None)
    return copy


def keyed(lookups: Sequence[Lookup], table: str) -> exp.Query:
    """Query (authored) over the records of a feed that says also which keys they look up.

    What cannot be computed is no key.
    """
    query = parse_query(f"select * from {table}").copy()
    for lookup in lookups:
        for column, value in lookup.equals.items():
            own = value.copy()
            for each in [own] if isinstance(own, exp.Column) else own.find_all(exp.Column):
                for part in ("db", "table"):
                    each.set(part, None)
            tried = exp.Anonymous(this=TRIED, expressions=[own])
            query.append("expressions", exp.alias_(tried, lookup.key(column), quoted=True))
    return query


def looked_columns(query: exp.Query, table: str) -> dict[str, frozenset[int]]:
    """Columns that a mapping gives and that depend on what it looks up: on which of its lookups.

    >>> from marketpulse.sql import parse
    >>> query = parse("select r.n, h.day from bronze.lines as r left join silver.heads as h on h.id = r.head")
    >>> looked_columns(query, "bronze.lines")
    {'day': frozenset({0})}
    """
    steps = [given for _, given, _ in _dependent(query, table)]
    return steps[-1] if steps else {}


def check_lookups(query: exp.Query, table: str, path: Origin = None) -> None:
    """Raise DefinitionError for joins of silver tables in a mapping that do not find one row or none of a record."""
    select = _reading(query, table)
    joins = _joins(select)
    names = [select.args["from_"].this.alias_or_name.lower()] if joins else []
    wrong: list[DefinitionError] = []
    for join in joins:
        wrong += _wrong(join, joins, names, path)
        names.append(join.this.alias_or_name.lower())
    if joins and not wrong:
        wrong += _elsewhere(query, select, table, path)
    if wrong:
        raise DefinitionError.together(wrong)


def unqualified(query: exp.Query, table: str) -> Iterator[exp.Column]:
    """Columns of the select that reads `table` of which it is not said whose they are: they are the record's."""
    select = _reading(query, table)
    for column in (*_outside_joins(select), *(c for join in _joins(select) for c in _columns(join.args.get("on")))):
        if not column.table:
            yield column


def record_called(query: exp.Query, table: str) -> str:
    """What a mapping calls the records of its feed."""
    return str(_reading(query, table).args["from_"].this.alias_or_name)


def _reading(query: exp.Query, table: str) -> exp.Select:
    """The select that reads the feed; an empty one where there is none."""
    steps, _ = steps_of(query, table)
    return steps[-1] if steps else exp.Select()


def _joins(select: exp.Select) -> list[exp.Join]:
    joins = select.args.get("joins") or []
    return [j for j in joins if isinstance(j.this, exp.Table) and j.this.db.lower() == _LAYER]


def _is_of(column: exp.Column, join: exp.Join) -> bool:
    """Whether a column is of the joined table."""
    name = join.this.alias_or_name.lower()
    if column.db:
        return not join.this.alias and f"{column.db}.{column.table}".lower() == table_name(join.this).lower()
    return bool(column.table.lower() == name)


def _columns(node: exp.Expr | None) -> list[exp.Column]:
    found = node.find_all(exp.Column) if node is not None else ()
    return [column for column in found if not is_parameter(column)]


def _outside_joins(select: exp.Select) -> Iterator[exp.Column]:
    """Columns that a select reads, but for those of its joins and of other queries."""
    parts = [*select.expressions, select.args.get("where")]
    for part in parts:
        yield from (column for column in _columns(part) if column.find_ancestor(exp.Query) is select)


def _parts(join: exp.Join) -> list[exp.Expr]:
    on = join.args.get("on")
    on = on.unnest() if on is not None else None
    return [part.unnest() for part in (on.flatten() if isinstance(on, exp.And) else [on] if on is not None else [])]


def _pairs(join: exp.Join) -> Iterator[tuple[str, exp.Expr]]:
    """Columns of the key, and what each equals."""
    for part in _parts(join):
        if isinstance(part, exp.EQ):
            one, other = part.this.unnest(), part.expression.unnest()
            if not (isinstance(one, exp.Column) and _is_of(one, join)):
                one, other = other, one
            if isinstance(one, exp.Column) and _is_of(one, join):
                yield one.name.lower(), other


def _wrong(join: exp.Join, joins: list[exp.Join], names: list[str], path: Origin) -> Iterator[DefinitionError]:
    table, alias = table_name(join.this), join.this.alias_or_name

    def told(message: str, hint: str, node: exp.Expr | None = None) -> DefinitionError:
        return refusal(message, hint, node=node or join.this, path=path)

    kind = str(join.args.get("kind") or "").upper()
    if join.side.upper() != "LEFT" or kind not in ("", "OUTER"):
        yield told(f"a record without its row of {table} would be gone", f"left join {table}")
        return
    if alias.lower() in names:
        yield told(f"two relations are called {alias}", f"call it otherwise: {table} as …")
    if join.args.get("using"):
        yield told(f"{table} is joined with using", _KEY)
        return
    pairs = dict(_pairs(join))
    if not pairs or len(pairs) < len(_parts(join)):
        yield told(f"{table} is joined by more than equal keys, or by less", _KEY, join.args.get("on"))
        return
    for value in pairs.values():
        if any(_is_of(column, other) for column in _columns(value) for other in joins):
            yield told(f"the key of {table} is not of the record", "look it up in a silver table of its own", value)
        elif any(_reads_several(node) for node in value.walk()):
            yield told(f"the key of {table} is not of one record", "compute it from the record's own columns", value)


def _reads_several(node: exp.Expr) -> bool:
    if isinstance(node, exp.Anonymous):
        entry = FUNCTIONS.get(name_of(node))
        return entry is not None and entry.kind != "row"
    return isinstance(node, exp.Window | exp.Query)


def _elsewhere(query: exp.Query, select: exp.Select, table: str, path: Origin) -> Iterator[DefinitionError]:
    """What makes rows, or leaves them out, by what is looked up; and stars, of which nobody knows whose they are."""
    for column in select.expressions:
        if column.is_star:
            yield refusal("a star beside a lookup", "name the columns", node=column, path=path)
    array = exploding([select])
    if array is not None and any(_is_of(c, join) for c in _columns(array) for join in _joins(select)):
        yield refusal("explodes what is looked up", "explode an array of the record", node=array, path=path)
    for step, _, filtered in _dependent(query, table):
        if filtered:
            told = "leaves records out by what is looked up: which would they be, as long as it is not there?"
            hint = "let a rule of the contract judge it, or filter in gold"
            yield refusal(told, hint, node=step.args["where"], path=path)


def _dependent(query: exp.Query, table: str) -> Iterator[tuple[exp.Select, dict[str, frozenset[int]], bool]]:
    """From the innermost step on: what it gives that depends on which lookups, and whether its filter does."""
    steps, _ = steps_of(query, table)
    joins = _joins(steps[-1]) if steps else []
    below: dict[str, frozenset[int]] = {}
    for step in reversed(steps):
        own: dict[str, frozenset[int]] = {}
        for column in step.expressions:
            if column.is_star:
                own |= below
            elif depends := _depends(column, joins, {**below, **own}):
                own[column.alias_or_name.lower()] = depends
        where = step.args.get("where")
        yield step, own, where is not None and bool(_depends(where, joins, below))
        below, joins = own, []


def _depends(node: exp.Expr, joins: list[exp.Join], known: Mapping[str, frozenset[int]]) -> frozenset[int]:
    """On which lookups an expression depends; a name of `known` counts whatever it is called by, to be safe."""
    found: set[int] = set()
    for column in _columns(node):
        of = [number for number, join in enumerate(joins) if _is_of(column, join)]
        found |= {*of} or known.get(column.name.lower(), frozenset())
    return frozenset(found)


def _replace(column: exp.Column, name: str) -> None:
    new = exp.column(name)
    new.this.meta.update(column.this.meta)
    is_given = isinstance(column.parent, exp.Select) and column.arg_key == "expressions"
    column.replace(exp.alias_(new, column.name) if is_given else new)
