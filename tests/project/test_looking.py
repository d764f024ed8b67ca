"""A lookup finds one row of a silver table or none: what else it may be is refused, with its place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.project.checking import unresolved
from marketpulse.project.lineage import trace
from marketpulse.run.validate import validate
from tests.shop import MiniShop, contract
from tests.silver.looking import MAPPING, TABLES, heads_and_lines

JOIN = "left join silver.heads as h on h.receipt_id = trim(l.receipt)"
HISTORY = contract(
    "silver.heads",
    [
        ("receipt_id", "string", "key"), ("day", "date", "key"), ("store", "string", ""), ("note", "string", ""),
        ("until", "date", ""), ("now", "boolean", ""),
    ],
    "{property: merge, value: {policy: latest}}\n"
    "  - {property: history, value: {entity: [receipt_id], validFrom: day, validTo: until, isCurrent: now}}",
)  # fmt: skip


@pytest.fixture
def joined(tmp_path: Path) -> MiniShop:
    """The mini shop with a table of lines that look up their heads."""
    return heads_and_lines(MiniShop(tmp_path))


def problems(shop: MiniShop) -> list[tuple[str, int | None, str, str | None]]:
    """What is wrong with the table of lines, and with that of heads, as far as the project itself tells."""
    project = shop.project()
    told = [error for name in TABLES for error in project.problems.get(name, ())]
    told += [error for name in TABLES if name in project.tables for error in unresolved(project, project.tables[name])]
    places = [(error.place, error) for error in told]
    return [(Path(at.path).name if at else "", at.line if at else None, e.message, e.hint) for at, e in places]


def test_a_lookup_is_valid_an_input_and_part_of_the_lineage(joined: MiniShop) -> None:
    assert validate(joined.project_dir).problems == ()
    project = joined.project()
    assert project.tables["silver.positions"].inputs == ("bronze.lines", "silver.heads")
    assert [*project.tables].index("silver.heads") < [*project.tables].index("silver.positions")
    (node,) = trace(project, "silver.positions.day")
    assert node.made_from == ["silver.heads.day"]
    (node,) = trace(project, "silver.positions.line_id")
    assert node.made_from == ["bronze.lines.line"]
    joined.edit("silver/positions/from_lines.sql", "h.day", "h.store + 1 as day")
    assert "cannot be of (varchar, integer)" in str(validate(joined.project_dir).problems)


@pytest.mark.parametrize(
    ("new", "message", "hint"),
    [
        ("join silver.heads as h on h.receipt_id = l.receipt",
         "a record without its row of silver.heads would be gone", "left join silver.heads"),
        ("left anti join silver.heads as h on h.receipt_id = l.receipt",
         "a record without its row of silver.heads would be gone", "left join silver.heads"),
        ("left join silver.heads as l on l.receipt_id = l.receipt",
         "two relations are called l", "call it otherwise: silver.heads as …"),
        ("left join silver.heads as h using (receipt_id)",
         "silver.heads is joined with using", "on h.id = r.id for each column of its key, and nothing else"),
        ("left join silver.heads as h on h.receipt_id = l.receipt and l.sku <> 'x'",
         "silver.heads is joined by more than equal keys, or by less",
         "on h.id = r.id for each column of its key, and nothing else"),
        ("left join silver.heads as h on h.receipt_id = h.store",
         "the key of silver.heads is not of the record", "look it up in a silver table of its own"),
        ("left join silver.heads as h on h.receipt_id = max(l.receipt)",
         "the key of silver.heads is not of one record", "compute it from the record's own columns"),
        ("left join silver.heads as h on h.store = l.receipt",
         "looks up silver.heads by store; its key is receipt_id", "on h.receipt_id = …"),
        ("left join silver.head as h on h.receipt_id = l.receipt", "reads silver.head", "did you mean silver.heads?"),
        ("left join silver.positions as h on h.line_id = l.receipt", "looks up silver.positions",
         "look up a silver table that is built before this one"),
        ("left join silver.quarantine as h on h.quarantine_id = l.receipt", "looks up silver.quarantine",
         "look up a silver table that is built before this one"),
        ("left join gold.agg_daily as h on h.day = l.receipt", "reads bronze.lines, gold.agg_daily",
         "it may read bronze.lines only, and left join silver tables by their keys"),
        (JOIN + "\nwhere h.store <> 'x'",
         "leaves records out by what is looked up: which would they be, as long as it is not there?",
         "let a rule of the contract judge it, or filter in gold"),
        (JOIN + "\nwhere sku <> 'x' and store <> 'y'", "store is a column of l and of h",
         "write l.store or h.store"),
    ],
)  # fmt: skip
def test_what_is_no_lookup_is_refused_at_its_place(joined: MiniShop, new: str, message: str, hint: str) -> None:
    joined.edit("silver/positions/from_lines.sql", JOIN, new)
    found = problems(joined)
    line = 5 if "where" in new else 4
    assert ("from_lines.sql", line, message, hint) in found
    assert {name for name, *_ in found} == {"from_lines.sql"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("l.line as line_id", "concat(l.line, h.store) as line_id", "line_id is looked up and is of the key"),
        ("l.sku", "explode(split(h.store, ' ')) as sku", "explodes what is looked up"),
        ("h.day", "h._ingested_at as day", "looks up _ingested_at of silver.heads, which says how its row came here"),
        ("h.day", "h.days as day", "h has no column days"),
    ],
)
def test_what_may_not_depend_on_it_is_refused(joined: MiniShop, old: str, new: str, message: str) -> None:
    joined.edit("silver/positions/from_lines.sql", old, new)
    found = [text for name, _, text, _ in problems(joined) if name == "from_lines.sql"]
    assert any(message in text for text in found), found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("policy: latest", "policy: latest, orderBy: [day]", "day is looked up and says which row is later"),
        ("customProperties:\n", "customProperties:\n  - {property: deleted, value: store = 'x'}\n",
         "store is looked up and says which rows are deleted"),
    ],
)  # fmt: skip
def test_neither_order_nor_deletion_depends_on_it(joined: MiniShop, old: str, new: str, message: str) -> None:
    joined.edit("silver/positions/contract.yaml", old, new)
    assert (message, "take it from the record") in [(text, hint) for _, _, text, hint in problems(joined)]


def test_a_step_that_depends_on_it_is_found_out_too(joined: MiniShop) -> None:
    inner = MAPPING.replace("h.day", "h.day, h.store as place").replace("h.store,", "")
    outer = "select line_id, day, place as store, sku from (" + inner + ") as found"
    joined.write("silver/positions/from_lines.sql", outer)
    assert problems(joined) == []
    joined.write("silver/positions/from_lines.sql", outer + " where place <> 'x'")
    assert "leaves records out by what is looked up" in str(problems(joined))
    joined.write(
        "silver/positions/from_lines.sql", outer.replace("select line_id", "select concat(place, line_id) as line_id")
    )
    assert "line_id is looked up and is of the key" in str(problems(joined))
    joined.write("silver/positions/from_lines.sql", outer.replace("h.day,", "l.*, h.day,"))
    assert "a star beside a lookup" in str(problems(joined))


def test_tables_that_look_each_other_up_and_ones_with_history_are_refused(joined: MiniShop) -> None:
    joined.write("silver/heads/from_heads.sql", "select h.receipt as receipt_id, h.day, p.store, h.note"
                 " from bronze.heads as h left join silver.positions as p on p.line_id = h.receipt")  # fmt: skip
    assert "tables read each other in a circle" in str(problems(joined))
    joined.write("silver/heads/from_heads.sql", "select receipt as receipt_id, day, store, note from bronze.heads")
    joined.write("silver/heads/contract.yaml", HISTORY)
    assert "looks up silver.heads, which keeps history" in str(problems(joined))
