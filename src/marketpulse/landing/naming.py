"""What the names in a landing zone say, on a disk as in a store: what is read, what is not, and why."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from datetime import date

from marketpulse.errors import GateError

#: What tools leave behind everywhere and nobody misses.
_MARKERS = {"_SUCCESS", ".DS_Store", ".gitkeep", ".keep"}
#: Keys of folders that say when a file was landed.
_DATED = ("ingest_date", "hour")
_DAY = re.compile(r"(?<!\d)(\d{4})([-_]?)(\d{2})\2(\d{2})(?!\d)")


@dataclass(frozen=True)
class Refused:
    """What is not read, and why; `waits` for something that whoever writes it has not finished, by its name."""

    name: str
    reason: str
    waits: bool = False

    def error(self) -> GateError:
        """The error of what was delivered and cannot be read: its rows are missing."""
        return GateError(self.reason, where=self.name, hint="put it right or move it away; the next run looks again")


def concerns(last: str, pattern: str, is_folder: bool) -> bool:
    """Whether anybody need know what becomes of a file that matches `pattern`, or of a folder, by its `last` name."""
    return last not in _MARKERS and (is_folder or fnmatch.fnmatch(last, pattern))


def why_not(name: str) -> Refused | None:
    """Why what has this name in the landing zone is not read; None when it is.

    >>> why_not("visits/ingest_date=2026-02-30/a.csv").reason
    '2026-02-30 is no day: YYYY-MM-DD'
    """
    if is_hidden(name.rpartition("/")[2]):
        return Refused(shown(name), "its name begins as that of something unfinished does, with . or _", waits=True)
    reason = _no_date(name) if _is_text(name) else "its name is not valid UTF-8"
    return Refused(shown(name), reason) if reason else None


#: What the name of a file of corrected rows (`silver.fixing`) goes on with: it stands where that file stands.
FIXED = r"([.]fixed-[a-p]{8}([.][A-Za-z0-9]+)?([.][A-Za-z0-9]+)?)+$"


def mended(name: str) -> str:
    """Name of the file whose rows a file of corrected rows mends; of any other file its own.

    >>> mended("visits/a.csv.fixed-abcdefgh.csv")
    'visits/a.csv'
    """
    return re.sub(FIXED, "", name)


#: What stands between the name of an archive and that of a file in it.
INSIDE = "!/"


def inside(archive: str, member: str) -> str:
    """Name of a file in an archive; the member's own name is only text.

    >>> inside("visits/all.zip", "march/a.csv")
    'visits/all.zip!/march/a.csv'
    """
    return archive + INSIDE + member


def archive_of(name: str) -> str | None:
    """Name of the archive that a file lies in, if it does."""
    found, mark, _ = name.partition(INSIDE)
    return found if mark else None


def occasion(name: str) -> str:
    """What a file is delivered for: its ingest date and hour; without them its folder, and the day in its name.

    >>> occasion("visits/ingest_date=2026-02-01/hour=07/retry/a.csv"), occasion("visits/a_20260201.csv")
    ('ingest_date=2026-02-01/hour=07', 'visits 2026-02-01')
    >>> occasion("visits/2026/02/01/a.csv"), occasion("visits/a.csv"), occasion("visits/b-12345678.csv")
    ('visits/2026/02/01', 'visits', 'visits')

    A file of an archive is delivered as if it lay beside the archive, for the days of both names.

    >>> occasion("visits/all_20260201.zip!/a.csv"), occasion("visits/ingest_date=2026-02-01/all.zip!/x/a.csv")
    ('visits 2026-02-01', 'ingest_date=2026-02-01')
    """
    outer, _, member = name.partition(INSIDE)
    folder, _, last = outer.rpartition("/")
    within, _, last_within = member.rpartition("/")
    dated = [part for part in folder.split("/") if part.partition("=")[0] in _DATED]
    if dated:
        return "/".join(dated)
    days = ("-".join(found.group(1, 3, 4)) for found in _DAY.finditer(f"{last} {last_within}"))
    return " ".join([f"{folder}/{within}" if within else folder, *(day for day in days if _is_day(day))])


def day_of(name: str) -> date | None:
    """The day that a file's name says: its ingest date, else the last day in the name itself.

    >>> day_of("visits/ingest_date=2026-02-01/a-20260131.csv"), day_of("visits/a_20260201.csv"), day_of("visits/a.csv")
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 1), None)
    >>> day_of("visits/all_20260201.zip!/a.csv")
    datetime.date(2026, 2, 1)
    """
    outer, _, member = name.partition(INSIDE)
    folder, _, last = outer.rpartition("/")
    dated = [part.partition("=")[2] for part in folder.split("/") if part.startswith("ingest_date=")]
    named = _DAY.finditer(f"{last} {member.rpartition('/')[2]}")
    days = dated or ["-".join(found.group(1, 3, 4)) for found in named]
    known = [day for day in days if _is_day(day)]
    return date.fromisoformat(known[-1]) if known else None


def is_hidden(last: str) -> bool:
    """Whether the last part of a name says that what it names is not finished."""
    return last.startswith((".", "_"))


def as_far_as_hidden(name: str, folder: str) -> str:
    """Name of an object below `folder`, cut behind its first hidden part: what a disk shows before it is opened.

    >>> as_far_as_hidden("visits/_temporary/0/a.csv", "visits")
    'visits/_temporary'
    """
    parts = name.removeprefix(f"{folder}/").split("/")
    hidden = next((place for place, part in enumerate(parts) if is_hidden(part)), len(parts))
    return "/".join([folder, *parts[: hidden + 1]])


def shown(name: str) -> str:
    """A name as text, whatever its bytes are."""
    return name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


def _no_date(name: str) -> str | None:
    """Why the folders of a file say no day or hour, or are none that a file may lie in."""
    for part in name.split("/")[:-1]:
        if part.endswith("!"):
            return "the name of its folder ends in !, as that of an archive does before the names of its files"
        key, _, value = part.partition("=")
        if key == "ingest_date" and not _is_day(value):
            return f"{value} is no day: YYYY-MM-DD"
        if key == "hour" and not (value.isdecimal() and len(value) == 2 and int(value) < 24):
            return f"{value} is no hour: 00 to 23"
    return None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_text(name: str) -> bool:
    """Whether a name is valid UTF-8; what is not stands in it as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)
