"""gold.fct_sessions: which visits are robots'."""

from __future__ import annotations

from tests.retail.lab import sessions
from tests.retail.rows import click

PEOPLE = [
    "Mozilla/5.0 (Linux; Android 10; CUBOT_X30 Build/QP1A) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 9; CUBOT KING KONG 3) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 [FBAN/FBIOS;FBAV/470.0;FBBV/1]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Instagram 340.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 [Pinterest/iOS]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) GSA/320.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; KFTRWI) AppleWebKit/537.36 Silk/120.4 like Chrome/120.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-G991B) Chrome/122.0 YaBrowser/24.4 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12; Redmi Note 11) SamsungBrowser/24.0 Chrome/117.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 OPR/115.0",
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 coc_coc_browser/120.0 Chrome/114.0 Safari/537.36",
    "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A)",
    "okhttp/4.12.0",
    "ShopApp/5.2 CFNetwork/1490 Darwin/23.1.0",
]
ROBOTS = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "bot",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0)": "ahrefsbot",
    "Mozilla/5.0 (compatible; bingbot/2.0)": "bingbot",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)": "baiduspider",
    "Mozilla/5.0 (compatible; SomethingNewCrawler/0.1)": "somethingnewcrawler",
    "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider)": "bytespider",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36": "headlesschrome",
    "Mozilla/5.0 (Linux; Android 11) Chrome/119.0 Mobile Safari/537.36 Chrome-Lighthouse": "chrome lighthouse",
    "python-requests/2.32.3": "python requests",
    "Python/3.11 aiohttp/3.9.5": "aiohttp",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": "facebookexternalhit",
    "meta-externalagent/1.1": "meta externalagent",
    "curl/8.5.0": "curl",
    "Wget/1.21.4": "wget",
    "Go-http-client/2.0": "go http client",
    "Scrapy/2.11 (+https://scrapy.org)": "scrapy",
    "axios/1.7.2": "axios",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0)": "chatgpt user",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)": "slurp",
    "Apache-HttpClient/4.5 (Java/17)": "apache httpclient",
    "WhatsApp/2.23.20 N": "whatsapp",
}


def test_a_user_agent_is_a_robots_by_whole_words_and_the_word_is_kept() -> None:
    agents = [*PEOPLE, *ROBOTS]
    clicks = [
        click(f"e{n:02}", f"10:{n:02}:00", visitor_id=f"v{n:02}", context_user_agent=agent)
        for n, agent in enumerate(agents)
    ]
    found = dict(zip(agents, sessions("is_bot, bot_rule", *clicks), strict=True))
    assert {agent: found[agent] for agent in PEOPLE} == dict.fromkeys(PEOPLE, (False, None))
    assert {agent: found[agent] for agent in ROBOTS} == {agent: (True, rule) for agent, rule in ROBOTS.items()}


def test_a_visit_of_more_events_than_the_setting_says_is_a_bots() -> None:
    busy = [click(f"e{second:03}", f"10:00:00.{second:03}") for second in range(501)]
    assert sessions("is_bot, bot_rule, event_count", *busy) == [(True, "event_count", 501)]
    assert sessions("is_bot, bot_rule, event_count", *busy[1:]) == [(False, None, 500)]
