"""Which of two rows landed later, as SQL over where and when they landed: a total order, whatever the engine.

    by name      ingest date and hour, then the name: numbers as numbers, `orders_9` before `orders_10`;
                 of two deliveries under one name the one that came in later
    by arrival   when it came in; what one run brought in by name

Names are few and rows are many: what a name says is computed once a name (`named`), and joined (`ORDER`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from marketpulse.landing.dated import NameDate
from marketpulse.landing.naming import FIXED
from marketpulse.names import INGEST_ID, INGESTED_AT, SOURCE_FILE, SOURCE_ROW
from marketpulse.project.source import Source
from marketpulse.sql import Dialect

#: Digits that a number of a name is compared with.
_DIGITS = 40
#: What ends a folder and a name sorts before everything that may go on with them: `a/b` before `a-2/b`, `a.csv` before
#: `a-2.csv`.
_ENDS, _AS, _AND = "/.", "\x02\x03", "\x01"
#: The name of a file, or of the archive that it lies in.
_OUTER = "(?s)^(.*?)(?:!/.*)?$"
#: The order, oldest first, of rows `p` with what is said by the names `n` of their files.
ORDER = (
    "n._feed", "n._first", f"p.{INGESTED_AT}", "n._second", f"p.{SOURCE_FILE}", f"p.{SOURCE_ROW}", f"p.{INGEST_ID}",
)  # fmt: skip
#: What `named` says of a name.
NAMED = {"_feed": "string", "_source": "string", "_first": "string", "_second": "string", "_unit": "string",
         "_day": "date", "_is_timed": "boolean"}  # fmt: skip


def named(rows: str, sources: Iterable[Source], dialect: Dialect) -> str:
    """Query that says of every name in the relation `rows` where it stands in the order of the feeds' deliveries.

    `_source` is the feed, `_unit` the delivery that the file is, or is a part of, `_day` the day that its name says, or
    null; a delivery that is not `_is_timed` is one whenever its files come.
    """
    each, name = list(sources), by_name(dialect)
    arrives = _of(each, dialect, lambda source: source.terms.order == "arrival")
    is_part = _of(each, dialect, lambda source: source.terms.each == "folder")
    whole = f"({is_part}) and concat(_said_day, _said_hour) <> ''"
    feeds = "".join(f" when {_lies_in(s, dialect)} then {dialect.text(s.name)}" for s in _inner_first(each))
    return f"""select {SOURCE_FILE}, regexp_extract({SOURCE_FILE}, '^([^/]*)', 1) as _feed,
            {f"case{feeds} end" if feeds else dialect.null("string")} as _source,
            case when {arrives} then '' else {name} end as _first,
            case when {arrives} then {name} else '' end as _second,
            case when {arrives} then '' when {whole} then concat(_said_day, {dialect.text(_AND)}, _said_hour)
                else {name} end as _unit,
            try_cast(nullif(_said_day, '') as date) as _day, not ({whole}) as _is_timed
        from ({dated(f"select distinct {SOURCE_FILE} from {rows}", each, dialect)}) as names"""


def dated(names: str, sources: Iterable[Source], dialect: Dialect) -> str:
    """Query that adds what names say: `_said_day`, `_said_hour`, empty where they say none.

    Folders say it, and names where the source tells how. Names of files in an archive are only text to the folders.
    """
    day, hour = _folder("ingest_date"), _folder("hour")
    for source in sources:
        if source.terms.date:
            own_day, own_hour = _in_name(source, source.terms.date, dialect)
            is_own = f"{_lies_in(source, dialect)} and {own_day} <> ''"
            day, hour = (f"case when {is_own} then {own} else {other} end"
                         for own, other in ((own_day, day), (own_hour, hour)))  # fmt: skip
    return f"""select {SOURCE_FILE}, {day} as _said_day, {hour} as _said_hour
        from (
            select {SOURCE_FILE}, regexp_extract({SOURCE_FILE}, '{_OUTER}', 1) as _outer from ({names}) as each
        ) as outers"""


def _in_name(source: Source, date: NameDate, dialect: Dialect) -> tuple[str, str]:
    """Day and hour that the names of a feed say, as texts; empty for a name that says none."""
    path = f"substring({SOURCE_FILE}, {len(source.folder) + 2})"

    def part(name: str) -> str:
        place = date.group(name)
        return f"regexp_extract({path}, {dialect.text(date.regex)}, {place})" if place else "''"

    year, century = part("year"), f"'{date.century}'"
    month, day = (f"lpad({part(name)}, 2, '0')" for name in ("month", "day"))
    whole = f"concat({century}, {year}, '-', {month}, '-', {day})"
    return f"case when {year} = '' then '' else {whole} end", part("hour")


def by_name(dialect: Dialect) -> str:
    """SQL of a text that sorts as `dated` names do: by day, by hour, by the whole name in natural order."""
    origin = dialect.replaced(SOURCE_FILE, FIXED, "")
    ended = f"translate({origin}, {dialect.text(_ENDS)}, {dialect.text(_AS)})"
    padded = dialect.replaced(ended, "([0-9]+)", "0" * _DIGITS + r"\1")
    natural = dialect.replaced(padded, f"[0-9]*([0-9]{{{_DIGITS}}})", r"\1")
    return f"concat({f', {dialect.text(_AND)}, '.join(('_said_day', '_said_hour', natural))})"


def _folder(key: str) -> str:
    return f"regexp_extract(_outer, '/{key}=([^/]*)/', 1)"


def _of(sources: Iterable[Source], dialect: Dialect, are: Callable[[Source], bool]) -> str:
    """Condition that a name is of one of the feeds that are so."""
    return " or ".join(_lies_in(source, dialect) for source in sources if are(source)) or "false"


def _lies_in(source: Source, dialect: Dialect) -> str:
    folder = f"{source.folder}/"
    return f"left({SOURCE_FILE}, {len(folder)}) = {dialect.text(folder)}"


def _inner_first(sources: list[Source]) -> list[Source]:
    """Feeds whose folders lie in those of others come before them."""
    return sorted(sources, key=lambda source: -len(source.folder))
