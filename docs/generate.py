"""Write docs/cli.md from the command line's own help, and docs/feeds.md from the definitions: `make docs`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from rich.text import Text

from marketpulse.cli import app

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# The command line

Generated from the help texts by `make docs`; do not edit. `marketpulse COMMAND --help` says the same.

Exit codes: 0 done, 1 the data failed a gate or another run was faster, 2 wrong usage, definitions or storage,
130 stopped by Ctrl-C.
Defaults come from `marketpulse.toml` in the working folder, then from the environment (`MARKETPULSE_WAREHOUSE`, …),
then from the options. Packs bring commands too ([packs.md](packs.md)): `demo`, `generate` and `simulate` are retail's.
"""
_EXAMPLE = re.compile(r"^Example:\s*(.+)$", re.MULTILINE)


def cli_reference() -> str:
    """The whole page."""
    commands = sorted(walk(typer.main.get_command(app), "marketpulse"))
    contents = "\n".join(f"* [`{name}`](#{name.replace(' ', '-')}): {_first(command)}" for name, command in commands)
    return "\n".join([HEAD, contents, "", *(_section(name, command) for name, command in commands)])


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """(name, command) of every command below `command`, groups themselves left out."""
    for short in command.list_commands(None):
        child = command.get_command(None, short)
        whole = f"{name} {short}"
        if hasattr(child, "commands"):
            yield from walk(child, whole)
        else:
            yield whole, child


def example(command: Any) -> str | None:
    """The command line that the help gives as an example."""
    found = _EXAMPLE.search(command.help or "")
    return Text.from_markup(found[1]).plain if found else None


def _first(command: Any) -> str:
    return str(command.help or "").strip().splitlines()[0]


def _section(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    usage = " ".join([name, *(_placeholder(p) for p in arguments), *(["[OPTIONS]"] if options else [])])
    parts = [f"## {name}", "", _EXAMPLE.sub("", command.help or "").strip(), "", "```", usage, "```", ""]
    if shown := example(command):
        parts += ["Example:", "", "```", shown, "```", ""]
    rows = [(f"`{_placeholder(p)}`", p) for p in arguments]
    rows += [(", ".join(f"`{text}`" for text in (*p.opts, *p.secondary_opts)), p) for p in options]
    if rows:
        parts += ["| | | default |", "|---|---|---|"]
        parts += [f"| {label} | {_cell(p.help)} | {_default(p)} |" for label, p in rows]
        parts.append("")
    return "\n".join(parts)


def _placeholder(parameter: Any) -> str:
    shown = (parameter.metavar or parameter.name.upper()) + ("…" if parameter.nargs == -1 else "")
    return shown if parameter.required or shown.startswith("[") else f"[{shown}]"


def _default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required:
        return "required"
    if value is None or value is False or value == () or callable(value):
        return ""
    return f"`{getattr(value, 'value', value)}`".replace(" 00:00:00", "")


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


if __name__ == "__main__":
    from feeds import feeds_page

    for page, text in ((PAGE, cli_reference()), (PAGE.with_name("feeds.md"), feeds_page())):
        page.write_text(text, encoding="utf-8")
        print(f"wrote {page}")
