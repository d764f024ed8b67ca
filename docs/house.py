"""The plan of the house in numbers: `python docs/house.py [CHECKOUT …]` prints a column a checkout (default: this one).

rooms      modules and folders directly in src/marketpulse
layers     rows of the rule that imports point one way
arrows     imports between rooms, each pair once
circles    groups of modules that import each other in a circle
moves      changes of room that something makes on its way: calls from one room into another that hand it on, each pair
           once, while one small file with one bad record is run from landing to gold
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[1]
#: What is followed, by the classes that carry it (old names beside new ones).
WALKS = {
    "a landed file": {"LandedFile", "OpenedFile", "Delivery", "Records", "Load", "LedgerRow"},
    "a contract": {"Contract"},
    "a rejected record": {"Checks", "Check", "Rejected", "Staged"},
}


def main() -> None:
    """Measure each checkout in a process of its own and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", nargs="*", type=Path, default=[ROOT])
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure)))
        return
    found = [_apart(checkout.resolve()) for checkout in given.checkouts]
    print("| | " + " | ".join(checkout.resolve().name for checkout in given.checkouts) + " |")
    print("|---|" + "---:|" * len(found))
    for name in found[0]:
        print(f"| {name} | " + " | ".join(f"{each[name]:,}" for each in found) + " |")


def _apart(checkout: Path) -> dict[str, int]:
    paths = [str(checkout / folder) for folder in ("src", "retail", ".") if (checkout / folder).is_dir()]
    command = [sys.executable, str(Path(__file__).resolve()), "--measure", str(checkout)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(command, env=environment, cwd=checkout, check=True, capture_output=True, text=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(checkout: Path) -> dict[str, int]:
    """All numbers of the checkout that is first on the path."""
    import grimp

    graph = grimp.build_graph("marketpulse")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    arrows = {(room(m), room(i)) for m, found in imports.items() for i in found}
    numbers = {
        "rooms": len({room(module) for module in imports} - {""}),
        "layers": _layers(checkout),
        "arrows": sum(a != b and bool(a) and bool(b) for a, b in arrows),
        "circles": _circles(imports),
    }
    return numbers | {f"moves of {name}": count for name, count in _walks().items()}


def room(module: str) -> str:
    """`marketpulse.silver.build` -> `silver`; empty for the package itself and what is not ours."""
    parts = module.split(".")
    return parts[1] if parts[0] == "marketpulse" and len(parts) > 1 else ""


def _layers(checkout: Path) -> int:
    rules = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return next(len(rule["layers"]) for rule in rules if rule["name"] == "Imports point one way")


def _circles(imports: dict[str, set[str]]) -> int:
    """Circles, taken out one after the other."""
    graph = {module: set(found) for module, found in imports.items()}
    count = 0
    while True:
        try:
            list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            count += 1
            circle = error.args[1]
            graph[circle[1]].discard(circle[0])
        else:
            return count


def _walks() -> dict[str, int]:
    from tests.shop import MiniShop

    pairs: dict[str, set[tuple[str, str]]] = {name: set() for name in WALKS}
    with tempfile.TemporaryDirectory() as folder:
        shop = MiniShop(Path(folder))
        shop.land_sales(
            "2026-01-02", "1,2026-01-01,1,10", "2,2026-01-01,x,10", *(f"{n},2026-01-02,1,1" for n in range(9))
        )
        watch = _watch(pairs)
        threading.setprofile(watch)
        sys.setprofile(watch)
        try:
            shop.run()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]
    return {name: len(found) for name, found in pairs.items()}


def _watch(pairs: dict[str, set[tuple[str, str]]]) -> Callable[[FrameType, str, Any], None]:
    def watch(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or not (here := room(frame.f_globals.get("__name__", ""))):
            return
        code = frame.f_code
        arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        kinds = {type(frame.f_locals.get(name)).__name__ for name in arguments}
        above = frame.f_back
        while above is not None and not room(above.f_globals.get("__name__", "")):
            above = above.f_back
        there = room(above.f_globals["__name__"]) if above else ""
        for name, carriers in WALKS.items():
            if there and there != here and kinds & carriers:
                pairs[name].add((there, here))

    return watch


if __name__ == "__main__":
    main()
