"""What never changes is read once, within bounds; what the catalog names is asked of the catalog each time."""

from __future__ import annotations

from marketpulse.lake.remembered import Remembered
from tests.shop import MiniShop


def test_what_is_remembered_is_bounded_and_what_is_used_stays() -> None:
    memory: Remembered[tuple[int, ...]] = Remembered(most=10)
    read: list[str] = []

    def of(path: str) -> tuple[int, ...]:
        return memory.get(path, lambda: read.append(path) or ())  # type: ignore[func-returns-value]

    for number in range(100):
        of(f"m{number}")
        of("m0")
    read.clear()
    for path in ("m0", "m99", "m50"):
        of(path)
    assert read == ["m50"]
    assert memory.get("large", lambda: tuple(range(1_000))) == tuple(range(1_000))


def test_a_commit_of_another_process_is_seen_at_the_next_look(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    with shop.open() as one, shop.open() as other:
        before = one.lake.find("silver.sales")
        table = other.lake.find("silver.sales")
        assert before
        assert table
        other.lake.commit(table, [], [], {"marketpulse.test": "1"}, {})
        after = one.lake.find("silver.sales")
        assert after
        assert (before.state.get("marketpulse.test"), after.state["marketpulse.test"]) == (None, "1")
