"""The model's columns as the contract's types: a value that becomes null or loses digits on the way stops the build.

The engine itself stops at such a value, in the pass that computes the table; only then it is asked how many there are.
Nothing is checked where the type of the model's column says that every value fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlglot import exp

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.errors import EngineError, GateError
from marketpulse.project.contract import Contract
from marketpulse.project.table import SqlFile
from marketpulse.sql import SPARK
from marketpulse.sql.exact import scale_of

#: Stands for the model where its columns are read.
_MODEL = "the_model_of_a_table"
_MARK = "a value of the model does not fit its column"
_SAME = {
    "integer": "int", "bigint": "long", "varchar": "string", "timestamp_ntz": "timestamp", "float": "double",
    "tinyint": "int", "smallint": "int", "void": "null", '"null"': "null",
}  # fmt: skip
#: What engines call a type when they describe a query, where it is not what one says to them.
_OWN_WORDS = {"int": "integer"}
_WIDER = {("int", "long"), ("int", "double"), ("long", "double"), ("date", "timestamp"), ("timestamp", "date")}
#: Digits that whole numbers have.
_DIGITS = {"int": 10, "long": 19}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")


@dataclass(frozen=True)
class Typed:
    """The rows of a model (SQL) with, for each column, the value as given and the value as the contract's type.

    `unsure` are the columns of which a value may not fit, `exact` those of them whose digits must all be kept: a
    decimal is not rounded in silence. A double has no digits that are right or wrong.
    """

    contract: Contract
    engine: Engine
    rows: str
    unsure: tuple[str, ...]
    exact: tuple[str, ...]

    def query(self, within: str | None) -> str:
        """The table's rows, stopped at the first value that does not fit; `within` is a condition on `bucket`."""
        columns = ", ".join(
            f"{self._checked(name)} as {self.engine.dialect.name(name)}" for name in self.contract.types
        )
        return f"select {columns} from {self.rows}" + (f" where {within}" if within else "")

    @property
    def bucket(self) -> str:
        """The value of the partition, checked."""
        return self._checked(self.contract.partition or "")

    def unfit(self, name: str) -> str:
        """Condition of a row whose value of a column does not fit."""
        value, cast = self.engine.dialect.name(name), _cast(self.engine, name)
        lost = f" or {value} <> {cast}" if name in self.exact else ""
        return f"({value} is not null and ({cast} is null{lost}))"

    def _checked(self, name: str) -> str:
        cast = _cast(self.engine, name)
        if name not in self.unsure:
            return cast
        return f"case when {self.unfit(name)} then {self.engine.dialect.stop(_MARK)} else {cast} end"


def typed(engine: Engine, contract: Contract, model: str) -> Typed:
    """A model, which is SQL of the engine, with both values of each column. Raise QueryError for what it refuses."""
    kinds = engine.kinds(model)
    unsure = tuple(name for name, kind in contract.types.items() if not surely_fits(kinds[name], kind))
    exact = tuple(name for name in unsure if _shorter(kinds[name], contract.types[name]))
    casts = ", ".join(
        f"{_as_wanted(engine, kinds[c], c, t)} as {SPARK.name(f'_as_{c}')}" for c, t in contract.types.items()
    )
    both = f"select {SPARK.names(contract.types)}, {casts} from model"
    text = sql.translate(both, engine.dialect, {"model": _MODEL})
    rows = f"({text.replace(engine.dialect.name(_MODEL), f'({model})')}) as typed_rows"
    return Typed(contract, engine, rows, unsure, exact)


def _as_wanted(engine: Engine, given: str, name: str, wanted: str) -> str:
    """A column as the contract's type, authored: as it is where it is of that type, since a cast is much to plan."""
    value = SPARK.name(name)
    given, asked = given.lower(), engine.dialect.type(wanted).replace(" ", "")
    return value if given in (asked, _OWN_WORDS.get(asked)) else f"cast({value} as {SPARK.type(wanted)})"


def _cast(engine: Engine, name: str) -> str:
    return engine.dialect.name(f"_as_{name}")


@contextmanager
def telling(found: Typed, file: SqlFile) -> Iterator[None]:
    """Turn the engine's stop at a value that does not fit into a GateError that tells of all of them."""
    try:
        yield
    except EngineError as error:
        if _MARK not in f"{error.message} {error.__cause__}":
            raise
        wrong = list(_unfit(found, file))
        if not wrong:
            raise
        hint = "give what fits, round where digits may go (cast it in the model), or change the type in the contract"
        raise GateError("; ".join(wrong), where=found.contract.name, hint=hint) from None


def _unfit(found: Typed, file: SqlFile) -> Iterator[str]:
    """What does not fit, a sentence a column: how many values, one of them, and where the column is made."""
    counted = []
    for name in found.unsure:
        value, unfit = found.engine.dialect.name(name), f"filter (where {found.unfit(name)})"
        counted.append(f"count(*) {unfit}, min(cast({value} as string)) {unfit}")
    counts = found.engine.rows(f"select {', '.join(counted)} from {found.rows}")[0]
    for place, name in enumerate(found.unsure):
        count, example = counts[2 * place : 2 * place + 2]
        if count:
            rows = f"{count:,} value{'s' * (count != 1)} of {name} {'are' if count != 1 else 'is'}"
            where = sql.refusal("", node=_made(file.query, name), path=file.path).place
            yield f"{where}: {rows} no {found.contract.types[name]}; for example {str(example)[:60]!r}"


def _made(query: exp.Query, name: str) -> exp.Expr:
    """The expression of the last select that gives a column."""
    return next((column for column in query.selects if column.alias_or_name == name), query)


def surely_fits(given: str, wanted: str) -> bool:
    """Whether every value of an engine's type is one of a contract's.

    >>> surely_fits("BIGINT", "long"), surely_fits("BIGINT", "int"), surely_fits("DECIMAL(38,4)", "decimal(18,4)")
    (True, False, False)
    """
    given = given.lower()
    given = _SAME.get(given, given)
    if given == "null" or wanted in ("string", given) or (given, wanted) in _WIDER:
        return True
    into = _DECIMAL.fullmatch(wanted)
    if given == "boolean" or (into is None and wanted != "double"):
        return given == "boolean" and wanted in ("int", "long", "double")
    before = _DECIMAL.fullmatch(given)
    if into is None:
        return before is not None
    if before is None:
        return given in _DIGITS and _DIGITS[given] <= int(into[1]) - int(into[2])
    return not _shorter(given, wanted) and int(before[1]) - int(before[2]) <= int(into[1]) - int(into[2])


def _shorter(given: str, wanted: str) -> bool:
    """Whether a decimal has digits after the point that a contract's type does not keep."""
    before, after = _DECIMAL.fullmatch(given.lower()), scale_of(wanted)
    return before is not None and after is not None and int(before[2]) > after
