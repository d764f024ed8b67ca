"""Values and bars as people read them, and reports as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from marketpulse.authoring.trial import Row, TableTrial, Trial
from marketpulse.cells import shown
from marketpulse.cli.listings import maintain_report, quarantine_rows, show_headlines, status_report
from marketpulse.cli.render import bar, in_columns, records, table, to_json
from marketpulse.cli.reports import run_report
from marketpulse.cli.trials import trial_report
from marketpulse.run.report import FeedCounts, FeedReport, RunReport, TableReport
from marketpulse.run.rules import Told
from marketpulse.serving.headlines import Headline
from marketpulse.serving.status import TableStatus
from marketpulse.upkeep.maintain import Maintained


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (1234567, "1,234,567"),
        (-1234, "-1,234"),
        (0.000012345, "1.234e-05"),
        (12.34567, "12.35"),
        (1234.567, "1,235"),
        (Decimal("1234.5000"), "1,234.50"),
        (Decimal("0.1234"), "0.1234"),
        (Decimal("1E+3"), "1,000.00"),
        (Decimal(7), "7"),
        (date(2026, 3, 1), "2026-03-01"),
        ("[bold]x[/]", "[bold]x[/]"),
    ],
)
def test_a_value_is_written_as_people_write_it(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([Decimal("1.5000"), Decimal("1234.1250"), None], ["1.500", "1,234.125", ""]),
        ([Decimal("12.00"), Decimal("7.00")], ["12.00", "7.00"]),
        ([Decimal("0E-10"), Decimal("2.5000000000")], ["0.00", "2.50"]),
        ([Decimal(12), Decimal(1234)], ["12", "1,234"]),
        ([Decimal(12), Decimal("0.25")], ["12.00", "0.25"]),
        ([0.5, 12.3456, 1234.5], ["0.50", "12.35", "1,234.50"]),
        ([1234.5, 99999.9], ["1,234", "100,000"]),
        ([0.000012345, 1.0], ["1.234e-05", "1"]),
        ([float("nan"), 0.25], ["nan", "0.25"]),
        ([1, 1234], ["1", "1,234"]),
        (["a", None], ["a", ""]),
        ([], []),
    ],
)
def test_numbers_of_a_column_have_the_same_digits(values: list[Any], texts: list[str]) -> None:
    assert [row[0] for row in in_columns([[value] for value in values])] == texts


def test_a_warning_says_what_it_is_about_and_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    asked = "select * from gold.daily where not coalesce((name <> 'x'), true) limit 20"
    told = {"named": Told("it has no name", asked)}
    counts = FeedCounts("sales", warnings={"named": 1})
    run_report(RunReport("r", [], [TableReport("gold.daily", feeds=[counts], warnings={"named": 3}, told=told)]))
    out = " ".join(capsys.readouterr().out.split())
    assert "warning gold.daily: 3 rows break named: it has no name hint marketpulse query" in out
    assert f'"{asked}"' in out  # as a shell takes it
    assert "warning gold.daily from sales: 1 row breaks named: it has no name hint" in out


def test_what_people_must_know_stands_below_a_headline(capsys: pytest.CaptureFixture[str]) -> None:
    show_headlines([Headline("Day", ["revenue"], [(None,)], notes=["no rate from SEK"])])
    assert "note no rate from SEK" in capsys.readouterr().out


def test_a_bar_is_as_long_as_its_value() -> None:
    assert [bar(v, 8, width=2) for v in (8, 4, 5, 1, 0, -3)] == ["██", "█", "█▎", "▎", "", ""]
    assert bar(0, 0) == ""


@dataclass
class Report:
    when: datetime
    amount: Decimal
    place: Path
    rows: tuple[int, ...]
    reasons: dict[int, str]


def test_a_report_is_json_with_all_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    to_json([Report(datetime(2026, 3, 1, 12), Decimal("1.50"), Path("a/b"), (1, 2), {7: "ü"})])
    out = capsys.readouterr().out
    assert json.loads(out) == [
        {"when": "2026-03-01T12:00:00", "amount": "1.50", "place": "a/b", "rows": [1, 2], "reasons": {"7": "ü"}}
    ]
    assert "ü" in out


def test_a_rule_of_a_whole_table_is_broken_by_no_row(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"many": Told("few are sold", "select 1", of_table=True)}
    run_report(RunReport("r", [], [TableReport("gold.daily", warnings={"many": 1}, told=told)]))
    assert "warning gold.daily: many does not hold: few are sold" in " ".join(capsys.readouterr().out.split())


def test_a_query_that_nobody_reads_is_not_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    asked = f"select * from gold.daily where zone in ({', '.join(map(repr, range(600)))})"
    report = TableReport("gold.daily", warnings={"zoned": 3}, told={"zoned": Told("it has no zone", asked)})
    run_report(RunReport("r", [], [report]))
    found = capsys.readouterr().out
    assert "it has no zone" in found
    assert "this command tells it with --json" in " ".join(found.split())
    assert "599" not in found


def test_of_very_many_files_some_are_told_and_the_rest_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"sales/{number:04d}.csv" for number in range(1500)]
    blocked: list[dict[str, str | None]] = [{"file": name, "message": "no day", "hint": None} for name in names]
    report = RunReport("r", [FeedReport("sales", blocked=blocked)])
    run_report(report)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("blocked")]
    assert lines[0] == "blocked sales/0000.csv: no day"
    assert lines[-1] == f"blocked {1500 - len(lines) + 1:,} more files of sales"
    run_report(report, as_json=True)
    assert len(json.loads(capsys.readouterr().out)["feeds"][0]["blocked"]) == 1500


def test_a_folder_of_no_feed_may_be_that_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    run_report(RunReport("r", [FeedReport("sales"), FeedReport("clicks")], unread=["sale/", "lonely.csv"]))
    told = " ".join(capsys.readouterr().out.split())
    assert "no feed reads sale/, lonely.csv in the landing zone" in told
    assert "did you mean sales/? a feed says where it lands" in told


def test_whole_numbers_that_are_names_have_no_separators(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("order_id", "created_at", "year", "orders")
    table("", columns, [(1234567, 1767225600000, 2026, 1234567)], (0, 1, 2, 3))
    records(columns, [(1234567, 1767225600000, 2026, 1234567)])
    out = capsys.readouterr().out
    for text in ("1234567", "1767225600000", "2026", "1,234,567"):
        assert out.count(text) == 2


def test_a_title_is_as_wide_as_the_screen_and_no_line_ends_with_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    title = "Rows: read = accepted + deduplicated + quarantined + filtered"
    table(title, ("a", "long name"), [("x", "y"), ("", None)])
    records(("a", "b"), [("x", None)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == title
    assert [line for line in lines if line != line.rstrip()] == []


def test_where_one_feed_fills_two_tables_they_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    counts = [FeedCounts("orders", read=n, quarantined=1, reasons={f"bad {n}": 1}) for n in (3, 7)]
    tables = [TableReport(f"silver.t{c.read}", "built", "new data", feeds=[c]) for c in counts]
    run_report(RunReport("r", [], tables))
    out = capsys.readouterr().out
    assert all(any(f"silver.t{n}" in line and f"bad {n}" in line for line in out.splitlines()) for n in (3, 7))
    assert "orders" not in out, "80 columns are for numbers"
    twice = TableReport("silver.t3", "built", "new data", feeds=[counts[0], FeedCounts("returns", read=1)])
    run_report(RunReport("r", [], [twice, tables[1]]))
    assert "orders  silver.t3" in capsys.readouterr().out
    run_report(RunReport("r", [], tables[:1]))
    assert "orders  silver" not in capsys.readouterr().out


def test_no_cell_is_cut_however_narrow_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"gold.a_table_with_a_long_name_{n}" for n in range(2)]
    behind = [f"silver.of_{n}" for n in range(3)]
    tables = [TableStatus(n, 123_456_789, 4_000, 10**9, 365, datetime(2026, 1, 2, 3, 4), [], {}, behind) for n in names]
    done = [Maintained(name, 1_234, 1, 1_000, 1_000, 10**9, 12_345_678) for name in names]
    for show in (lambda: status_report(tables, False, False), lambda: maintain_report(done, False)):
        show()
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
        for name in names:
            assert name in out
    wide = [("x" * 50, 12_345, "y" * 70, 10**12)]
    table("", ("name", "rows", "text", "more"), wide, (1, 3))
    out = capsys.readouterr().out
    assert all(cell in out for cell in ("x" * 50, "12,345", "y" * 70, "1,000,000,000,000"))


def test_columns_of_a_document_are_called_as_sql_calls_them(capsys: pytest.CaptureFixture[str]) -> None:
    names = [(name, name) for name in ("record", "around", "place")]
    trial_report(Trial("web", "a.json", "json", names), as_json=True)
    assert [each["column"] for each in json.loads(capsys.readouterr().out)["columns"]] == ["raw", "envelope", "_item"]
    trial_report(Trial("web", "a.csv", "csv", names), as_json=True)
    assert [each["column"] for each in json.loads(capsys.readouterr().out)["columns"]] == ["record", "around", "place"]


def test_what_tells_tried_rows_apart_is_no_quantity(capsys: pytest.CaptureFixture[str]) -> None:
    row = Row("f", 1, None, "accepted", (), {"line": 1234567, "order_id": 7654321, "pieces": 12345})
    trial_report(
        Trial("web", "a.csv", "csv", tables=[TableTrial("silver.a", ("line",), 1, 1, rows=[row])]), as_json=False
    )
    assert "line 1234567, order_id 7654321, pieces 12,345" in capsys.readouterr().out


def test_the_item_of_a_record_that_was_rejected_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"quarantine_id": "ab", "status": "open", "attempts": 1, "table_name": "silver.a", "source_file": "a/b.csv"}
    row |= {"source_row": 4, "ingest_id": "x:4#3", "errors": "[]", "raw_record": "{}"}
    quarantine_rows([row, row | {"ingest_id": "x:4"}], as_json=False)
    out = capsys.readouterr().out
    assert "record 4, item 3\n" in out
    assert "record 4\n" in out
