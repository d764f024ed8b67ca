"""Records of a file are numbered without gaps, whatever stands between: so one that is gone from bronze is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marketpulse.landing.format import Format
from marketpulse.landing.formats import format_called
from tests.landing.reading import read


def form(name: str, **options: Any) -> Format:
    return format_called(name)(**options)


def numbers(found: Format, data: bytes) -> list[int]:
    read_of_it = read(found, data)
    return sorted([*read_of_it.rows, *read_of_it.bad])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "\n\nid,v\n\n1,x\n\n\n2,x\n\n3,x\n\n4,y\n\n"),
        ({}, 'id,v\n\n1,x\n\n2,"x\n\ny"\n\n3,a,b,c\n\n4,y\n'),
        ({}, "id,v\r\n1,x\r\nid,v\r\n\r\n3,x\r\n4,y"),
        ({"skip": 2, "footer": 1}, "Report\n\nid,v\n1,x\n\n2,x\n3,x\n\n4,y\n\nTotal\n"),
        ({"header": False, "columns": ["id", "v"]}, "\n1,x\n\n2,x\n3,x\n\n\n4,y\n"),
    ],
)
def test_records_of_csv_have_no_gaps(options: dict[str, Any], text: str) -> None:
    assert numbers(form("csv", **options), text.encode()) == [1, 2, 3, 4]


def test_records_of_parquet_have_no_gaps_with_and_without_lists(tmp_path: Path) -> None:
    columns = {"id": ["1", "2", "3", "4"], "items": [["a", "b"], [], None, ["c"]]}
    pq.write_table(pa.table(columns), tmp_path / "p", compression="none", use_dictionary=False)
    data = (tmp_path / "p").read_bytes()
    assert numbers(form("parquet"), data) == [1, 2, 3, 4]
    assert numbers(form("parquet", records="items"), data) == [1, 2, 3, 4, 5]


def test_records_of_avro_have_no_gaps(tmp_path: Path) -> None:
    schema = {"type": "record", "name": "r", "fields": [{"name": "id", "type": "string"}]}
    with (tmp_path / "a").open("wb") as file:
        fastavro.writer(file, schema, [{"id": str(n)} for n in range(4)], sync_interval=1)
    assert numbers(form("avro"), (tmp_path / "a").read_bytes()) == [1, 2, 3, 4]
