"""Manifests and their lists are read as PyIceberg reads them, whatever their schema."""

from __future__ import annotations

from marketpulse.lake.avroread import read_entries, read_manifests
from tests.shop import MiniShop


def test_every_list_and_manifest_is_as_pyiceberg_reads_it(shop: MiniShop) -> None:
    for number, day in enumerate(("2026-01-01", "2026-01-02", "2026-01-01")):
        shop.land_sales(day, f"{number},{day},1,1", name=f"{number}.csv")
        shop.land(f"clicks/{number}.json", f'{{"id":"{number}","ts":"{day}T00:00:01Z"}}\n')
        assert shop.run().ok
    seen = 0
    with shop.open() as context:
        for name in context.lake.names():
            table = context.lake.find(name)
            assert table
            io = table.iceberg.io
            for snapshot in table.iceberg.snapshots():
                manifests = read_manifests(snapshot, io)
                whole = snapshot.manifests(io)
                assert [m._data for m in manifests] == [m._data for m in whole]
                for manifest in manifests:
                    entries = [(e._data[:4], e.data_file._data) for e in read_entries(manifest, io)]
                    assert entries == [(e._data[:4], e.data_file._data) for e in manifest.fetch_manifest_entry(io)]
                    seen += len(entries)
    assert seen > 20
