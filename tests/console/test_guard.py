"""The console answers who has the token, by its name, and its own pages."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.console.house import HOST, TOKEN, client
from tests.shop import MiniShop

PLACES = ("/connect", "/nothing-here", "/static/console.css")
OURS = {"origin": f"http://{HOST}"}


@pytest.fixture
def stranger(sold: MiniShop) -> TestClient:
    return client(sold, known=False)


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer wrong"}, {"cookie": "marketpulse_console=wrong"}])
def test_without_the_token_nothing_is_told(stranger: TestClient, given: dict[str, str]) -> None:
    for place in ("/", "/nothing-here", "/theme", "/?token=wrong", "/?token="):
        answer = stranger.get(place, headers=given)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (401, None), place
        assert "the token" in answer.text
        assert TOKEN not in answer.text
    assert stranger.post("/theme", headers={**given, **OURS}, data={"theme": "dark"}).status_code == 401
    assert stranger.post(f"/theme?token={TOKEN}", headers={**given, **OURS}).status_code == 401


def test_the_printed_address_gives_a_cookie_that_no_script_reads_and_leads_on(stranger: TestClient) -> None:
    answer = stranger.get(f"/tables?q=a%26b&token={TOKEN}")
    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, "HttpOnly" in cookie, "SameSite=strict" in cookie) == (200, True, True)
    assert 'url=/tables?q=a%26b"' in answer.text
    assert TOKEN not in answer.text
    assert stranger.get("/connect").status_code == 200
    hostile = stranger.get("///evil.example/%22%3E%3Cscript%3E", params={"token": TOKEN})
    assert 'url=/evil.example/%22%3E%3Cscript%3E"' in hostile.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:8057", "localhost.evil.example:8056", ""])
def test_a_name_that_somebody_else_lets_point_here_is_refused(browser: TestClient, host: str) -> None:
    for place in PLACES:
        assert browser.get(place, headers={"host": host}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:3000", "null", "", None])
def test_what_changes_anything_comes_from_our_pages(browser: TestClient, origin: str | None) -> None:
    headers = {} if origin is None else {"origin": origin}
    assert browser.post("/theme", data={"theme": "dark"}, headers=headers).status_code == 403
    assert browser.request("DELETE", "/", headers=headers).status_code == 403


def test_other_pages_cannot_take_ours_in(browser: TestClient) -> None:
    for site in ("cross-site", "same-site"):
        for mode, dest in (("no-cors", "script"), ("cors", "empty"), ("navigate", "iframe")):
            foreign = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
            assert browser.get("/connect", headers=foreign).status_code == 403
        led_here = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        assert browser.get("/connect", headers=led_here).status_code == 200


def test_every_answer_allows_nothing_from_elsewhere_and_no_frame(browser: TestClient, stranger: TestClient) -> None:
    answers = [browser.get(place) for place in PLACES]
    answers += [stranger.get("/"), browser.get("/", headers={"host": "evil.example"}), browser.post("/theme")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answers[0].headers["cache-control"] == "no-store"


def test_whoever_only_asks_whether_it_is_there_is_answered_as_by_the_page(stranger: TestClient) -> None:
    for place, code in ((f"/?token={TOKEN}", 200), ("/?token=wrong", 401), ("/", 401)):
        assert (stranger.head(place).status_code, stranger.get(place).status_code) == (code, code)
        stranger.cookies.clear()
