"""What the lock file pins for one use: the lines of marketpulse and some of its extras, with their hashes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>\S+).*?(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)


def locked(*extras: str, python: str = "3.11") -> dict[str, str]:
    """Name to block of constraints.txt, for the project with `extras` and everything they need on that Python.

    The environment that runs this is one that the lock file made: what a package needs is read from it.
    """
    return _with_all_they_need([(canonicalize_name(item.name), item.extras) for item in _of_project(extras)], python)


def locked_of(*packages: str) -> dict[str, str]:
    """The same for some packages and everything they need."""
    return _with_all_they_need([(canonicalize_name(name), set()) for name in packages], "3.11")


def _with_all_they_need(todo: list[tuple[str, set[str]]], python: str) -> dict[str, str]:
    blocks = {canonicalize_name(found["name"]): found[0] for found in _BLOCK.finditer(_read("constraints.txt"))}
    wanted: dict[str, set[str]] = {}
    while todo:
        name, its_extras = todo.pop()
        if name in wanted and its_extras <= wanted[name]:
            continue
        wanted.setdefault(name, set()).update(its_extras)
        todo += [(canonicalize_name(item.name), item.extras) for item in _of_package(name, wanted[name], python)]
    return {name: blocks[name] for name in sorted(wanted)}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _of_project(extras: tuple[str, ...]) -> Iterator[Requirement]:
    project = tomllib.loads(_read("pyproject.toml"))["project"]
    for text in [*project["dependencies"], *(t for e in extras for t in project["optional-dependencies"][e])]:
        yield Requirement(text)


def _of_package(name: str, extras: set[str], python: str) -> Iterator[Requirement]:
    there = {"python_version": python, "python_full_version": f"{python}.0"}
    for text in requires(name) or ():
        item = Requirement(text)
        if item.marker is None or any(item.marker.evaluate(there | {"extra": extra}) for extra in ("", *extras)):
            yield item
