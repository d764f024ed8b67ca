"""Reference data of a project: small tables that come with the definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.lineage import Node, column_sources, trace
from marketpulse.project.reference import MOST_LETTERS, MOST_ROWS
from tests.shop import MiniShop, result

WORDS = (
    "description: Sizes.\nsource: ours\nlicence: none\nkey: [size]\n"
    "columns:\n  size: How it is called.\n  pieces: How many pieces.\n"
)
MODEL = (
    "select s.day as day, count(*) as line_count, sum(s.qty * coalesce(cast(p.pieces as int), 0)) as qty,"
    " sum(s.amount) as amount from silver.sales as s left join reference.sizes as p on p.size = cast(s.qty as string)"
    " group by s.day\n"
)


@pytest.fixture
def sized(shop: MiniShop) -> MiniShop:
    """A project whose gold.agg_daily reads `reference.sizes`."""
    shop.write("reference/sizes.csv", "size,pieces\n1,10\n2,20\n3,\n")
    shop.write("reference/sizes.yaml", WORDS)
    shop.write("gold/agg_daily/model.sql", MODEL)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-01,2,1", "3,2026-01-02,3,1")
    return shop


@pytest.mark.engines(always=False)
def test_a_model_reads_it_and_a_changed_row_rebuilds_the_model(sized: MiniShop) -> None:
    sized.project().check()
    assert sized.run().ok
    assert [row[2] for row in sized.rows("gold.agg_daily")] == [50, 0]
    sized.write("reference/sizes.csv", "size,pieces\n2,20\n\n1,10\n3,\n")  # the same rows
    assert {table.status for table in sized.run().tables} == {"up to date"}
    sized.write("reference/sizes.csv", "size,pieces\n1,10\n2,20\n3,30\n")
    report = sized.run()
    assert result(report, "gold.agg_daily").reason == "reference.sizes changed"
    assert result(report, "silver.sales").status == "up to date"
    assert [row[2] for row in sized.rows("gold.agg_daily")] == [50, 90]


def test_a_project_lays_its_own_rows_over_those_it_extends(sized: MiniShop) -> None:
    sized.run()
    base, sized.project_dir = sized.project_dir, sized.root / "own"
    sized.write("project.yaml", f"name: own\nextends: ../{base.name}\n")
    sized.write("reference/sizes.csv", "size,pieces\n1,100\n")
    assert result(sized.run(), "gold.agg_daily").reason == "reference.sizes changed"
    assert [row[2] for row in sized.rows("gold.agg_daily")] == [100, 0]


def test_lineage_shows_it(sized: MiniShop) -> None:
    project = sized.project()
    assert trace(project, "reference.sizes") == [Node("reference.sizes", [], ["gold.agg_daily"])]
    assert trace(project, "gold.agg_daily")[0].made_from == ["silver.sales", "reference.sizes"]
    origins = column_sources(project, project.table("gold.agg_daily"))["qty"]
    assert sorted(origins) == ["reference.sizes.pieces", "silver.sales.qty"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("size\n1\n", "sizes.csv:1: its columns are size"),
        ("", "sizes.csv:1: its columns are not named"),
        ("size,pieces\n1,10,\n", "sizes.csv:2: 3 values for 2 columns"),
        ("size,pieces\n1,10\n2,1\n1,11\n", "sizes.csv:4: size 1 stands in line 2 already"),
        ("size,pieces\n1, 10\n", "sizes.csv:2: a space around '10'"),
        ('size,pieces\n1,"10\n', "sizes.csv:2: not readable as CSV"),
        (b"size,pieces\n1,\xe4\n", "sizes.csv:2: not UTF-8"),
        ("size,pieces\n" + "".join(f"{n},\n" for n in range(MOST_ROWS + 1)), "too much for reference data"),
        ("size,pieces\n1," + "x" * MOST_LETTERS + "\n", "too much for reference data"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(sized: MiniShop, text: str | bytes, words: str) -> None:
    (sized.project_dir / "reference/sizes.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(DefinitionError) as caught:
        sized.project().check()
    told = " | ".join(str(error) for error in caught.value.each)
    assert words in told
    assert "reads reference.sizes, which is not there or wrong" in told


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("licence: none\n", "", "licence is missing"),
        ("key: [size]", "key: [colour]", "key: there is no column colour"),
        ("key: [size]", "keys: [size]", "sizes.yaml:4"),
    ],
)
def test_what_a_file_is_must_be_said(sized: MiniShop, old: str, new: str, words: str) -> None:
    sized.edit("reference/sizes.yaml", old, new)
    with pytest.raises(DefinitionError) as caught:
        sized.project().check()
    assert words in " | ".join(str(error) for error in caught.value.each)


@pytest.mark.parametrize(
    ("path", "old", "new", "words"),
    [
        ("gold/agg_daily/model.sql", "reference.sizes", "reference.size", "did you mean reference.sizes?"),
        ("gold/agg_daily/model.sql", "p.pieces", "p.peaces", "did you mean pieces?"),
        ("silver/sales/from_sales.sql", "bronze.sales", "reference.sizes", "it may read bronze.sales only"),
    ],
)
def test_what_reads_it_wrongly_is_told_where(sized: MiniShop, path: str, old: str, new: str, words: str) -> None:
    from marketpulse.run.validate import validate

    sized.edit(path, old, new)
    problems = validate(sized.project_dir).problems
    assert any(words in f"{p.message} {p.hint}" and p.line and Path(p.file or "").match(path) for p in problems)


def test_a_file_alone_is_half(sized: MiniShop) -> None:
    (sized.project_dir / "reference/sizes.yaml").unlink()
    with pytest.raises(DefinitionError) as caught:
        sized.project().check()
    assert "no sizes.yaml stands beside it" in " | ".join(str(error) for error in caught.value.each)


def listed(sized: MiniShop, condition: str = "cast(qty as string) in (reference('sizes.size'))") -> None:
    """Give silver.sales a rule that reads reference data."""
    text = (sized.project_dir / "silver/sales/contract.yaml").read_text(encoding="utf-8")
    rule = f'{{name: sized, type: custom, engine: marketpulse, implementation: "{condition}",'
    rule += " severity: quarantine, description: no size}"
    head, name, tail = text.partition("    quality:\n")
    sized.write("silver/sales/contract.yaml", f"{head}{name}      - {rule}\n{tail}")


@pytest.mark.engines(always=False)
def test_a_rule_has_its_values_and_a_changed_row_rebuilds_the_table(sized: MiniShop) -> None:
    listed(sized)
    sized.land_sales("2026-01-03", "4,2026-01-03,9,1")
    assert sized.run().ok
    assert len(sized.rows("silver.sales")) == 3
    sized.write("reference/sizes.csv", "size,pieces\n9,9\n3,3\n2,2\n1,1\n")
    assert result(sized.run(), "silver.sales").status == "built"
    assert len(sized.rows("silver.sales")) == 4


def test_lineage_shows_who_has_its_values(sized: MiniShop) -> None:
    listed(sized)
    project = sized.project()
    assert trace(project, "reference.sizes")[0].makes == ["silver.sales", "gold.agg_daily"]
    assert trace(project, "silver.sales")[0].made_from == ["bronze.sales", "reference.sizes"]


def test_a_rule_reads_no_list_that_is_not_there(sized: MiniShop) -> None:
    listed(sized, "cast(qty as string) in (reference('size.size'))")
    (found,) = sized.project().problems["silver.sales"]
    assert "reads reference.size.size, which is not there or wrong" in str(found)
    assert found.about == "rule sized"
