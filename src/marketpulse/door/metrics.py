"""What the door counts, as Prometheus reads it. No label holds what a stranger wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from marketpulse.door.sink import State

_HELP = {
    "requests_total": "Requests by status of their answer.",
    "events_total": "Events by source and what became of them.",
}


class Metrics:
    """Counters of one door."""

    def __init__(self) -> None:
        self.requests: Counter[int] = Counter()
        self.events: Counter[tuple[str, str]] = Counter()
        self.open = 0

    def text(self, state: State, waiting: int) -> bytes:
        """All of it."""
        lines: list[str] = []
        _add(lines, "requests_total", "counter", [(f'status="{s}"', n) for s, n in sorted(self.requests.items())])
        events = [(f'source="{s}",became="{b}"', n) for (s, b), n in sorted(self.events.items())]
        _add(lines, "events_total", "counter", events)
        for name, kind, value in (
            ("flushes_total", "counter", state.flushes),
            ("flushed_bytes_total", "counter", state.size),
            ("segments_sealed_total", "counter", state.sealed),
            ("disk_failures_total", "counter", state.failures),
            ("feeds_unsealed", "gauge", len(state.unsealed)),
            ("waiting_bytes", "gauge", waiting),
            ("seconds_since_flush", "gauge", state.age),
        ):
            _add(lines, name, kind, [("", value)])
        return "".join(f"{line}\n" for line in lines).encode()


def _add(lines: list[str], name: str, kind: str, values: Sequence[tuple[str, float]]) -> None:
    whole = f"marketpulse_door_{name}"
    if name in _HELP:
        lines.append(f"# HELP {whole} {_HELP[name]}")
    lines.append(f"# TYPE {whole} {kind}")
    lines += [f"{whole}{{{labels}}} {value}" if labels else f"{whole} {value}" for labels, value in values]
