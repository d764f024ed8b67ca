"""A move that ends itself at its n-th write: `python -m tests.upkeep.doomed_move FOLDER N`.

A write is a file that is opened to be written, one that gets its name, and every statement to the catalog. The process
ends before it: what was begun stays as it is. It ends with 9 where it died, and with 0 where there are not so many.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

from marketpulse.upkeep.move import move

_writes = 0
_connect = sqlite3.connect


def main(folder: str, number: int) -> None:
    """Move until death or the end; then print how many writes there were."""

    def count(_: str = "") -> None:
        global _writes  # noqa: PLW0603 - one process, one count
        _writes += 1
        if _writes == number:
            os._exit(9)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if opened or event == "os.rename":
            count()

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = _connect(*arguments, **options)
        connection.set_trace_callback(count)
        return connection

    sys.addaudithook(watch)
    sqlite3.connect = connect
    move(Path(folder))
    print(_writes)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
