"""Bad files, landed together and run once: what became of each."""

from __future__ import annotations

import json
from pathlib import Path

from marketpulse.run.report import RunReport
from tests.landed import HEADER
from tests.shop import MiniShop, result


def lines(record: str, values: list[str]) -> bytes:
    """A sales file with one line a value."""
    return HEADER + "".join(record.format(value) + "\n" for value in values).encode()


class Corpus:
    """A mini shop over a set of bad files; a test looks at one of them."""

    def __init__(self, root: Path, files: dict[str, bytes], **settings: object) -> None:
        self.shop = MiniShop(root)
        self.files = tuple(files)
        for table in ("sales", "clicks"):
            path = f"silver/{table}/contract.yaml"
            self.shop.edit(
                path, "customProperties:\n", "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n"
            )
        for name, data in files.items():
            self.shop.land(name, data)
        self.report: RunReport = self.shop.run(**settings)
        self._silver = [row for t in ("sales", "clicks") for row in self._lineage(f"silver.{t}")]
        self._bronze = [row for t in ("sales", "clicks") for row in self._lineage(f"bronze.{t}")]
        self._quarantine = [dict(zip(self._columns(), row, strict=True)) for row in self.shop.rows("silver.quarantine")]

    def _columns(self) -> list[str]:
        return list(self.shop.project().table("silver.quarantine").contract.types)

    def _lineage(self, name: str) -> list[tuple[str, int, str, str]]:
        with self.shop.open() as context:
            table = context.lake.find(name)
            if table is None:
                return []
            back = context.engine.bind("back", table.types, [file.path for file in table.files()])
            first = next(iter(table.types))
            return context.engine.rows(
                f'select _source_file, _source_row, "{first}", _ingest_id from {back} order by all'
            )

    def accepted(self, file: str) -> list[str]:
        """First column of the silver rows that came from `file`, in its order."""
        return [key for name, _, key, _ in self._silver if name == file]

    def assert_conserved(self, table: str) -> None:
        """Every record of every file that was landed is in the table or in quarantine, once, under an id of its own."""
        counts = result(self.report, table).feeds[0]
        assert counts.conserved
        assert counts.read == sum(self.records(name) for name in self.files)
        ids = [ingest_id for *_, ingest_id in self._bronze]
        assert len(set(ids)) == len(ids)
        for name in self.files:
            assert self.records(name) == len(self.accepted(name)) + len(self.rejected(name)), name

    def records(self, file: str) -> int:
        """Bronze rows of `file`: every record, good or bad."""
        return sum(name == file for name, *_ in self._bronze)

    def rejected(self, file: str) -> list[tuple[int, str]]:
        """(record number, reasons) of the quarantined rows of `file`."""
        found = [row for row in self._quarantine if row["source_file"] == file]
        return sorted((row["source_row"], "; ".join(e["message"] for e in json.loads(row["errors"]))) for row in found)

    def raw(self, file: str, number: int) -> str:
        """What quarantine kept of a record."""
        return next(r["raw_record"] for r in self._quarantine if (r["source_file"], r["source_row"]) == (file, number))

    def blocked(self, file: str) -> str | None:
        """Why a whole file was left where it is."""
        return next((b["message"] for f in self.report.feeds for b in f.blocked if b["file"] == file), None)
