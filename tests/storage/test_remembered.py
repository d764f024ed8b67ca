"""What is remembered of files is bounded."""

from __future__ import annotations

from marketpulse.storage.remembered import Remembered


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
