"""What Spark 3.5 answers: function -> pairs of an expression and its value. Checked against Spark itself.

A key that is no function is an operator or a construct. `from` clauses use steps, never real tables.
"""

from tests.sql.cases import aggregates, casts, dates, nested, numbers, operators, text, windows, zones

KINDS = (numbers, operators, casts, text, dates, zones, nested, aggregates, windows)
CASES: dict[str, list[tuple[str, object]]] = {name: cases for kind in KINDS for name, cases in kind.CASES.items()}
