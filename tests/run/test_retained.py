"""What a process retains is handed out once: what a step that failed had taken is gone."""

from __future__ import annotations

from marketpulse.run.retained import Retained


def test_who_takes_a_thing_has_it_alone() -> None:
    retained = Retained()
    assert retained.whole  # whoever has looked at nothing looks at everything
    retained.put("clicks", [1])
    retained.put("clicks", {2})
    assert retained.take(list, "sales") is None
    assert (retained.take(list, "clicks"), retained.take(list, "clicks")) == ([1], None)
    assert retained.take(set, "clicks") == {2}
