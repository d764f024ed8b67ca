"""Handles of views: no name is given twice, and what a scope made goes at its end, the newest first."""

from __future__ import annotations

import pytest

from marketpulse.engines.views import View, Views


def test_no_name_is_given_twice() -> None:
    views = Views()
    assert len({views.new("rows").name for _ in range(100)}) == 100


def test_a_scope_gives_up_what_was_made_inside_and_nothing_else() -> None:
    views = Views()
    gone: list[View] = []
    views.new("outside")
    with views.scope(gone.append):
        first = views.new("first")
        with views.scope(gone.append):
            inner = views.new("inner")
        last = views.new("last")
    views.new("after")
    assert gone == [inner, last, first]


def test_what_a_scope_made_goes_when_it_fails_too() -> None:
    views = Views()
    gone: list[View] = []

    def failing() -> None:
        with views.scope(gone.append):
            views.new("lost")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing()
    assert [view.name.split("_", 1)[1] for view in gone] == ["lost"]
