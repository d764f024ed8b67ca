"""A feed says where its files land and how they are read; what cannot be is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.landing.formats.csv import Csv
from marketpulse.project.source import load_source

TEXT = "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\n"


def write(folder: Path, text: str, name: str = "sales.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    found = load_source(write(tmp_path, TEXT))
    assert (found.folder, found.table, found.pattern, found.required) == ("sales", "bronze.sales", "*", ())
    assert found.reader == Csv()
    assert (found.reader.delimiter, found.reader.encoding, found.reader.header, found.reader.nulls) == (
        ",",
        "utf-8",
        True,
        [""],
    )


def test_a_feed_may_land_under_another_name(tmp_path: Path) -> None:
    assert load_source(write(tmp_path, TEXT + "landing: tills/lines\n")).folder == "tills/lines"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT.replace("sales", "returns"), ":1: name is 'returns' (the file name says 'sales')"),
        (TEXT + "landing: ../elsewhere\n", ":5: landing '../elsewhere' leaves the landing zone"),
        (TEXT + "landing: /etc\n", "leaves the landing zone"),
        (TEXT + "csv: {header: false}\n", "a CSV without a header needs its column names"),
        (TEXT + "csv: {encoding: utf-9}\n", "unknown encoding 'utf-9'"),
        (TEXT + "csv: {delimiter: ';;'}\n", "csv.delimiter"),
        (TEXT.replace("format: csv", "format: abacus"), ":4: unknown format 'abacus' (known: avro, csv, "),
        (TEXT.replace("csv", "json") + "json: {records: 'a['}\n", "'a[' is no path: cannot be read from '[' on"),
        (TEXT.replace("csv", "json") + "json: {records: '[*]'}\n", "names no field (an array at the top needs no path"),
        (TEXT + "ndjson: {records: batch}\n", ":5: ndjson: the format of this feed is csv"),
        (TEXT + "csv: {delimiter: '€'}\n", "cannot part values"),
        (TEXT + "csv: {quote: ','}\n", "delimiter and quote are the same"),
        (TEXT + "csv: {encoding: zlib}\n", "unknown encoding 'zlib'"),
        (TEXT + "csv: {columns: [id]}\n", ":5: the files name their columns themselves (take it out, or say header"),
        (TEXT + "csv: {header: false, columns: [id, _error]}\n", "_error is a column of the platform (error can be"),
        (TEXT + "csv: {header: false, columns: [_Source_Row]}\n", "_Source_Row is a column of the platform"),
        (TEXT + "csv: {header: false, columns: [id, _ingest_id]}\n", "_ingest_id is a column of the platform"),
        (TEXT + "required: [_source_row]\n", "no column is called '_source_row'"),
        (TEXT.replace("csv", "ndjson") + "required: [id]\n", "it always gives raw, envelope"),
        (TEXT.replace("csv", "ndjson") + "optional: [id]\n", "a ndjson feed has no optional columns"),
        (TEXT + "required: [id]\noptional: [a, id]\n", ":6: id is required and optional (say one of them)"),
        (TEXT + "optional: [Unit Price]\n", "no column is called 'Unit Price'"),
        (TEXT + "csv: {skip: -1}\n", "csv.skip"),
        (TEXT + "csv: {escape: ','}\n", "delimiter and escape are the same"),
        (TEXT + "csv: {escape: '\"'}\n", "a quote inside of quotes is written twice anyway"),
        (TEXT + "csv: {names: {Preis: Price}}\n", ":5: no column can be called 'Price' (write price)"),
        (TEXT + "csv: {names: {a: x, b: x}}\n", "two columns are called x"),
        (TEXT + "csv: {header: false, columns: [a], names: {a: b}}\n", "files without a header have nothing to name"),
        (TEXT + "csv: {decimal: ';'}\n", "csv.decimal"),
        (TEXT + "csv: {date: DD.MM.YYYY}\n", ":5: 'DD.MM.YYYY' cannot be read: DD is no part of a date or time"),
        (TEXT + "csv: {timezone: Berlin}\n", "'Berlin' is not the name of a time zone"),
        (TEXT + "csv: {header: false, columns: [a], formats: {b: {decimal: ','}}}\n", "no column is called 'b'"),
        (TEXT + "csv: {header: false, columns: [a]}\noptional: [b]\n", "names b, which is no column of it"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_source(write(tmp_path, text))
    assert words in str(caught.value)


def test_the_name_of_the_ledger_is_taken(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="the platform's own table"):
        load_source(write(tmp_path, TEXT.replace("sales", "landed_files"), "landed_files.yaml"))
