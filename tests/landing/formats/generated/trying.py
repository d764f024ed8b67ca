"""Try files of a format, by their numbers: a number is a file, always the same one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from random import Random

from marketpulse.engines.duckdb import DuckEngine
from tests.landing.formats.generated import avro, csv, excel, fixed_width, json, parquet, xml
from tests.landing.formats.generated.case import Case, lines_of

FORMATS: dict[str, Callable[[Random], Case]] = {
    each.__name__.rpartition(".")[2]: each.generate for each in (csv, json, fixed_width, xml, avro, parquet, excel)
}


def tried(name: str, numbers: Iterable[int], engine: DuckEngine) -> Counter[str]:
    """How many of the files were whole, told and blocked. Raise AssertionError that names the first that is wrong."""
    lines = partial(json.lines_by, engine) if name == "json" else lines_of
    found: Counter[str] = Counter()
    for number in numbers:
        case = FORMATS[name](Random(f"{name} {number}"))
        try:
            found[case.check(lines)] += 1
        except Exception as error:
            raise AssertionError(f"{name} file {number} ({case.form!r}): {type(error).__name__}: {error}") from error
    return found
