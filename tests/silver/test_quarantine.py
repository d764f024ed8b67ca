"""Rejected rows as people see them: found by what is asked for, discarded for good."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.silver import quarantine
from marketpulse.silver.quarantine import Filter
from tests.shop import MiniShop
from tests.silver.rejected import retry, statuses


def test_a_discarded_row_stays_discarded(dirty: MiniShop) -> None:
    with dirty.open() as context:
        assert quarantine.discard(context, Filter(rule="type")) == 3
    assert [done.tried for done in retry(dirty)] == [1]
    dirty.run(full_refresh=True)
    assert sorted(status for _, status, _ in statuses(dirty)) == ["discarded"] * 3 + ["open"]


@pytest.mark.engines
def test_tricks_in_filters_are_values(dirty: MiniShop) -> None:
    with dirty.open() as context:
        for trick in ("' or 1=1 --", "'; drop table x", '"', "%", "\\"):
            with pytest.raises(UsageError, match="there is no rule"):
                quarantine.count(context, Filter(rule=trick))
            with pytest.raises(UsageError, match="there is no table"):
                quarantine.count(context, Filter(table=trick))
            with pytest.raises(UsageError, match="no quarantine id"):
                quarantine.count(context, Filter(ids=(trick,)))


@pytest.mark.parametrize("wrong", ["", " ", "a", "abc", "%", "zzzz", "g" * 32, "a" * 33])
def test_what_is_no_id_closes_nothing(dirty: MiniShop, wrong: str) -> None:
    with dirty.open() as context, pytest.raises(UsageError, match="no quarantine id"):
        quarantine.discard(context, Filter(ids=(wrong,)))
    assert [status for _, status, _ in statuses(dirty)] == ["open"] * 4


def test_what_was_discarded_by_mistake_is_opened_again(dirty: MiniShop) -> None:
    with dirty.open() as context:
        with pytest.raises(UsageError, match="these are 3 rows by now, and not 4"):
            quarantine.discard(context, Filter(rule="type"), quarantine.choose(context, Filter()))
        quarantine.discard(context, Filter(rule="type"), quarantine.choose(context, Filter(rule="type")))
        assert quarantine.reopen(context, Filter(rule="type")) == 3
        assert quarantine.reopen(context, Filter(rule="type")) == 0
    assert [status for _, status, _ in statuses(dirty)] == ["open"] * 4
