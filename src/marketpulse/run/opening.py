"""The warehouse that settings name, opened as whoever asks needs it: the command line, Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from marketpulse.errors import UsageError
from marketpulse.project.packs import project_folder
from marketpulse.project.project import Project, load_project
from marketpulse.run.context import Context, Progress, open_context

if TYPE_CHECKING:
    from marketpulse.settings import Settings


@contextmanager
def reading(
    settings: Settings,
    progress: Progress | None = None,
    must_exist: bool = True,
    read: Callable[[], Project] | None = None,
) -> Iterator[Context]:
    """Open a warehouse to look at it; nothing is written to it, and the project is only `read` when it is asked for.

    Raise UsageError when it must exist and does not; else an empty one, which goes again, stands for it.
    """
    if must_exist:
        refuse_no_warehouse(settings)
    is_there = settings.remote is not None or settings.local.is_dir()
    project_folder(settings.project)  # refuses one that is not there, whatever is asked of it
    with nullcontext("") if is_there else TemporaryDirectory(prefix="marketpulse-") as nowhere:
        found = replace(settings, warehouse=Path(nowhere)) if nowhere else settings
        with open_context(found, read or (lambda: load_project(settings.project)), progress, reads=True) as opened:
            yield opened


@contextmanager
def writing(settings: Settings, progress: Progress | None = None, must_exist: bool = False) -> Iterator[Context]:
    """Open a warehouse to change it. Raise UsageError when it must exist and does not."""
    if must_exist:
        refuse_no_warehouse(settings)
    with open_context(settings, load_project(settings.project), progress) as opened:
        yield opened


def refuse_no_warehouse(settings: Settings) -> None:
    """Raise UsageError when there is no warehouse; whether one is in a store is seen when it is read."""
    if settings.remote is None and not settings.local.is_dir():
        raise UsageError(f"there is no warehouse {settings.warehouse}", hint="make one with marketpulse run")


def refuse_no_landing(settings: Settings) -> None:
    """Raise UsageError when there is no landing zone: a wrong path is no feed without news."""
    place = settings.landing
    if isinstance(place, Path) and not place.is_dir():
        hint = "where feeds land is --landing, or MARKETPULSE_LANDING; make the folder if nothing has landed yet"
        raise UsageError(f"there is no landing zone {place.resolve()}", hint=hint)
