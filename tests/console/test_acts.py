"""From the page Quarantine rows are tried again, corrected, closed, opened: as was shown before, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from marketpulse.errors import StorageError
from marketpulse.people import audit
from marketpulse.run.opening import reading
from marketpulse.silver import replay as replaying
from marketpulse.silver.quarantine import Filter, discard
from tests.console.house import HOST, HOSTILE, Page, acting
from tests.kept import Kept
from tests.shop import MiniShop

OURS = {"origin": f"http://{HOST}"}
DAY = "2026-01-01"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    def build(shop: MiniShop) -> None:
        rows = [f"{number},{DAY},1,1" for number in range(18)]
        shop.land_sales(DAY, *rows, f"a,{DAY},0,1", f"b,{DAY},0,1", f"c,{DAY},=many,1")
        assert shop.run().ok

    return Kept(tmp_path_factory.mktemp("acts"), build)


@pytest.fixture
def dirty(kept: Kept) -> MiniShop:
    """A shop with three rejected rows: two of a rule, one of a type."""
    return kept.again()


@pytest.fixture
def operator(dirty: MiniShop) -> Iterator[TestClient]:
    yield from _browser(dirty, "operator")


@pytest.fixture
def steward(dirty: MiniShop) -> Iterator[TestClient]:
    yield from _browser(dirty, "steward")


def _browser(shop: MiniShop, role: str) -> Iterator[TestClient]:
    found = acting(shop, role)
    with closing(found.app._app.state.desk):
        yield found


def asked(browser: TestClient, action: str, **given: object) -> Page:
    """The page that says what would be done."""
    answer = browser.post("/quarantine/ask", headers=OURS, data={"action": action, **given})
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def form_of(page: Page) -> dict[str, object]:
    """What the form of such a page sends."""
    at = next(n for n, (_, found) in enumerate(page.tags) if found.get("action") == "/quarantine/act")
    given: dict[str, object] = {}
    for tag, found in page.tags[at:]:
        if tag in ("input", "button") and found.get("name"):
            given[str(found["name"])] = found["value"]
        if tag == "textarea":
            given["text"] = page.texts[-1]
    return given


def statuses(shop: MiniShop) -> list[tuple[str, str]]:
    return sorted((str(row[7]), str(row[13])) for row in shop.rows("silver.quarantine"))


def trail(shop: MiniShop) -> list[tuple[str, object]]:
    with reading(shop.settings) as context:
        return [(entry.action, entry.what["rows"]) for entry in audit.trail(context)]


def test_rows_are_discarded_once_after_their_number_was_said_and_opened_again(
    dirty: MiniShop, operator: TestClient
) -> None:
    page = asked(operator, "discard", rule="qty_not_zero")
    assert {"Discard 2 rows?", "Discard 2 rows"} <= set(page.words)
    assert {status for _, status in statuses(dirty)} == {"open"}
    form = form_of(page)
    answers = [operator.post("/quarantine/act", headers=OURS, data=form) for _ in range(2)]
    assert {(each.status_code, each.headers["location"]) for each in answers} == {(303, answers[0].headers["location"])}
    assert statuses(dirty) == [("a", "discarded"), ("b", "discarded"), ("c", "open")]
    done = Page(operator.get(answers[0].headers["location"]).text)
    assert "2 rows discarded" in done.words
    assert "1 row open" in Page(operator.get("/quarantine").text).words  # at once, and not a minute later
    undo = asked(operator, "reopen", run=next(f["value"] for _, f in done.tags if f.get("name") == "run"))
    operator.post("/quarantine/act", headers=OURS, data=form_of(undo))
    assert {status for _, status in statuses(dirty)} == {"open"}
    assert trail(dirty) == [("discard", {"silver.quarantine": 2}), ("reopen", {"silver.quarantine": 2})]


def test_a_replay_is_shown_before_it_is_done_with_the_project_as_it_is_now(
    dirty: MiniShop, operator: TestClient
) -> None:
    operator.get("/quarantine")
    dirty.edit("silver/sales/contract.yaml", "qty <> 0", "qty >= 0")
    page = asked(operator, "replay")
    words = page.words
    at = words.index("silver.sales")
    assert [word for word in words[at + 1 :] if word][:3] == ["3", "2", "1"]
    assert (statuses(dirty), trail(dirty)) == ([("a", "open"), ("b", "open"), ("c", "open")], [])
    answer = operator.post("/quarantine/act", headers=OURS, data=form_of(page))
    assert "2 rows passed" in Page(operator.get(answer.headers["location"]).text).words
    assert statuses(dirty) == [("a", "replayed"), ("b", "replayed"), ("c", "open")]
    assert trail(dirty) == [("replay", {"silver.sales": 2})]


def test_chosen_rows_are_meant_and_none_chosen_is_not_all(dirty: MiniShop, operator: TestClient) -> None:
    ids = {str(row[7]): str(row[0]) for row in dirty.rows("silver.quarantine")}
    page = asked(operator, "discard", chosen="yes", id=[ids["a"], ids["c"]])
    assert "Discard 2 rows?" in page.words
    none = operator.post("/quarantine/ask", headers=OURS, data={"action": "discard", "chosen": "yes"})
    assert (none.status_code, "no row is chosen" in none.text) == (400, True)


def test_what_is_no_longer_as_it_was_shown_is_not_done(dirty: MiniShop, operator: TestClient) -> None:
    form = form_of(asked(operator, "discard"))
    dirty.land_sales("2026-01-02", *[f"x{n},2026-01-02,1,1" for n in range(9)], "d,2026-01-02,0,1")
    dirty.run()
    answer = operator.post("/quarantine/act", headers=OURS, data=form)
    assert (answer.status_code, "these are 4 rows by now, and not 3" in answer.text) == (400, True)
    assert {status for _, status in statuses(dirty)} == {"open"}


@pytest.mark.parametrize(
    "changed",
    [{"rule": "type"}, {"seen": "2-1"}, {"seen": "x"}, {"word": "0" * 32}, {"seal": ""}, {"seal": "é"},
     {"action": "replay"}, {"action": HOSTILE}, {"table": HOSTILE}, {"text": "a"}],
)  # fmt: skip
def test_only_what_a_page_has_shown_is_done(dirty: MiniShop, operator: TestClient, changed: dict[str, str]) -> None:
    form = form_of(asked(operator, "discard"))
    answer = operator.post("/quarantine/act", headers=OURS, data=form | changed)
    assert (answer.status_code, Page(answer.text).dangers) == (400, [])
    assert ({status for _, status in statuses(dirty)}, trail(dirty)) == ({"open"}, [])


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://127.0.0.1:3000"}, OURS | {"sec-fetch-site": "same-site"},
     OURS | {"sec-fetch-site": "cross-site"}, OURS | {"sec-fetch-site": "none"}],
)  # fmt: skip
def test_a_foreign_page_changes_nothing(dirty: MiniShop, operator: TestClient, headers: dict[str, str]) -> None:
    form = form_of(asked(operator, "discard"))
    for place in ("/quarantine/ask", "/quarantine/act"):
        assert operator.post(place, headers=headers, data=form).status_code == 403
        assert operator.get(place, params=form).status_code in (404, 405)
        assert operator.post(place, headers=OURS | {"authorization": "Bearer no"}, data=form).status_code == 401
    assert ({status for _, status in statuses(dirty)}, trail(dirty)) == ({"open"}, [])


def test_an_analyst_is_told_who_may_and_changes_nothing(dirty: MiniShop) -> None:
    for browser in _browser(dirty, "analyst"):
        page = Page(browser.get("/quarantine").text)
        assert [found for tag, found in page.tags if tag == "form" and "quarantine" in str(found.get("action"))] == []
        for place in ("/quarantine/ask", "/quarantine/act"):
            answer = browser.post(place, headers=OURS, data={"action": "discard", "seen": "3-1"})
            assert (answer.status_code, "--role operator" in answer.text) == (403, True)
    assert {status for _, status in statuses(dirty)} == {"open"}


def test_a_steward_corrects_rows_and_they_come_in(dirty: MiniShop, steward: TestClient) -> None:
    text = asked(steward, "fix", rule="type").texts[-1]
    assert "'=many" in text
    page = asked(steward, "fix", rule="type", text=text.replace("'=many", "7").replace("\n", "\r\n"))
    assert "Land 1 row corrected?" in page.words
    assert not list(dirty.landing.rglob("*.fixed-*"))
    answer = steward.post("/quarantine/act", headers=OURS, data=form_of(page))
    assert "1 row closed, their corrections landed" in Page(steward.get(answer.headers["location"]).text).words
    dirty.run()
    assert ("c", 7) in {(row[0], row[2]) for row in dirty.rows("silver.sales")}
    assert trail(dirty) == [("fix", {"silver.quarantine": 1})]


def test_an_operator_lands_what_a_steward_wrote_out_and_sees_no_record(dirty: MiniShop, operator: TestClient) -> None:
    page = asked(operator, "fix")
    assert ([text.strip() for text in page.texts], any("for stewards" in word for word in page.words)) == ([""], True)
    wrong = operator.post("/quarantine/ask", headers=OURS, data={"action": "fix", "text": f"a,b\n{HOSTILE},1"})
    assert (wrong.status_code, "no column _quarantine_id" in wrong.text, Page(wrong.text).dangers) == (400, True, [])


def test_while_a_run_holds_the_table_the_page_says_so_and_it_can_be_said_again(
    dirty: MiniShop, operator: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketpulse.console.acting._PATIENCE", 0)
    form = form_of(asked(operator, "discard"))
    with dirty.open() as context, context.lock("silver.quarantine"):
        answer = operator.post("/quarantine/act", headers=OURS, data=form)
    assert (answer.status_code, "once more when that is over" in answer.text) == (400, True)
    assert operator.post("/quarantine/act", headers=OURS, data=form).status_code == 303
    assert {status for _, status in statuses(dirty)} == {"discarded"}


def test_what_landed_is_shown_and_does_nothing(dirty: MiniShop, steward: TestClient) -> None:
    name = HOSTILE.replace('"', "")
    dirty.land_sales("2026-01-02", *[f"y{n},2026-01-02,1,1" for n in range(9)], f'"{name}",2026-01-02,0,1')
    dirty.run()
    steward.app._app.state.desk.renew()
    pages = [Page(steward.get("/quarantine").text)]
    pages += [asked(steward, action) for action in ("discard", "replay", "fix")]
    assert [page.dangers for page in pages] == [[], [], [], []]
    assert any("<script>alert(1)</script>" in word for word in pages[0].words)
    assert name in pages[3].texts[0]  # as it is, since it lands again


@pytest.mark.parametrize("seen", ["9" * 5_000, "2-" + "9" * 5_000, "-1", "2", "\u00b2-\u00b2", "2-1\n", "", "2-1"])
def test_rows_that_were_never_shown_are_refused(dirty: MiniShop, operator: TestClient, seen: str) -> None:
    form = form_of(asked(operator, "discard", rule="qty_not_zero")) | {"seen": seen}
    assert operator.post("/quarantine/act", headers=OURS, data=form).status_code == 400
    assert {status for _, status in statuses(dirty)} == {"open"}


def test_a_row_in_the_place_of_another_is_not_discarded(dirty: MiniShop, operator: TestClient) -> None:
    form = form_of(asked(operator, "discard", rule="qty_not_zero"))
    gone = next(str(row[0]) for row in dirty.rows("silver.quarantine") if row[7] == "a")
    dirty.land_sales("2026-01-02", *[f"x{n},2026-01-02,1,1" for n in range(9)], "d,2026-01-02,0,1")
    dirty.run()
    with dirty.open() as context:
        discard(context, Filter(ids=(gone,)))
    answer = operator.post("/quarantine/act", headers=OURS, data=form)
    assert (answer.status_code, "as many rows, 2, but not all the same ones by now" in answer.text) == (400, True)
    assert [status for _, status in statuses(dirty)].count("discarded") == 1


def test_a_project_that_has_changed_since_is_looked_at_again_before_a_replay(
    dirty: MiniShop, operator: TestClient
) -> None:
    form = form_of(asked(operator, "replay"))
    assert operator.post("/quarantine/act", headers=OURS, data=form | {"project": ""}).status_code == 400
    dirty.edit("silver/sales/contract.yaml", "qty <> 0", "qty >= 0")
    answer = operator.post("/quarantine/act", headers=OURS, data=form)
    assert (answer.status_code, "the project has changed since this was shown" in answer.text) == (400, True)
    assert ({status for _, status in statuses(dirty)}, trail(dirty)) == ({"open"}, [])
    assert operator.post("/quarantine/act", headers=OURS, data=form_of(asked(operator, "replay"))).status_code == 303


@pytest.mark.parametrize("action", ["discard", "fix"])
def test_what_cannot_be_written_down_is_not_done_and_can_be_said_again(
    dirty: MiniShop, steward: TestClient, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    given = {"text": asked(steward, "fix", rule="type").texts[-1].replace("'=many", "7")} if action == "fix" else {}
    form = form_of(asked(steward, action, rule="type", **given))

    def full(*_: object) -> None:
        raise StorageError("cannot write: No space left on device", hint="free some disk space")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "write_whole", full)
        answer = steward.post("/quarantine/act", headers=OURS, data=form)
    assert (answer.status_code, "No space left on device" in answer.text) == (500, True)
    assert ({status for _, status in statuses(dirty)}, trail(dirty)) == ({"open"}, [])
    assert not list(dirty.landing.rglob("*.fixed-*"))
    assert steward.post("/quarantine/act", headers=OURS, data=form).status_code == 303
    assert ("c", "discarded") in statuses(dirty)


def test_two_tabs_that_correct_one_row_land_one_correction(dirty: MiniShop, steward: TestClient) -> None:
    text = asked(steward, "fix", rule="type").texts[-1]
    forms = [form_of(asked(steward, "fix", rule="type", text=text.replace("'=many", each))) for each in ("7", "8")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda form: steward.post("/quarantine/act", headers=OURS, data=form), forms))
    assert sorted(answer.status_code for answer in answers) == [303, 400]
    assert any("are not open in quarantine" in answer.text for answer in answers)
    assert len(list(dirty.landing.rglob("*.fixed-*"))) == 1


def test_what_somebody_closes_while_a_replay_is_at_work_stays_closed(
    dirty: MiniShop, operator: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(asked(operator, "replay"))

    def meanwhile(*given: object) -> object:
        with dirty.open() as context:
            discard(context, Filter(rule="type"))
        return merge(*given)

    merge = replaying.publish
    monkeypatch.setattr(replaying, "publish", meanwhile)
    assert operator.post("/quarantine/act", headers=OURS, data=form).status_code == 303
    assert statuses(dirty) == [("a", "open"), ("b", "open"), ("c", "discarded")]


def test_a_warehouse_that_went_meanwhile_is_not_begun_anew(dirty: MiniShop, operator: TestClient) -> None:
    form, there = form_of(asked(operator, "discard")), dirty.settings.local
    there.rename(there.with_name("away"))
    answer = operator.post("/quarantine/act", headers=OURS, data=form)
    assert (answer.status_code, "there is no warehouse" in answer.text, there.exists()) == (400, True, False)
    there.with_name("away").rename(there)
    assert operator.post("/quarantine/act", headers=OURS, data=form).status_code == 303
    assert {status for _, status in statuses(dirty)} == {"discarded"}
