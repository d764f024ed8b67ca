"""What is generated of the docs: tables of the modules' READMEs, picture and costs of docs/aws.md, plans of sizing.md.

`python -m tests.infra.readmes` writes them; a test compares.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

INFRA = Path(__file__).parents[2] / "infra"
PAGES = [INFRA.parent / "docs" / name for name in ("aws.md", "sizing.md")]
MARK = "<!-- from variables.tf and outputs.tf -->"
_BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_TYPE = re.compile(r"^  type\s*=\s*(.+?)(?=^  (?:default|validation|nullable)\b|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Item:
    """A variable or an output."""

    kind: str
    name: str
    description: str
    type: str
    required: bool


def modules() -> list[Path]:
    """Every folder with a README of its own."""
    return [INFRA / "bootstrap", *sorted(path for path in (INFRA / "modules").iterdir() if path.is_dir())]


def items(folder: Path) -> list[Item]:
    """Variables and outputs as they are declared."""
    text = "".join((folder / name).read_text() for name in ("variables.tf", "outputs.tf"))
    return [_item(*match.groups()) for match in _BLOCK.finditer(text)]


def _item(kind: str, name: str, body: str) -> Item:
    description = re.search(r'^  description\s*=\s*"(.*)"$', body, re.MULTILINE)
    shape = _TYPE.search(body)
    return Item(
        kind,
        name,
        description.group(1).replace("|", "\\|") if description else "",
        _one_line(shape.group(1)) if shape else "",
        re.search(r"^  default\s*=", body, re.MULTILINE) is None,
    )


def _one_line(shape: str) -> str:
    return " ".join(re.sub(r"(?<=[\w)}])\n\s*(?=\w)", ", ", shape).split())


def tables(folder: Path) -> str:
    """What follows the mark."""
    found = items(folder)
    lines = [MARK, "", "## Variables", "", "| name | type | | what |", "|---|---|---|---|"]
    for item in (each for each in found if each.kind == "variable"):
        need = "required" if item.required else ""
        lines.append(f"| `{item.name}` | `{item.type}` | {need} | {item.description} |")
    lines += ["", "## Outputs", "", "| name | what |", "|---|---|"]
    lines += [f"| `{item.name}` | {item.description} |" for item in found if item.kind == "output"]
    return "\n".join(lines) + "\n"


def written(folder: Path) -> str:
    """The README as it should be: what people wrote above the mark, the tables below it."""
    readme = folder / "README.md"
    above = readme.read_text().split(MARK)[0].rstrip()
    return f"{above}\n\n{tables(folder)}"


def picture() -> str:
    """The modules and what they are given by each other, as Mermaid draws it."""
    text = (INFRA / "modules" / "platform" / "main.tf").read_text()
    lines = ["```mermaid", "flowchart LR"]
    for name, body in re.findall(r'^module "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL):
        lines += [f"  {other} --> {name}" for other in dict.fromkeys(re.findall(r"module\.(\w+)(?:\[\*\])?\.", body))]
    return "\n".join([*lines, "```"])


def page(path: Path) -> str:
    """A page of the docs with its picture and its numbers as they are."""
    sys.path.insert(0, str(INFRA))
    from costs import table
    from sizing import plans

    text = path.read_text()
    for name, drawn in (("modules", picture()), ("costs", table()), ("sizing", plans())):
        text = re.sub(
            rf"(<!-- {name}: [^\n]* -->\n).*?(<!-- /{name} -->)",
            lambda found, drawn=drawn: f"{found[1]}\n{drawn}\n\n{found[2]}",
            text,
            flags=re.DOTALL,
        )
    return text


if __name__ == "__main__":
    for module in modules():
        (module / "README.md").write_text(written(module))
    for path in PAGES:
        path.write_text(page(path))
