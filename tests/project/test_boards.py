"""Boards are read as headlines are: what is wrong with one is told at its place and hides no other."""

from __future__ import annotations

from marketpulse.run.validate import validate
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop

GOOD = """\
title: Pieces
rows:
  - {title: By size, metrics: [pieces], by: [size]}
  - {title: Days, heat: true, query: "select day, count(*) as line_count from gold.fct_lines group by day"}
"""


def test_a_board_is_named_after_its_file_and_taken_from_what_is_extended(shop: MiniShop) -> None:
    with_metrics(shop).write("boards/pieces.yaml", GOOD)
    base = shop.project_dir.rename(shop.root / "base")
    shop.write("project.yaml", "name: own\nextends: ../base\n")
    shop.write("boards/mine.yaml", GOOD.replace("Pieces", "Mine"))
    boards = shop.project().boards
    assert {name: board.title for name, board in boards.items()} == {"mine": "Mine", "pieces": "Pieces"}
    assert [(each.title, each.heat) for each in boards["pieces"].questions] == [("By size", False), ("Days", True)]
    assert base.exists()
    assert validate(shop.project_dir).ok


def test_what_is_wrong_with_a_board_is_told_at_its_place(shop: MiniShop) -> None:
    with_metrics(shop).write("boards/good.yaml", GOOD)
    shop.write("boards/no.yaml", "title: x\nrows: []\n")
    shop.write("boards/metric.yaml", GOOD.replace("[pieces]", "[piecez]"))
    shop.write("boards/column.yaml", GOOD.replace("select day", "select daz"))
    shop.write("boards/odd.yml", GOOD)
    found = validate(shop.project_dir)
    told = {str(each.file).rpartition("/")[2]: (each.table, each.line, each.message) for each in found.problems}
    assert sorted(told) == ["column.yaml", "metric.yaml", "no.yaml", "odd.yml"]
    assert {table for table, _, _ in told.values()} == {None}
    assert told["metric.yaml"][1:] == (3, "there is no metric 'piecez'")
    assert told["odd.yml"][2] == "nobody reads this file"
    assert list(shop.project().boards) == ["column", "good", "metric"]
