"""The DuckDB connections of this process, what they may reach, and their errors in words for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from marketpulse.errors import EngineError, LostFileError, QueryError, StorageError, ValueStopsError
from marketpulse.names import LAYERS
from marketpulse.sql import DUCKDB
from marketpulse.storage.places import REMOTE_HINT, cloud_errors, data_filesystem, is_remote, real

#: What is wrong with the text of a query.
_REFUSALS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
#: What is wrong with a value.
_STOPS = (duckdb.DataError, duckdb.InvalidInputException, duckdb.SyntaxException)
_KINDS: tuple[tuple[tuple[type[Exception], ...], type[EngineError]], ...] = (
    (_REFUSALS, QueryError),
    (_STOPS, ValueStopsError),
)
#: What makes a database refuse whatever comes next.
BREAKS = (duckdb.FatalException, duckdb.InternalException)
#: A data file that a snapshot names and that is not there.
_GONE = re.compile(r'No files found that match the pattern "(.+?)"|Cannot open file "(.+?)": No such file')
_OF_TABLE = re.compile(r"([^/]+)/([^/]+)/data/")
_TRACEBACK = "Traceback (most recent call last)"
#: Nothing is fetched from anywhere, whatever a query names.
_ALONE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def start(threads: int, scratch: Path, remote: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open a connection that may reach everything, until `confine` says what.

    `remote` is a URI of the kind of store it must be able to read and write.
    """
    with readable_errors():
        scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:", config=dict(_ALONE))
    connection.execute(f"set threads = {threads}")
    connection.execute(f"set temp_directory = {DUCKDB.text(str(scratch / 'spill'))}")
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set python_enable_replacements = false")
    # Files never change, and a lookup opens many: what a footer says is kept.
    connection.execute("set parquet_metadata_cache = true")
    # Little is kept by the allocator, outside of the limit, after a task.
    connection.execute("set allocator_flush_threshold = '16MB'")
    if remote:
        connection.register_filesystem(data_filesystem(remote))
    return connection


def confine(connection: duckdb.DuckDBPyConnection, files: Iterable[str], folders: Iterable[str]) -> None:
    """Let a connection reach `files` and what lies below `folders`, nothing else, and freeze that.

    What SQL reads is checked before (`sql.inputs`); should something pass that, there is nothing to be found. Where
    something lies in a store, the store's own permissions say what may be reached: DuckDB takes the `..%2F` of a
    bucket's name there for a way out of its folder.
    """
    folders = list(folders)
    connection.execute("set allowed_configs = ['memory_limit']")
    if any(map(is_remote, folders)):
        connection.execute("set lock_configuration = true")
        return
    # A folder may be reached through links: the engine looks where they lead to.
    below = dict.fromkeys(each for folder in folders for each in (folder, real(folder)))
    connection.execute(f"set allowed_paths = {_texts(files)}")
    connection.execute(f"set allowed_directories = {_texts(below)}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(DUCKDB.text(value) for value in values)}]"


@contextmanager
def readable_errors() -> Iterator[None]:
    """Turn what DuckDB raises into errors for people."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise EngineError(f"out of memory: {first_lines(error)}", hint="raise MARKETPULSE_MEMORY_MB") from error
    except BREAKS as error:
        hint = "run again; if it stays so, look for what is unusual in its SQL"
        raise EngineError(f"the engine itself broke: {first_lines(error).splitlines()[0]}", hint=hint) from error
    except (duckdb.IOException, OSError) as error:
        if lost := lost_file(error):
            raise lost from error
        hint = "free some disk space" if "space" in str(error).lower() else "check disk and permissions"
        raise StorageError(first_lines(error), hint=f"{hint}; nothing half-done is visible") from error
    except cloud_errors() as error:
        raise StorageError(first_lines(error), hint=REMOTE_HINT) from error
    except duckdb.PermissionException as error:
        message = "reads or writes what is no table of this warehouse"
        raise QueryError(f"{message}: {first_lines(error)}", hint="read tables as layer.table") from error
    except duckdb.Error as error:
        if _TRACEBACK in str(error):
            # What a registered filesystem raised arrives as the text of its traceback.
            reason = str(error).strip().splitlines()[-1].partition(": ")[2]
            raise StorageError(reason, hint=REMOTE_HINT) from error
        kind = next((kind for kinds, kind in _KINDS if isinstance(error, kinds)), EngineError)
        raise kind(first_lines(error)) from error


def lost_file(error: Exception) -> LostFileError | None:
    """The error for people where a data file is gone; None for any other."""
    gone = _GONE.search(str(error))
    if gone is None:
        return None
    path = gone[1] or gone[2]
    found = _OF_TABLE.search(path)
    layer, table = found.groups() if found else ("", "")
    of = f" of {layer}.{table}" if layer in LAYERS else f" of {table}" if table else ""
    hint = "put it back from a backup, or see what can be done: marketpulse repair"
    return LostFileError(f"a data file{of} is missing: {path}", hint=hint)


def first_lines(error: Exception) -> str:
    """The message without the query and without advice that speaks of DuckDB's own settings."""
    return re.split(r"\n\n(?:LINE|Possible solutions)", str(error))[0].strip()
