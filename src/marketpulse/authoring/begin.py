"""New files of a project: a project, a feed made from a sample, a mart. Nothing that is there is written over."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from marketpulse import sql
from marketpulse.authoring import mart
from marketpulse.authoring.feed import Feed, guess, texts
from marketpulse.authoring.opening import NONE, Wish
from marketpulse.authoring.sample import take_sample
from marketpulse.errors import DefinitionError, UsageError
from marketpulse.landing.headers import snake_case
from marketpulse.project.owned import owned
from marketpulse.project.packs import PROJECT_FILE, find_pack
from marketpulse.project.project import Project, load_project
from marketpulse.run.validate import validate
from marketpulse.settings import Settings

_NAME = re.compile("[a-z][a-z0-9_]*")
#: Letters of a name: files and folders are called so, with endings.
_LONGEST = 100
_DAY = re.compile(r"[-_. ]*\d{4}[-_.]?\d{2}[-_.]?\d{2}([-_T]?\d{4,6})?|[-_. ]+\d+$")


def new_project(folder: Path, extends: str | None) -> Path:
    """Make a project of one file. Raise UsageError where there is one, or what it extends is not there."""
    name = snake_case(folder.resolve().name)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"a project cannot be called {name!r}", hint="call the folder by lower-case letters, digits, _"
        )
    if extends and find_pack(extends) is None:
        base = Path(os.path.normpath(folder.resolve() / extends))  # a path from the folder, which is not there yet
        if not (base / PROJECT_FILE).is_file():
            hint = f"a path is one from the new project, and {base / PROJECT_FILE} is not there; or leave --extends out"
            raise UsageError(f"there is no pack or project {extends!r}", hint=hint)
    text = f"name: {name}\n" + (f"extends: {extends}\n" if extends else "")
    return write_new(folder, {PROJECT_FILE: text})[0]


def new_feed(
    settings: Settings, root: Path, file: Path, name: str | None, wish: Wish = NONE
) -> tuple[Feed, list[Path]]:
    """Make the source, the contract and the mapping of a feed that looks as `file` does, read as is the `wish`.

    Raise UsageError for a file that nobody can read, and for a feed or table that is there already.
    """
    name = checked_name(name or name_of(file), "--name")
    project = own_project(root)
    if name in project.sources or f"bronze.{name}" in project.problems or f"silver.{name}" in project.tables:
        raise UsageError(f"there is a feed or table {name} already", hint="choose another: --name")
    feed = guess(name, file, take_sample(settings, file, wish))
    _need_right(texts(feed), file)
    return feed, write_new(root, texts(feed))


def _need_right(files: Mapping[str, str], file: Path) -> None:
    """Raise UsageError for definitions that do not validate: nobody gets files that the next command refuses."""
    with TemporaryDirectory(prefix="marketpulse-") as folder:
        write_new(Path(folder), {PROJECT_FILE: "name: sample\n", **files})
        if wrong := validate(Path(folder)).problems:
            hint = "nothing was written; write the source by hand (docs/add-a-feed.md)"
            raise UsageError(f"no feed can be made of {file}: {wrong[0].message}", hint=hint)


def new_mart(root: Path, name: str, reads: str | None) -> list[Path]:
    """Make the model and the contract of a gold table. Raise UsageError for a name that is taken, or none to read."""
    project = own_project(root)
    checked_name(name, "")
    if f"gold.{name}" in {*project.tables, *project.problems}:
        raise UsageError(f"there is a table gold.{name} already", hint="choose another name")
    return write_new(root, mart.texts(name, mart.need_table(project, reads), mart.zone_of(project)))


def name_of(file: Path) -> str:
    """What a feed is called whose file has this name.

    >>> name_of(Path("Orders_2026-03-01.csv.gz")), name_of(Path("preisliste 7.xlsx"))
    ('orders', 'preisliste')
    """
    stem = file.name.split(".")[0] if not file.name[:1].isdigit() else file.stem
    name = snake_case(_DAY.sub("", stem))[:_LONGEST].rstrip("_") or "feed"
    return name if _is_free(name) else f"feed_{name}"


def _is_free(name: str) -> bool:
    """Whether SQL and the platform leave the name to tables of a project."""
    try:
        sql.parse(f"select a from silver.{name} join bronze.{name} on true")
    except DefinitionError:
        return False
    return not {f"bronze.{name}", f"silver.{name}"} & set(owned())


def checked_name(name: str, option: str) -> str:
    """The name. Raise UsageError for one that no feed or table can have."""
    if not _NAME.fullmatch(name):
        hint = f"lower-case letters, digits and _: {option} {snake_case(name) if name.isascii() else 'orders'}"
        raise UsageError(f"nothing can be called {name[:60]!r}", hint=hint)
    if len(name) > _LONGEST:
        raise UsageError(f"{name[:20]}… has {len(name)} letters", hint=f"a name has {_LONGEST} at most")
    if not _is_free(name):
        what = "a word of SQL, or a table of the platform"
        raise UsageError(f"nothing can be called {name!r}, {what}", hint=f"choose another: {option} feed_{name}")
    return name


def own_project(root: Path) -> Project:
    """The project in a folder of one's own. Raise UsageError where there is none."""
    if not (root / PROJECT_FILE).is_file():
        raise UsageError(f"{root} holds no {PROJECT_FILE}", hint=f"make one: marketpulse new project {root}")
    return load_project(root)


def write_new(root: Path, files: Mapping[str, str]) -> list[Path]:
    """Write files of which none is there; all of them or none. Raise UsageError."""
    paths = [root / name for name in files]
    if there := [path for path in paths if path.exists() or path.is_symlink()]:
        raise UsageError(
            f"{there[0]} is there already", hint="nothing was written; move it away, or choose another name"
        )
    made: list[Path] = []
    try:
        for path, text in zip(paths, files.values(), strict=True):
            made += [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            made.append(path)
            with path.open("x", encoding="utf-8") as target:
                target.write(text)
    except OSError as error:
        _take_back(made)
        what = f"{error.filename} cannot be written: {error.strerror}"
        raise UsageError(what, hint="nothing was written; put that right, and call again") from None
    return paths


def _take_back(made: list[Path]) -> None:
    """Remove files, and folders in which nothing lies."""
    for path in sorted(made, key=lambda each: len(each.parts), reverse=True):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
