"""What is kept beside a table is named by its properties, a kind a property, and read back from them."""

from __future__ import annotations

from marketpulse.silver.kept import Kept


def test_files_are_read_back_from_the_properties_that_name_them() -> None:
    kept = Kept(["a.parquet", "b.parquet"], [], ["c.parquet"])
    assert kept.state()["marketpulse.kept.gone"] == "a.parquet\nb.parquet"
    assert Kept.of(kept.state()) == kept
    assert Kept.of({}) == Kept()
    assert kept.files == ["a.parquet", "b.parquet", "c.parquet"]
