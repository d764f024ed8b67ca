"""The mini shop with metrics: lines a day by their size, from a table with a row a line."""

from __future__ import annotations

from typing import Any

from marketpulse.metrics.question import Question
from marketpulse.serving.metrics import Answer, ask
from tests.shop import MiniShop, contract

METRICS = """\
metrics:
  - name: lines
    description: Lines.
    source: gold.fct_lines
    time: day
    expression: count(*)
    unit: count
    additive: true
    dimensions: [size, id]
    synonyms: [rows]
    alert: {below: 2, per: day}
    target: {value: 5, per: day}
  - name: pieces
    description: Pieces.
    source: gold.fct_lines
    time: day
    expression: sum(qty)
    unit: count
    additive: true
    dimensions: [size]
  - name: sizes
    description: Sizes that were sold.
    source: gold.fct_lines
    time: day
    expression: count(distinct size)
    unit: count
    additive: false
    dimensions: [size]
  - name: total
    description: Pieces ever.
    source: gold.mart_total
    expression: sum(qty)
    unit: count
    additive: true
  - name: pieces_per_line
    description: Pieces for each line.
    unit: number
    better: up
    ratio: {numerator: pieces, denominator: lines}
"""
COLUMNS = [("id", "string", "key"), ("day", "date", "bucket"), ("size", "string", ""), ("qty", "long", "required")]


def with_metrics(shop: MiniShop, text: str = METRICS) -> MiniShop:
    """The shop with the table of lines, and these metrics."""
    inputs = "{property: inputs, value: [{table: silver.sales, column: day}]}"
    shop.write("gold/fct_lines/contract.yaml", contract("gold.fct_lines", COLUMNS, inputs))
    model = "select id, day, case when qty > 5 then 'big' else 'small' end as size, qty from silver.sales\n"
    shop.write("gold/fct_lines/model.sql", model)
    shop.write("metrics/lines.yaml", text)
    return shop


def asked(shop: MiniShop, *metrics: str, **question: Any) -> Answer:
    """What the warehouse answers."""
    with shop.open() as context:
        return ask(context, Question.of({"metrics": metrics, **question}))


def values(answer: Answer) -> list[tuple[Any, ...]]:
    """Lines as (period, members…, values…), periods as text."""
    return [(str(line.period), *line.members, *line.values) for line in answer.lines]
