"""`marketpulse metric` and `metrics`: a table of 80 columns with a plot, and the same for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Typed
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop


@pytest.fixture
def sold(shop: MiniShop) -> MiniShop:
    lines = [f"{day}-{n},2026-03-0{day},{9 if n == 0 else 1},1" for day in (1, 2, 3) for n in range(day)]
    with_metrics(shop).land_sales("2026-03-09", *lines)
    shop.run()
    return shop


def test_an_answer_is_a_table_with_a_plot_of_80_columns(sold: MiniShop, typed: Typed, tmp_path: Path) -> None:
    done = typed("metric", "lines", "pieces_per_line", "--by", "size", "--to-date", "mtd", "--share")
    assert (done.returncode, "parts of pieces_per_line do not add up" in done.stderr) == (2, True)

    done = typed("metric", "lines", "--grain", "day", "--last", "4d", "--compare", "week", COLUMNS="80")
    text = [line.rstrip() for line in done.stdout.splitlines()]
    assert text[0] == "Lines, 2026-02-28 to 2026-03-03, beside 2026-02-21 to 2026-02-24"
    assert text[2].split() == ["2026-02-28", "–", "–", "–"]
    assert text[5].split() == ["2026-03-03", "3", "–", "–", "█" * 30]
    assert "target of Lines: 5 a day" in text
    assert "alert 2026-03-01: Lines 1 is below 2" in text
    assert max(map(len, text[:7])) <= 80

    shares = typed("metric", "lines", "pieces", "--by", "size", "--to-date", "mtd", "--share").stdout.splitlines()
    assert shares[1].split() == ["size", "lines", "lines_share", "pieces", "pieces_share"]
    assert typed("metric", "lines", "--by", "size", "--share").stdout.splitlines()[1].split() == [
        "size",
        "lines",
        "share",
    ]

    done = typed("metric", "rows", "--by", "size", "--json", "--month", "2026-03")
    found = json.loads(done.stdout)
    assert found["metrics"] == ["lines"]
    assert found["rows"][0] == {"size": "big", "lines": 3, "incomplete": "28 of 31 days not loaded"}
    assert found["period"] == {"first": "2026-03-01", "last": "2026-03-31"}
    assert "count(*)" in found["sql"].lower()

    target = tmp_path / "answer.csv"
    assert typed("metric", "total", "-o", str(target)).returncode == 0
    assert target.read_text(encoding="utf-8") == "total,incomplete\n30,\n"
    asked = typed("metric", "lines", "--grain", "day", "--last", "4d", "-o", str(target))
    assert (asked.returncode, "alert 2026-03-01: Lines 1 is below 2" in asked.stdout.splitlines()) == (0, True)
    assert "says no kind of file" in typed("metric", "total", "-o", "answer.txt").stderr


def test_members_of_nothing_and_of_an_empty_text_are_two(shop: MiniShop, typed: Typed) -> None:
    sold = with_metrics(shop)
    sold.edit(
        "gold/fct_lines/model.sql", "case when qty > 5 then 'big' else 'small' end", "case when qty > 5 then '' end"
    )
    sold.land_sales("2026-03-09", "a,2026-03-09,9,1", "b,2026-03-09,1,1")
    assert sold.run().ok
    done = typed("metric", "lines", "--by", "size")
    assert [line.split()[:2] for line in done.stdout.splitlines()[2:4]] == [["(empty)", "1"], ["(none)", "1"]]


def test_values_of_the_data_steer_no_terminal_and_are_no_formula(shop: MiniShop, typed: Typed) -> None:
    with_metrics(shop).land_sales("2026-03-09", "=1+1,2026-03-01,1,1", "[red]\x1b[31mx,2026-03-01,1,1")
    shop.edit("metrics/lines.yaml", "description: Lines.", "description: '[red]Lines[/] \\x1b.'")
    shop.run()
    shown = typed("metric", "lines", "--by", "id").stdout
    assert "[red]" in shown
    assert "\x1b" not in shown
    assert "[red]Lines[/]" in typed("metrics", "lines").stdout
    assert typed("metric", "lines", "--by", "id", "-o", "lines.csv").returncode == 0
    assert "\n'=1+1,1," in (shop.root / "lines.csv").read_text(encoding="utf-8")
    assert typed("metric", "lines", "--where", "id = 'x' or exists (select 1)").returncode == 2


def test_metrics_are_listed_and_a_wrong_one_is_told(shop: MiniShop, typed: Typed) -> None:
    with_metrics(shop)
    done = typed("metrics", "each line")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 of 5 metrics")
    first = json.loads(typed("metrics", "--json").stdout)[0]
    assert (first["name"], first["synonyms"], first["dimensions"]) == ("lines", ["rows"], ["size", "id"])
    shop.edit("metrics/lines.yaml", "sum(qty)", "sum(quantity)")
    done = typed("metrics")
    assert (done.returncode, "metrics is defined wrongly" in done.stderr) == (2, True)
    assert "there is no column quantity" in typed("validate").stderr
    shop.edit("metrics/lines.yaml", "sum(quantity)", "max(size)")
    shop.edit(
        "metrics/lines.yaml",
        "additive: true\n    dimensions: [size]\n  - name: sizes",
        "additive: false\n  - name: sizes",
    )
    assert "gives a varchar, not a number (metric pieces)" in typed("validate").stderr
