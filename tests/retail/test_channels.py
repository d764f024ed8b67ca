"""gold.fct_arrivals: where an event says that its visitor came from, by the pack's reference data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from marketpulse.project.project import Project, load_project
from tests.retail.lab import Row, build, packaged
from tests.retail.rows import click

REFERRERS = {
    "https://www.google.com/": "organic_search",
    "https://google.com:443/": "organic_search",
    "https://www.google.co.uk/search?q=tea": "organic_search",
    "https://www.google.com.br/": "organic_search",
    "https://GOOGLE.de./": "organic_search",
    "https://user:pw@www.google.com/": "organic_search",
    "//www.google.com/": "organic_search",
    "www.google.com": "organic_search",
    "android-app://com.google.android.googlequicksearchbox/": "organic_search",
    "https://www.bing.com/search?q=tea": "organic_search",
    "https://cn.bing.com/": "organic_search",
    "https://search.yahoo.com/": "organic_search",
    "https://de.search.yahoo.com/": "organic_search",
    "https://search.yahoo.co.jp/": "organic_search",
    "https://yandex.ru/": "organic_search",
    "https://yandex.com.tr/": "organic_search",
    "https://www.baidu.com/": "organic_search",
    "https://duckduckgo.com/": "organic_search",
    "https://www.ecosia.org/": "organic_search",
    "https://search.brave.com/": "organic_search",
    "https://www.startpage.com/": "organic_search",
    "https://search.naver.com/": "organic_search",
    "https://www.climbing.com/gear": "referral",
    "https://plumbing.example/": "referral",
    "https://notgoogle.shop/": "referral",
    "https://google.evil.example/": "referral",
    "https://www.google.com.evil.example/": "referral",
    "https://www.facebook.com.evil.example/": "referral",
    "https://www.google.com@evil.example/": "referral",
    "https://evil.example/?u=https://www.google.com/": "referral",
    "https://netflix.com.example/": "referral",
    "https://xn--bcher-kva.example/": "referral",
    "https://BÜCHER.example/": "referral",
    "https://docs.google.com/spreadsheets": "referral",
    "https://support.google.com/": "referral",
    "https://finance.yahoo.com/": "referral",
    "https://fax.com/": "referral",  # ends with x.com, is not below it
    "https://blog.example.org/tea": "referral",
    "android-app://com.slack/": "referral",
    "https://mail.google.com/": "email",
    "android-app://com.google.android.gm/": "email",
    "https://outlook.live.com/": "email",
    "https://mg.mail.yahoo.com/": "email",
    "https://deref-gmx.net/": "email",
    "https://x.com/": "social",
    "https://t.co/x": "social",
    "https://l.facebook.com/": "social",
    "https://lm.facebook.com/": "social",
    "https://m.facebook.com/": "social",
    "https://www.instagram.com/": "social",
    "https://www.youtube.com/": "social",
    "https://www.linkedin.com/": "social",
    "android-app://com.linkedin.android/": "social",
    "https://pinterest.de/": "social",
    "https://www.pinterest.co.uk/": "social",
    "https://out.reddit.com/": "social",
    "https://away.vk.com/": "social",
    "https://vimeo.com/1": "video",
    "https://www.amazon.de/": "organic_shopping",
    "https://www.idealo.de/": "organic_shopping",
    "https://chatgpt.com/": "ai_assistant",
    "https://www.perplexity.ai/": "ai_assistant",
    "https://gemini.google.com/": "ai_assistant",
    "https://copilot.microsoft.com/": "ai_assistant",
    "https://pay.google.com/": None,
    "https://accounts.google.com/": None,
    "https://login.microsoftonline.com/": None,
    "https://www.paypal.com/checkout": None,
    "https://checkout.stripe.com/": None,
    "https://pay.klarna.com/": None,
    "https://payments.amazon.co.uk/": None,
    "https://shop.example/cart": None,
    "https://www.shop.example/": None,
    "https://checkout.shop.example/": None,
    "https://SHOP.example:443/": None,
    "https://othershop.example/": "referral",
    "about:blank": None,
    "(direct)": None,
    "null": None,
    "": None,
    None: None,
}
#: utm_source and utm_medium, as the client or the address says them.
CAMPAIGNS = {
    ("google", "cpc"): "paid_search",
    ("Google", "CPC"): "paid_search",
    ("google", "ppc"): "paid_search",
    ("bing", "paid"): "paid_search",
    ("brandfinder", "paid_search"): "paid_search",
    ("google", "organic"): "organic_search",
    ("google", None): "organic_search",
    ("facebook", "cpc"): "paid_social",
    ("fb", "paid_social"): "paid_social",
    ("ig", "paid-social"): "paid_social",
    ("TikTok", "cpc"): "paid_social",
    ("facebook.com", "social"): "social",
    ("https://m.facebook.com/", None): "social",
    ("fb", None): "social",
    ("linkedin", "post"): "social",
    ("anybody", "social-media"): "social",
    ("youtube", "cpc"): "paid_video",
    ("idealo", "cpc"): "paid_shopping",
    ("idealo.de", None): "organic_shopping",
    ("criteo", "cpc"): "paid_other",
    (None, "ppc"): "paid_other",
    ("criteo", "retargeting"): "paid_other",
    ("criteo", "display"): "display",
    (None, "banner"): "display",
    ("newsletter", "email"): "email",
    ("nl", "e-mail"): "email",
    ("nl", "E-Mail"): "email",
    ("spring", "newsletter"): "email",
    ("email", None): "email",
    ("partner", "affiliate"): "affiliate",
    ("partner", "affiliates"): "affiliate",
    ("blog.example", "referral"): "referral",
    ("facebook.com", "referral"): "social",
    ("spotify", "audio"): "audio",
    ("shop", "sms"): "sms",
    ("shop", "web_push"): "push",
    ("chatgpt.com", None): "ai_assistant",
    ("newsletter", None): "campaign",
    ("flyer", "print"): "campaign",
    (None, "print"): "campaign",
    ("(direct)", "(none)"): None,
    (" ", " "): None,
}
ADDRESSES = {
    "?gclid=Cj0": "paid_search",
    "?color=red&gclid=Cj0&x=1": "paid_search",
    "#/lamps?gclid=Cj0": "paid_search",
    "?gbraid=1": "paid_search",
    "?wbraid=1": "paid_search",
    "?gad_source=1": "paid_search",
    "?msclkid=1": "paid_search",
    "?yclid=1": "paid_search",
    "?dclid=1": "display",
    "?ttclid=1": "paid_social",
    "?twclid=1": "paid_social",
    "?li_fat_id=1": "paid_social",
    "?ScCid=1": "paid_social",
    "?fbclid=IwAR1": "social",
    "?igshid=1": "social",
    "?epik=1": "social",
    "?srsltid=1": "organic_search",
    "?mc_cid=1": "email",
    "?awc=1": "affiliate",
    "?gclid=": None,
    "?gclid": None,
    "?notgclid=1": None,
    "?x=gclid=1": None,
    "?fbclid=1&gclid=2": "paid_search",
    "?utm_source=fb&utm_medium=cpc&fbclid=1": "paid_social",
    "?utm_source=nl&utm_medium=email&fbclid=1": "email",
    "?utm_source=google&utm_medium=organic&gclid=1": "paid_search",
    "?utm_source=newsletter&gclid=1": "paid_search",
    "?utm_source=google&utm_medium=cpc": "paid_search",
    "?utm_medium=cpc&utm_source=google#top": "paid_search",
    "#utm_source=google&utm_medium=cpc": "paid_search",
    "?utm_source=Google&utm_medium=CPC&utm_campaign=x%20y": "paid_search",
    "?utm_source=google&amp;utm_medium=cpc": "paid_search",
    "?utm_source=%66acebook&utm_medium=paid%2Dsocial": "paid_social",
    "?utm_source=nl&utm_medium=e+mail": "email",
    "?utm_source=100%&utm_medium=email": "email",
    "?utm_campaign=spring": "campaign",
    "?utm_source=&utm_medium=": None,
    "?next=%3Futm_source%3Dgoogle": None,
    "?q=utm_source": None,
    "": None,
}


def event(name: str, url: str = "https://shop.example/", **context: Any) -> Row:
    """A page with some context."""
    return click(name, "10:00:00", context_page_url=url, **{f"context_{key}": value for key, value in context.items()})


def arrived(rows: Iterable[Row], columns: str = "channel", project: Project | None = None) -> dict[str, Any]:
    """What each event says; nothing where it has no row."""
    found = build("gold.fct_arrivals", f"event_id, {columns}", {"silver.clicks": rows}, project)
    return {row[0]: row[1] if "," not in columns else row[1:] for row in found}


def test_a_referrer_is_known_by_its_whole_host() -> None:
    named = {f"{number:03}": referrer for number, referrer in enumerate(REFERRERS)}
    found = arrived(event(name, page_referrer=referrer) for name, referrer in named.items())
    assert {referrer: found.get(name) for name, referrer in named.items()} == REFERRERS


@pytest.mark.parametrize("placed", ["context", "address"])
def test_a_campaign_has_the_channel_of_its_source_and_medium(placed: str) -> None:
    named = {f"{number:03}": words for number, words in enumerate(CAMPAIGNS)}
    rows = []
    for name, (source, medium) in named.items():
        given = {"campaign_source": source, "campaign_medium": medium}
        tags = "&".join(f"{key.replace('campaign', 'utm')}={value}" for key, value in given.items() if value)
        extra = given if placed == "context" else {"url": f"https://shop.example/?{tags}"}
        # A campaign counts before the page it came from.
        search = None if CAMPAIGNS[source, medium] is None else "https://www.bing.com/"
        rows.append(event(name, page_referrer=search, **extra))
    found = arrived(rows)
    assert {words: found.get(name) for name, words in named.items()} == CAMPAIGNS


@pytest.mark.parametrize("placed", ["url", "search"])
def test_tags_and_click_ids_are_read_from_the_address_of_the_page(placed: str) -> None:
    named = {f"{number:03}": query for number, query in enumerate(ADDRESSES) if placed == "url" or "#" not in query}
    rows = [
        event(name, f"https://shop.example/a{query}") if placed == "url" else event(name, page_search=query)
        for name, query in named.items()
    ]
    found = arrived(rows)
    assert {query: found.get(name) for name, query in named.items()} == {
        query: ADDRESSES[query] for query in named.values()
    }


def test_the_address_completes_a_campaign_of_the_client_and_never_mixes_two() -> None:
    address = (
        "https://shop.example/?utm_source=google&utm_medium=cpc&utm_campaign=a%2Bb&utm_id=7&utm_term=tea&utm_content=c"
    )
    found = arrived(
        [
            event("alone", address),
            event("same", address, campaign_source="Google", campaign_name="given"),
            event("other", address, campaign_source="newsletter"),
        ],
        "campaign_source, campaign_medium, campaign_name, campaign_term, campaign_content, campaign_id",
    )
    assert found == {
        "alone": ("google", "cpc", "a+b", "tea", "c", "7"),
        "same": ("Google", "cpc", "given", "tea", "c", "7"),
        "other": ("newsletter", None, None, None, None, None),
    }


def test_who_sent_the_visitor_and_by_which_click_is_kept() -> None:
    found = arrived(
        [
            event("click", "https://shop.example/?gclid=1", page_referrer="https://www.google.com/"),
            event("tags", campaign_source="Brand", campaign_medium="cpc"),
            event("search", page_referrer="https://www.google.de/"),
            event("blog", page_referrer="https://www.blog.example/"),
            event("bank", page_referrer="https://www.paypal.com/"),
        ],
        "kind, source, click_id_type, referrer_host, is_payment_return",
    )
    assert found == {
        "click": ("campaign", "google", "gclid", "google.com", False),
        "tags": ("campaign", "brand", None, None, False),
        "search": ("referrer", "google", None, "google.de", False),
        "blog": ("referrer", "blog.example", None, "blog.example", False),
        "bank": (None, None, None, "paypal.com", True),
    }


@pytest.mark.parametrize(
    ("page", "referrer", "channel"),
    [
        ("https://www.shop.co.uk/", "https://pay.shop.co.uk/", None),
        ("https://www.shop.co.uk/", "https://www.other.co.uk/", "referral"),
        ("https://tea.myshopify.com/", "https://coffee.myshopify.com/", "referral"),
        ("https://tea.myshopify.com/", "https://tea.myshopify.com/cart", None),
        ("http://localhost:8080/", "http://localhost:3000/", None),
        (None, "https://www.google.com/", "organic_search"),
    ],
)
def test_a_shop_is_its_domain_and_what_is_below_it(page: str, referrer: str, channel: str | None) -> None:
    assert arrived([event("a", page, page_referrer=referrer)]).get("a") == channel


def test_settings_add_hosts_of_the_shop_and_payment_services(tmp_path: Path) -> None:
    settings = "settings: {own_hosts: 'www.shop.de, tea.example', payment_hosts: mybank.example}\n"
    (tmp_path / "project.yaml").write_text(f"name: own\nextends: retail\n{settings}")
    hosts = ("shop.de", "my.shop.de", "myshop.de", "www.tea.example", "3ds.mybank.example")
    rows = [event(host, page_referrer=f"https://{host}/") for host in hosts]
    found = arrived(rows, "channel, is_payment_return", load_project(tmp_path))
    assert found == {"myshop.de": ("referral", False), "3ds.mybank.example": (None, True)}


def test_the_reference_data_is_written_as_it_is_compared() -> None:
    data = {name.removeprefix("reference."): found for name, found in packaged().references.items()}
    for name in ("hosts", "sources", "mediums", "click_ids", "bots", "shared_domains"):
        keys = [row[0] or "" for row in data[name].rows]
        assert [key for key in keys if key != key.lower() or key.startswith("www.")] == []
    kinds = {kind for _, _, kind, _ in data["hosts"].rows} | {kind for _, kind in data["sources"].rows}
    known = {source for _, source, _ in data["channels"].rows}
    assert kinds - known == {"payment", "sign_in", "other", "none"}
    meanings = {kind for _, _, kind in data["mediums"].rows} | {row[4] for row in data["click_ids"].rows}
    assert meanings - {medium for medium, _, _ in data["channels"].rows} == {"none"}
