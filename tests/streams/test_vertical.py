"""t"""

from tests.shop import MiniShop, result
from tests.streams.brokers import brokers


def test_x(shop: MiniShop, monkeypatch) -> None:
    with brokers(monkeypatch) as cluster:
        shop.edit(
            "sources/clicks.yaml",
            "owner: web\n",
            f"owner: web\nstream: {{kafka: {{topic: clicks, bootstrap: '{cluster.bootstrap}'}}}}\n",
        )
        cluster.send("clicks", *({"id": f"c{n}", "ts": f"2026-01-01T00:00:{n:02d}Z"} for n in range(9)), b"?", None)
        report = shop.run()
        print(report)
        for r in shop.rows("bronze.clicks", lineage=True):
            print(r)
        print(shop.rows("silver.clicks"))
        for r in shop.rows("silver.quarantine"):
            print(r)
        for r in shop.rows("bronze.landed_files"):
            print(r)
        with shop.open() as context:
            t = context.lake.find("bronze.clicks")
            print(t.state)
            print(t.snapshots())
        print(shop.run())
        assert 0
