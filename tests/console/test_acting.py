"""What a form asks for is what is meant, and all of it is said yes to."""

from __future__ import annotations

import pytest
from starlette.datastructures import QueryParams

from marketpulse.console.acting import ACTIONS, Wanted
from marketpulse.errors import UsageError
from marketpulse.silver.chosen import Chosen
from marketpulse.silver.quarantine import Filter


def test_a_form_says_which_rows_and_what() -> None:
    wanted = Wanted.of(
        QueryParams("action=discard&table=silver.sales&rule=type&source=&id=abcd&id=ef01&status=replayed")
    )
    assert (wanted.action, wanted.where) == ("discard", Filter("silver.sales", None, "type", "open", ("abcd", "ef01")))
    assert Wanted.of(QueryParams("action=reopen&run=r1")).where == Filter(status="discarded", run="r1")
    assert {Wanted.of(QueryParams(f"action={each}")).where.status for each in ACTIONS} == {"open", "discarded"}


@pytest.mark.parametrize("given", ["", "action=drop", "action=discard&chosen=yes"])
def test_what_cannot_be_done_is_refused(given: str) -> None:
    with pytest.raises(UsageError):
        Wanted.of(QueryParams(given))


def test_anything_else_is_shown_otherwise() -> None:
    forms = ("action=discard", "action=replay", "action=discard&table=a", "action=discard&source=a",
             "action=discard&rule=a", "action=discard&run=a", "action=discard&id=a", "action=discard&id=a&id=b",
             "action=fix&text=a", "action=fix&text=b")  # fmt: skip
    seen = (Chosen(1, 5), Chosen(2, 5), Chosen(2, 7))
    shown = [tuple(Wanted.of(QueryParams(each)).shown(rows)) for each in forms for rows in seen]
    assert len(set(shown)) == len(shown)
